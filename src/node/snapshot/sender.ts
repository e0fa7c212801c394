import type { Clock } from '../../ports/clock.js';
import type { SnapshotSource, SnapshotTransfer } from '../../ports/snapshot.js';
import type { StateMachine } from '../../ports/state-machine.js';
import type { Transport } from '../../ports/transport.js';
import { NO_BYTES } from '../../raft/bytes.js';
import type { ConfState, Message, NodeId, Snapshot } from '../../raft/types.js';
import { assert, defined } from '../../util/assert.js';
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
  /** Deliveries at the same time; beyond it the core is told that there is no snapshot yet, and asks again. */
  readonly transfersMax: number;
  /** The state cannot be read. */
  readonly onFatal: (error: Error) => void;
  /**
   * Called once for each `send` that is not cancelled, in a later turn; where it failed, after a pause: it may be the
   * member that refuses, and the core would ask for the next one at once.
   */
  readonly onOutcome: (outcome: SnapshotOutcome) => void;
}

/** A state that is held fast for those to whom it is being sent. */
interface Offer {
  readonly source: SnapshotSource;
  /** Deliveries under way. */
  users: number;
  /** The core was given it, and its MsgSnap is not out yet: it may wait in the core for the next Ready. */
  promised: boolean;
}

/**
 * Snapshots on their way out. The core asks its storage for one in the middle of a step, and says afterwards, with a
 * MsgSnap, who is to have it: in between the published state is held fast. Members that need one at about the same time
 * share it.
 */
export class SnapshotSender {
  readonly #options: SnapshotSenderOptions;
  /** By index, which names a state. */
  readonly #offers = new Map<number, Offer>();
  readonly #transfers = new Map<NodeId, SnapshotTransfer>();
  readonly #finishing = new Set<Promise<void>>();
  readonly #pauses: RetryDelays;
  #closed = false;

  constructor(options: SnapshotSenderOptions) {
    this.#options = options;
    this.#pauses = new RetryDelays(options);
  }

  /** The oldest state that is being sent: what follows on it is needed next. Undefined while none is. */
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

  /** Takes a MsgSnap, which goes where packets do not. */
  send(message: Message): void {
    const { to } = message;
    const { index } = defined(message.snapshot, 'the snapshot of a MsgSnap').metadata;
    const offer = defined(this.#offers.get(index), `the state at ${index}, which was offered`);
    // The core sends a member one at a time; what is still under way belongs to an earlier life of the leadership.
    this.#transfers.get(to)?.cancel();
    this.#pauses.interrupt(to);
    offer.users += 1;
    const transfer = this.#options.transport.sendSnapshot({ to, message, source: offer.source });
    this.#transfers.set(to, transfer);
    this.#log('sends a snapshot', to, index);
    const finishing = this.#finish({ to, index, offer, transfer }).finally(() => this.#finishing.delete(finishing));
    this.#finishing.add(finishing);
  }

  /**
   * Lets go of what was offered and not sent. Called when the messages of a Ready have been sent and the core has not been
   * told anything since that Ready: what it asks for later, it says in the next one.
   */
  settle(): void {
    for (const [index, offer] of this.#offers) {
      offer.promised = false;
      this.#dropUnused(index, offer);
    }
  }

  /** Ends the deliveries to all but those members. */
  cancelExcept(wanted: (to: NodeId) => boolean): void {
    for (const [to, transfer] of this.#transfers) {
      if (wanted(to)) continue;
      transfer.cancel();
      this.#transfers.delete(to);
    }
    this.#pauses.forgetExcept(wanted);
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
      if (!this.#closed) this.#options.onFatal(asError(error));
      return false;
    });
    offer.users -= 1;
    assert(offer.users >= 0, 'a snapshot is given up by those who used it');
    this.#dropUnused(index, offer);
    const current = this.#transfers.get(to) === transfer;
    if (current) this.#transfers.delete(to);
    if (current && delivered) this.#pauses.forget(to);
    this.#log(delivered ? 'a snapshot was delivered' : 'a snapshot was not delivered', to, index);
    const { onOutcome } = this.#options;
    if (current && delivered) onOutcome({ to, result: 'delivered' });
    else if (current) this.#pauses.begin(to, () => onOutcome({ to, result: 'failed' }));
  }

  /** A member that takes none is tried again every few seconds, for days. */
  #log(text: string, to: NodeId, index: number): void {
    this.#options.logger[this.#pauses.hasFailed(to) ? 'debug' : 'info'](text, { to: formatMemberId(to), index });
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
 * Whether a snapshot includes every member of the active configuration. A member that it lacks could not use it: one
 * added later takes a later snapshot, and one whose addition is active but not stored yet is in none.
 */
function holdsAll({ metadata }: SnapshotSource, confState: ConfState): boolean {
  return membersOf(confState).every((id) => isMember(metadata.confState, id));
}

/** The state itself stays where it is. */
function snapshotOf({ metadata }: SnapshotSource): Snapshot {
  return { metadata, data: NO_BYTES };
}
