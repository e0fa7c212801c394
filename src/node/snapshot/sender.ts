import type { Clock } from '../../ports/clock.js';
import type { SnapshotSource, SnapshotTransfer } from '../../ports/snapshot.js';
import type { StateMachine } from '../../ports/state-machine.js';
import type { Transport } from '../../ports/transport.js';
import { NO_BYTES } from '../../raft/bytes.js';
import type { ConfState, Message, NodeId, Snapshot } from '../../raft/types.js';
import { assert, defined } from '../../util/assert.js';
import { EngineViewExpiredError } from '../../ports/engine.js';
import { asError } from '../../util/error.js';
import type { Logger } from '../../util/logger.js';
import type { Random } from '../../util/random.js';
import type { SnapshotOutcome } from '../loop/loop-input.js';
import { isMember, membersOf } from '../loop/conf-changes.js';
import { RetryDelays } from './retry-delays.js';
import { formatMemberId } from '../../util/member-id.js';

export interface SnapshotSenderOptions {
  readonly stateMachine: Pick<StateMachine, 'openSnapshot'>;
  readonly transport: Pick<Transport, 'sendSnapshot'>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Transfers at the same time. Beyond this the core gets no snapshot, and asks again. */
  readonly transfersMax: number;
  /** Called if the state cannot be read. */
  readonly onFatal: (error: Error) => void;
  /**
   * Called once for each `send` that is not cancelled, in a later turn. A failure is reported after a delay, as the
   * core retries at once and the member may refuse again.
   */
  readonly onOutcome: (outcome: SnapshotOutcome) => void;
}

/** A state that is kept open while it is sent. */
interface Offer {
  readonly source: SnapshotSource;
  /** Transfers in progress. */
  users: number;
  /** The core has got the snapshot, and its MsgSnap is not sent yet: it may wait in the core for the next Ready. */
  promised: boolean;
}

/**
 * Sends snapshots. The core requests one from its storage in the middle of a step, and names the recipient afterwards
 * in a MsgSnap; in between, the published state is kept open. Members that need a snapshot at about the same time share
 * one.
 */
export class SnapshotSender {
  readonly #options: SnapshotSenderOptions;
  /** By index, which identifies a state. */
  readonly #offers = new Map<number, Offer>();
  readonly #transfers = new Map<NodeId, SnapshotTransfer>();
  readonly #finishing = new Set<Promise<void>>();
  readonly #retries: RetryDelays;
  #closed = false;

  constructor(options: SnapshotSenderOptions) {
    this.#options = options;
    this.#retries = new RetryDelays(options);
  }

  /** Index of the oldest state being sent, whose recipient needs the entries after it; undefined if there is none. */
  get oldestIndex(): number | undefined {
    const [oldest] = [...this.#offers.keys()].sort((left, right) => left - right);
    return oldest;
  }

  /**
   * Opens a snapshot for the core, or shares one that is being sent.
   * @param options.logStart smallest index of the snapshot from which the log leads on
   * @param options.confState active configuration
   */
  offer({
    logStart,
    confState,
  }: {
    readonly logStart: number;
    readonly confState: ConfState;
  }): Snapshot | 'unavailable' {
    if (this.#closed || this.#transfers.size >= this.#options.transfersMax) return 'unavailable';
    for (const [index, { source }] of this.#offers) {
      if (index >= logStart && holdsAll(source, confState)) return this.#promise(index);
    }
    const source = this.#options.stateMachine.openSnapshot();
    const { index } = source.metadata;
    const suits = holdsAll(source, confState);
    if (!suits || this.#offers.has(index)) source.close();
    else this.#offers.set(index, { source, users: 0, promised: false });
    return suits ? this.#promise(index) : 'unavailable';
  }

  /** Starts to send the snapshot of a MsgSnap. */
  send(message: Message): void {
    const { to } = message;
    const { index } = defined(message.snapshot, 'the snapshot of a MsgSnap').metadata;
    const offer = defined(this.#offers.get(index), `the state at ${index}, which was offered`);
    // The core sends a member one snapshot at a time, so a transfer in progress is of an earlier leadership.
    this.#transfers.get(to)?.cancel();
    this.#retries.interrupt(to);
    offer.users += 1;
    const transfer = this.#options.transport.sendSnapshot({ to, message, source: offer.source });
    this.#transfers.set(to, transfer);
    this.#log('sending a snapshot', to, index);
    const finishing = this.#finish({ to, index, offer, transfer }).finally(() => this.#finishing.delete(finishing));
    this.#finishing.add(finishing);
  }

  /**
   * Closes states that were offered and are not being sent. Call it when the messages of a Ready are sent, before any
   * other input to the core: the core names the recipients of later offers in its next Ready.
   */
  settle(): void {
    for (const [index, offer] of this.#offers) {
      offer.promised = false;
      this.#dropUnused(index, offer);
    }
  }

  /** Cancels the transfers to all members but these. */
  cancelExcept(wanted: (to: NodeId) => boolean): void {
    for (const [to, transfer] of this.#transfers) {
      if (wanted(to)) continue;
      transfer.cancel();
      this.#transfers.delete(to);
    }
    this.#retries.forgetExcept(wanted);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.cancelExcept(() => false);
    await Promise.all(this.#finishing);
    this.settle();
  }

  async #finish(sent: { to: NodeId; index: number; offer: Offer; transfer: SnapshotTransfer }): Promise<void> {
    const { to, index, offer, transfer } = sent;
    const delivered = await transfer.delivered.catch((error: unknown) => {
      // A state that is no longer kept is not delivered, and a later one is sent.
      if (!this.#closed && !(error instanceof EngineViewExpiredError)) this.#options.onFatal(asError(error));
      return false;
    });
    offer.users -= 1;
    assert(offer.users >= 0, 'each transfer releases its snapshot once');
    this.#dropUnused(index, offer);
    const current = this.#transfers.get(to) === transfer;
    if (current) this.#transfers.delete(to);
    if (current && delivered) this.#retries.forget(to);
    this.#log(delivered ? 'snapshot delivered' : 'snapshot not delivered', to, index);
    const { onOutcome } = this.#options;
    if (current && delivered) onOutcome({ to, result: 'delivered' });
    else if (current) this.#retries.begin(to, () => onOutcome({ to, result: 'failed' }));
  }

  /** Repeated failures are logged at level debug, as retries may continue for days. */
  #log(text: string, to: NodeId, index: number): void {
    this.#options.logger[this.#retries.hasFailed(to) ? 'debug' : 'info'](text, { to: formatMemberId(to), index });
  }

  #promise(index: number): Snapshot {
    const offer = defined(this.#offers.get(index), 'the offer');
    offer.promised = true;
    return snapshotOf(offer.source);
  }

  #dropUnused(index: number, offer: Offer): void {
    if (offer.users > 0 || offer.promised) return;
    offer.source.close();
    this.#offers.delete(index);
  }
}

/**
 * Whether a snapshot includes every member of the active configuration. A member that it lacks could not use it. One
 * that was added later needs a later snapshot; one whose addition is active but not stored yet is in no snapshot.
 */
function holdsAll({ metadata }: SnapshotSource, confState: ConfState): boolean {
  return membersOf(confState).every((id) => isMember(metadata.confState, id));
}

/** The message names the state; its data are sent separately. */
function snapshotOf({ metadata }: SnapshotSource): Snapshot {
  return { metadata, data: NO_BYTES };
}
