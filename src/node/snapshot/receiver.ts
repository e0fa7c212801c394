import type { SnapshotIntake, SnapshotPosition, SnapshotSink } from '../../ports/snapshot.js';
import { SnapshotDamageError } from '../../ports/snapshot.js';
import type { StateMachine } from '../../ports/state-machine.js';
import { NO_BYTES } from '../../raft/bytes.js';
import type { Message, NodeId, SnapshotMetadata } from '../../raft/types.js';
import { assert, defined } from '../../util/assert.js';
import { asError } from '../../util/error.js';
import type { Logger } from '../../util/logger.js';
import { formatMemberId } from '../../util/member-id.js';

export interface SnapshotReceiverOptions {
  readonly stateMachine: Pick<StateMachine, 'receiveSnapshot'>;
  readonly logger: Logger;
  /** Why a snapshot is not needed, in one line; undefined if it is. */
  readonly refusal: (message: Message) => string | undefined;
  /** Called once a complete snapshot is durable: `arrived` holds its message. */
  readonly onArrived: () => void;
  /** Called on an error of this member's own disk or engine. */
  readonly onFatal: (error: Error) => void;
}

type State =
  | { readonly kind: 'idle' }
  /** Frames arrive, or arrived until a stream broke. */
  | { readonly kind: 'receiving'; readonly sink: SnapshotSink; readonly metadata: SnapshotMetadata }
  /** Complete and durable; the core does not know of it yet. */
  | { readonly kind: 'arrived'; readonly sink: SnapshotSink; readonly message: Message }
  /** The core has received its message. */
  | { readonly kind: 'stepped'; readonly sink: SnapshotSink; readonly metadata: SnapshotMetadata }
  /** The core has accepted it, and it is being installed. */
  | { readonly kind: 'accepted' };

/**
 * Receives snapshots, one at a time, beside the active state. If a stream breaks, its frames are kept: a stream with
 * the same snapshot continues there, and one with another snapshot starts over.
 */
export class SnapshotReceiver {
  readonly #options: SnapshotReceiverOptions;
  #state: State = { kind: 'idle' };
  #intake: Intake | undefined;
  /** Resolves once no work on the sink is in progress. */
  #busy: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SnapshotReceiverOptions) {
    this.#options = options;
  }

  /** The message of a complete snapshot that the core does not know of yet. */
  get arrived(): Message | undefined {
    return this.#state.kind === 'arrived' ? this.#state.message : undefined;
  }

  /**
   * Starts or continues to receive the snapshot of a MsgSnap. Resolves with the reason, in one line, if it is refused.
   */
  async open(from: NodeId, message: Message): Promise<SnapshotIntake | string> {
    // Checked before the current stream is replaced: a leader of an earlier term may call repeatedly.
    const refusal = this.#refusal(message);
    if (refusal !== undefined) return refusal;
    // The newest of several streams wins: a sender that calls again has lost its former stream.
    this.#intake?.retire(SUPERSEDED);
    const intake = new Intake(this, message);
    this.#intake = intake;
    return this.#inTurn(() => this.#begin(from, message, intake));
  }

  /** The message for the core to step. */
  takeMessage(): Message {
    const state = this.#state;
    assert(state.kind === 'arrived', 'a snapshot has arrived');
    const { sink, message } = state;
    const { metadata } = defined(message.snapshot, 'the snapshot of a MsgSnap');
    this.#state = { kind: 'stepped', sink, metadata };
    return message;
  }

  /** Called when the core has accepted the snapshot. */
  accepted(metadata: SnapshotMetadata): void {
    const state = this.#state;
    const isIt = state.kind === 'stepped' && sameSnapshot(state.metadata, metadata);
    assert(isIt, `the core accepts the snapshot at ${metadata.index}, which was received`);
    this.#state = { kind: 'accepted' };
  }

  /** Called when the accepted snapshot is active. The next one may then be received. */
  restored(): void {
    assert(this.#state.kind === 'accepted', 'a snapshot is installed once the core has accepted it');
    this.#state = { kind: 'idle' };
  }

  /** Discards a snapshot that the core received and did not accept. To be called after the next Ready, or if there is none. */
  discardUnwanted(): void {
    const state = this.#state;
    if (state.kind !== 'stepped') return;
    this.#state = { kind: 'idle' };
    this.#inTurn(() => state.sink.discard()).catch((error: unknown) => this.#fatal(error));
  }

  /** Called when the log has brought the state to this index. Discards an incomplete snapshot that is not newer. */
  passed(index: number): void {
    if (this.#state.kind !== 'receiving' || this.#state.metadata.index > index) return;
    this.#intake?.retire('the log has brought the same entries');
    this.#inTurn(() => this.#discardUnfinished()).catch((error: unknown) => this.#fatal(error));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#intake?.retire(STOPPING);
    await this.#busy;
  }

  get position(): SnapshotPosition {
    assert(this.#state.kind === 'receiving', 'a snapshot is being received');
    return this.#state.sink.position;
  }

  /** Takes one frame of an intake. */
  take(frame: Uint8Array): Promise<void> {
    const state = this.#state;
    assert(state.kind === 'receiving', 'a snapshot is being received');
    return this.#inTurn(async () => {
      try {
        await state.sink.take(frame);
      } catch (error) {
        // A sink cannot continue after damage. Any other error comes from this member's own disk.
        this.#intake?.retire(asError(error).message);
        if (error instanceof SnapshotDamageError) await this.#discard();
        else this.#fatal(error);
        throw error;
      }
    });
  }

  finish(message: Message): void {
    const state = this.#state;
    assert(state.kind === 'receiving', 'a snapshot is being received');
    const { complete } = state.sink;
    const wanted = message.snapshot?.metadata;
    if (complete === undefined || wanted === undefined || !sameSnapshot(complete, wanted)) {
      throw new SnapshotDamageError('the stream ended before the snapshot was complete');
    }
    this.#state = {
      kind: 'arrived',
      sink: state.sink,
      message: { ...message, snapshot: { metadata: complete, data: NO_BYTES } },
    };
    this.#options.onArrived();
  }

  async #begin(from: NodeId, message: Message, intake: Intake): Promise<SnapshotIntake | string> {
    const refusal = intake.retired ?? this.#refusal(message);
    if (refusal !== undefined) return refusal;
    const { metadata } = defined(message.snapshot, 'the snapshot of a MsgSnap');
    const known = this.#state;
    if (known.kind !== 'receiving' || !sameSnapshot(known.metadata, metadata)) {
      await this.#discard();
      this.#state = { kind: 'receiving', sink: this.#options.stateMachine.receiveSnapshot(), metadata };
    }
    const { index, term } = metadata;
    this.#options.logger.info('receiving a snapshot', {
      from: formatMemberId(from),
      index,
      term,
      frame: this.position.next,
    });
    return intake;
  }

  /** Runs work on the sink, one piece at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work);
    this.#busy = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  #refusal(message: Message): string | undefined {
    if (this.#closed) return STOPPING;
    if (message.snapshot === undefined) return 'a MsgSnap without a snapshot';
    const { kind } = this.#state;
    if (kind === 'arrived' || kind === 'stepped' || kind === 'accepted') return 'a snapshot is being installed';
    return this.#options.refusal(message);
  }

  async #discardUnfinished(): Promise<void> {
    if (this.#state.kind === 'receiving') await this.#discard();
  }

  async #discard(): Promise<void> {
    const state = this.#state;
    this.#state = { kind: 'idle' };
    if (state.kind !== 'idle' && state.kind !== 'accepted') await state.sink.discard();
  }

  /** Reports a fatal error. After the close, errors are only its consequence, and ignored. */
  #fatal(error: unknown): void {
    if (!this.#closed) this.#options.onFatal(asError(error));
  }
}

const SUPERSEDED = 'another stream took its place';
const STOPPING = 'this member is stopping';

/** One stream's access to the receiver. */
class Intake implements SnapshotIntake {
  readonly #receiver: SnapshotReceiver;
  readonly #message: Message;
  #state: 'open' | 'over' | { readonly retired: string } = 'open';
  #onRetired: ((reason: string) => void) | undefined;

  constructor(receiver: SnapshotReceiver, message: Message) {
    this.#receiver = receiver;
    this.#message = message;
  }

  /** Why the stream cannot continue; undefined if it can. */
  get retired(): string | undefined {
    return typeof this.#state === 'string' ? undefined : this.#state.retired;
  }

  get position(): SnapshotPosition {
    return this.#receiver.position;
  }

  async take(frame: Uint8Array): Promise<void> {
    this.#check();
    await this.#receiver.take(frame);
  }

  onRetired(callback: (reason: string) => void): void {
    this.#onRetired = callback;
    if (this.retired !== undefined) callback(this.retired);
  }

  finish(): void {
    this.#check();
    this.#state = 'over';
    this.#receiver.finish(this.#message);
  }

  release(): void {
    if (this.#state === 'open') this.#state = 'over';
  }

  retire(reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = { retired: reason };
    this.#onRetired?.(reason);
  }

  #check(): void {
    if (this.#state !== 'open') throw new Error(this.retired ?? 'the stream is over');
  }
}

/** Index and term identify a state, whichever member sends it. */
function sameSnapshot(left: SnapshotMetadata, right: SnapshotMetadata): boolean {
  return left.index === right.index && left.term === right.term;
}
