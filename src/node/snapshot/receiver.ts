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
  /** Why a snapshot is not wanted, in one line; undefined where it is. */
  readonly refusal: (message: Message) => string | undefined;
  /** A whole snapshot is here, and durable: `arrived` holds its message. */
  readonly onArrived: () => void;
  /** Something that must not happen. */
  readonly onFatal: (error: Error) => void;
}

type State =
  | { readonly kind: 'idle' }
  /** Frames come in, or came in until a stream broke. */
  | { readonly kind: 'receiving'; readonly sink: SnapshotSink; readonly metadata: SnapshotMetadata }
  /** All is there; the core has not been told. */
  | { readonly kind: 'arrived'; readonly sink: SnapshotSink; readonly message: Message }
  /** The core has been told. */
  | { readonly kind: 'told'; readonly sink: SnapshotSink; readonly metadata: SnapshotMetadata }
  /** The core has it, and it is being put in force. */
  | { readonly kind: 'taken-on' };

/**
 * Snapshots on their way in: one at a time, beside the state in force. A stream that breaks leaves what it brought, and
 * one that brings the very same snapshot goes on from there; one that brings another begins anew.
 */
export class SnapshotReceiver {
  readonly #options: SnapshotReceiverOptions;
  #state: State = { kind: 'idle' };
  #intake: Intake | undefined;
  /** Ends once the sink is at rest: the frame that is being taken, or the end of what is not wanted any more. */
  #busy: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SnapshotReceiverOptions) {
    this.#options = options;
  }

  /** The message of a snapshot that is here, until the core has been told. */
  get arrived(): Message | undefined {
    return this.#state.kind === 'arrived' ? this.#state.message : undefined;
  }

  /** Begins, or goes on with, the snapshot of a MsgSnap. Resolves with one line where it is not wanted. */
  async open(from: NodeId, message: Message): Promise<SnapshotIntake | string> {
    // Before it takes anybody's place: a leader of an earlier term may call again and again.
    const refusal = this.#refusal(message);
    if (refusal !== undefined) return refusal;
    // Of two that come at the same time the later one counts: if both are one sender's, the former is dead.
    this.#intake?.retire(SUPERSEDED);
    const intake = new Intake(this, message);
    this.#intake = intake;
    return this.#inTurn(() => this.#begin(from, message, intake));
  }

  /** The core is told now. @returns what to tell it */
  tell(): Message {
    const state = this.#state;
    assert(state.kind === 'arrived', 'a snapshot has arrived');
    const { sink, message } = state;
    const { metadata } = defined(message.snapshot, 'the snapshot of a MsgSnap');
    this.#state = { kind: 'told', sink, metadata };
    return message;
  }

  /** The core has taken on what it was told of. */
  takenOn(metadata: SnapshotMetadata): void {
    const state = this.#state;
    const isIt = state.kind === 'told' && sameSnapshot(state.metadata, metadata);
    assert(isIt, `the core takes on the snapshot at ${metadata.index}, which is here`);
    this.#state = { kind: 'taken-on' };
  }

  /** What the core has taken on is in force: the place is free again. */
  restored(): void {
    assert(this.#state.kind === 'taken-on', 'a snapshot is restored once the core has taken it on');
    this.#state = { kind: 'idle' };
  }

  /** Gives up what the core was told of and did not take on: to be called behind the next Ready, or where there is none. */
  discardUnwanted(): void {
    const state = this.#state;
    if (state.kind !== 'told') return;
    this.#state = { kind: 'idle' };
    this.#inTurn(() => state.sink.discard()).catch((error: unknown) => this.#fatal(error));
  }

  /** The state has come this far by other ways: an unfinished snapshot that brings no more is given up. */
  passed(index: number): void {
    if (this.#state.kind !== 'receiving' || this.#state.metadata.index > index) return;
    this.#intake?.retire('the log has brought as much');
    this.#inTurn(() => this.#discardUnfinished()).catch((error: unknown) => this.#fatal(error));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#intake?.retire(STOPPING);
    await this.#busy;
  }

  get position(): SnapshotPosition {
    assert(this.#state.kind === 'receiving', 'a snapshot comes in');
    return this.#state.sink.position;
  }

  /** One frame, for an intake. */
  take(frame: Uint8Array): Promise<void> {
    const state = this.#state;
    assert(state.kind === 'receiving', 'a snapshot comes in');
    return this.#inTurn(async () => {
      try {
        await state.sink.take(frame);
      } catch (error) {
        // A sink that met damage is of no use any more. Whatever else goes wrong is this member's own disk.
        this.#intake?.retire(asError(error).message);
        if (error instanceof SnapshotDamageError) await this.#discard();
        else this.#fatal(error);
        throw error;
      }
    });
  }

  finish(message: Message): void {
    const state = this.#state;
    assert(state.kind === 'receiving', 'a snapshot comes in');
    const { complete } = state.sink;
    const wanted = message.snapshot?.metadata;
    if (complete === undefined || wanted === undefined || !sameSnapshot(complete, wanted)) {
      throw new SnapshotDamageError('the sender ends before the snapshot does');
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
    this.#options.logger.info('receives a snapshot', {
      from: formatMemberId(from),
      index,
      term,
      frame: this.position.next,
    });
    return intake;
  }

  /** What touches the sink happens one after the other. */
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
    if (kind === 'arrived' || kind === 'told' || kind === 'taken-on') return 'a snapshot is being put in force';
    return this.#options.refusal(message);
  }

  async #discardUnfinished(): Promise<void> {
    if (this.#state.kind === 'receiving') await this.#discard();
  }

  async #discard(): Promise<void> {
    const state = this.#state;
    this.#state = { kind: 'idle' };
    if (state.kind !== 'idle' && state.kind !== 'taken-on') await state.sink.discard();
  }

  #fatal(error: unknown): void {
    if (!this.#closed) this.#options.onFatal(asError(error));
  }
}

const SUPERSEDED = 'another stream took its place';
const STOPPING = 'this member is stopping';

/** One stream's hold on the receiver. */
class Intake implements SnapshotIntake {
  readonly #receiver: SnapshotReceiver;
  readonly #message: Message;
  #state: 'open' | 'over' | { readonly retired: string } = 'open';
  #onRetired: ((reason: string) => void) | undefined;

  constructor(receiver: SnapshotReceiver, message: Message) {
    this.#receiver = receiver;
    this.#message = message;
  }

  /** Why it can do nothing more, if so. */
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

/** The state at an index is one, whoever sends it; the term tells a history that did not happen. */
function sameSnapshot(left: SnapshotMetadata, right: SnapshotMetadata): boolean {
  return left.index === right.index && left.term === right.term;
}
