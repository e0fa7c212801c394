import { assert, AssertionError } from '../util/assert.js';
import { NO_BYTES } from './bytes.js';
import { ConfChangeError } from './conf-change/changer.js';
import { encodeConfChange } from './conf-change/codec.js';
import { resolveConfig } from './config.js';
import type { Config, ResolvedConfig } from './config.js';
import { applied, applyConfChange, planConfChange } from './membership.js';
import { isFromStorage, isLocal, isResponse, isWellFormed, makeMessage, TERM_JUMP_MAX } from './messages.js';
import { refused } from './outcome.js';
import type { Outcome } from './outcome.js';
import { step, tick } from './raft.js';
import { broadcastHeartbeat } from './replication.js';
import { isReadable } from './readable.js';
import { RaftState } from './state.js';
import { statusOf } from './status.js';
import type { Status } from './status.js';
import { snapshotIsApplied, storageAppend, storageApply } from './storage-answers.js';
import { becomeFollower } from './transitions.js';
import { NONE } from './types.js';
import type { ConfChange, ConfState, HardState, Message, NodeId, Ready, Role, SoftState } from './types.js';

/** Options of a Ready. */
export interface ReadyOptions {
  /** False leaves committed entries to a later Ready, while the applier is behind. Default true. */
  readonly committed?: boolean;
}

/** The outstanding Ready, for `advance`. */
interface Outstanding {
  readonly ready: Ready;
  /** Votes and acknowledgements of this node to itself, which count once its append is durable. */
  readonly toSelf: readonly Message[];
}

/** One member of a Raft group, as a state machine without I/O. The head of index.ts describes how to drive it. */
export class RawNode {
  readonly #raft: RaftState;
  readonly #config: ResolvedConfig;
  #outstanding: Outstanding | undefined;
  #softState: SoftState;
  #hardState: HardState;

  /**
   * Starts as a follower, with the state in the storage.
   * @throws RangeError on an invalid option
   * @throws Error if the storage has fewer entries than were committed or applied
   */
  constructor(config: Config) {
    this.#config = resolveConfig(config);
    const raft = new RaftState(this.#config);
    this.#raft = raft;
    this.#softState = raft.softState;
    // A persisted commit index is only a hint. One raised by the snapshot or the applied index need not be written.
    this.#hardState = raft.hardState;
    becomeFollower(raft, raft.term, NONE);
  }

  get id(): NodeId {
    return this.#raft.id;
  }

  get role(): Role {
    return this.#raft.role;
  }

  /** The leader of this term, 0 while none is known. */
  get leader(): NodeId {
    return this.#raft.leader;
  }

  get term(): number {
    return this.#raft.term;
  }

  /** The commit index. */
  get commit(): number {
    return this.#raft.log.committed;
  }

  get applied(): number {
    return this.#raft.log.applied;
  }

  /** Index of the last entry, durable or not. */
  get lastIndex(): number {
    return this.#raft.log.lastIndex;
  }

  /** Whether this node leads and has committed an entry of its term, so that its commit index is up to date. */
  get hasCommittedInTerm(): boolean {
    return this.#raft.role === 'leader' && this.#raft.hasCommittedInTerm;
  }

  /** The active configuration. */
  get confState(): ConfState {
    return this.#raft.tracker.config;
  }

  /** Leader: the index up to which every member, including learners, has the log durably. Otherwise 0. */
  get minMatch(): number {
    const { role, tracker, log } = this.#raft;
    if (role !== 'leader') return 0;
    // The votes of others can elect a node while its disk still writes entries that it received as a follower.
    return Math.min(tracker.minMatch(), log.unstable.offset - 1);
  }

  status(): Status {
    return statusOf(this.#raft);
  }

  /** Advances the logical clock by one tick, the unit of election timeouts and heartbeats. */
  tick(): void {
    tick(this.#raft);
  }

  /** Overrides the random election timeout, in ticks, until the next change of role or term. */
  setElectionTimeout(ticks: number): void {
    assert(Number.isSafeInteger(ticks) && ticks > 0, `an election timeout of ${ticks} ticks`);
    this.#raft.randomizedElectionTicks = ticks;
  }

  /** Starts an election (with `preVote`, a pre-vote) at once, unless this node leads or must not campaign. */
  campaign(): void {
    this.#local({ type: 'MsgHup' });
  }

  /**
   * Appends data to the replicated log: one entry each, all or none. A follower forwards it to the leader; then `ok` does
   * not mean that it arrived. The log owns the bytes from then on. Only committed entries show what was committed.
   */
  propose(data: Uint8Array | readonly Uint8Array[]): Outcome {
    const list = data instanceof Uint8Array ? [data] : data;
    const entries = list.map((each) => ({ term: 0, index: 0, type: 'normal', data: each }) as const);
    assert(entries.length > 0, 'an empty proposal');
    return step(this.#raft, makeMessage({ type: 'MsgProp', to: this.id, from: this.id, entries }));
  }

  /**
   * Proposes a configuration change. `ok` does not mean that it will take place: if another change may be pending, or a
   * joint configuration must be left first, the leader appends an empty entry instead. The committed entries show the
   * outcome.
   * @param options.asV1 the entry's type is `conf-change`, for a change of one step with the transition `auto`
   */
  proposeConfChange(change: ConfChange, options: { readonly asV1?: boolean } = {}): Outcome {
    const { transition, steps } = change;
    const asV1 = options.asV1 === true;
    assert(!asV1 || (transition === 'auto' && steps.length === 1), 'an entry of type conf-change has one step');
    const type = asV1 ? 'conf-change' : 'conf-change-v2';
    const entries = [{ term: 0, index: 0, type, data: encodeConfChange(change) } as const];
    return step(this.#raft, makeMessage({ type: 'MsgProp', to: this.id, from: this.id, entries }));
  }

  /**
   * Applies a configuration change. Call it for each committed entry of a change when the entry is applied, before that is
   * reported. It may be called while a Ready is outstanding. An embedder that rejects a change, on every member alike, does
   * not call it.
   * @returns the new configuration, to be stored with the applied state
   * @throws ConfChangeError if the active configuration does not allow the change; nothing has changed then
   */
  applyConfChange(change: ConfChange): ConfState {
    return applyConfChange(this.#raft, change);
  }

  /** Whether `applyConfChange` would succeed. The same on all members with the same applied index. */
  allowsConfChange(change: ConfChange): boolean {
    try {
      planConfChange(this.#raft, change);
      return true;
    } catch (error) {
      if (error instanceof ConfChangeError) return false;
      throw error;
    }
  }

  /** Handles a message from the network, or an answer of a storage thread. */
  step(message: Message): Outcome {
    if (isLocal(message.type) && !isFromStorage(message)) return refused('local-type');
    if (message.to !== this.id) return refused('not-for-us');
    if (!isWellFormed(message)) return refused('malformed');
    if (message.term - this.#raft.term > TERM_JUMP_MAX) return refused('absurd-term');
    if (!isReadable(message, this.#config.canApply)) return refused('unreadable-entry');
    if (isResponse(message.type) && !this.#raft.tracker.progress.has(message.from)) return refused('unknown-peer');
    return step(this.#raft, message);
  }

  /**
   * Requests a read index: once it is applied, a read is linearizable (thesis, section 6.4). The answer is a ReadState with
   * this context. It may never come, since leaders change and messages get lost; then ask again, with a new context.
   * @param context 1 byte or more, unique among all members and across restarts
   */
  readIndex(context: Uint8Array): Outcome {
    assert(context.length > 0, 'a read without a context');
    return step(this.#raft, makeMessage({ type: 'MsgReadIndex', to: this.id, context }));
  }

  /** Transfers the leadership to a voter; a follower asks the leader to. It may fail: watch `leader`. */
  transferLeader(to: NodeId): Outcome {
    // The request names the target as its sender, so that a follower can forward it.
    return step(this.#raft, makeMessage({ type: 'MsgTransferLeader', to: this.id, from: to }));
  }

  /** Forgets the leader, so that votes may be granted before the election timeout. For a leader that is known to be dead. */
  forgetLeader(): void {
    this.#local({ type: 'MsgForgetLeader' });
  }

  /** Reports that the transport has dropped a message for a member. */
  reportUnreachable(id: NodeId): void {
    this.#local({ type: 'MsgUnreachable', from: id });
  }

  /** Reports the outcome of a snapshot for a member. */
  reportSnapshot(id: NodeId, result: 'delivered' | 'failed'): void {
    this.#local({ type: 'MsgSnapStatus', from: id, reject: result === 'failed' });
  }

  /** Whether `ready` would return any work. False while a Ready is outstanding. */
  hasReady(options?: ReadyOptions): boolean {
    if (this.#outstanding !== undefined) return false;
    const raft = this.#raft;
    return (
      raft.hasMessages ||
      raft.hasMessagesAfterAppend ||
      raft.log.unstable.hasNextEntries ||
      raft.log.unstable.nextSnapshot !== undefined ||
      (options?.committed !== false && raft.log.hasNextCommitted) ||
      raft.readOnly.roundDue ||
      raft.readStates.length > 0 ||
      this.#changedHardState() !== undefined ||
      this.#changedSoftState() !== undefined
    );
  }

  /**
   * Returns the pending work; the interface Ready states its order. One Ready is outstanding at a time, with
   * `asyncStorageWrites` none.
   */
  ready(options?: ReadyOptions): Ready {
    assert(this.#outstanding === undefined, 'a Ready is outstanding: advance first');
    const raft = this.#raft;
    const { log } = raft;
    // All reads since the last Ready share this round.
    if (raft.readOnly.roundDue) broadcastHeartbeat(raft);
    const hardState = this.#changedHardState();
    const entries = log.unstable.nextEntries();
    const afterAppend = raft.takeMessagesAfterAppend();
    const synchronous: Ready = {
      softState: this.#changedSoftState(),
      hardState,
      readStates: raft.readStates,
      entries,
      snapshot: log.unstable.nextSnapshot,
      committedEntries: options?.committed === false ? [] : log.nextCommitted(),
      messages: raft.takeMessages(),
      messagesAfterAppend: afterAppend.filter(({ to }) => to !== this.id),
      mustSync:
        entries.length > 0 ||
        (hardState !== undefined &&
          (hardState.term !== this.#hardState.term || hardState.vote !== this.#hardState.vote)),
    };
    const ready = this.#config.asyncStorageWrites ? this.#byMessages(synchronous, afterAppend) : synchronous;
    if (!this.#config.asyncStorageWrites) {
      this.#outstanding = { ready, toSelf: afterAppend.filter(({ to }) => to === this.id) };
    }
    this.#softState = ready.softState ?? this.#softState;
    this.#hardState = hardState ?? this.#hardState;
    raft.readStates = [];
    log.unstable.acceptInProgress();
    log.acceptCommitted(ready.committedEntries);
    return ready;
  }

  /**
   * Reports that the outstanding Ready is durable, its messages are sent, and its committed entries are taken over. Not for
   * `asyncStorageWrites`.
   */
  advance(): void {
    const outstanding = this.#outstanding;
    assert(outstanding !== undefined, 'advance without a Ready');
    this.#outstanding = undefined;
    const { ready, toSelf } = outstanding;
    for (const message of toSelf) step(this.#raft, message);
    const last = ready.entries.at(-1);
    if (last !== undefined) this.#raft.log.unstable.stableTo(last.index, last.term);
    if (ready.snapshot !== undefined) snapshotIsApplied(this.#raft, ready.snapshot);
    const committed = ready.committedEntries.at(-1);
    if (committed !== undefined && this.#config.applyOnAdvance) applied(this.#raft, committed.index);
  }

  /** Reports that the state machine has applied up to an index. Only for `applyOnAdvance: false` and synchronous storage. */
  appliedTo(index: number): void {
    assert(!this.#config.applyOnAdvance, 'appliedTo is for applyOnAdvance: false');
    assert(!this.#config.asyncStorageWrites, 'with asynchronous storage, responses report the applied index');
    const { log } = this.#raft;
    if (index > log.applying) throw new AssertionError(`applied ${index}, but only ${log.applying} was handed over`);
    applied(this.#raft, index);
  }

  /** For asynchronous storage: moves the fields of a Ready for the storage into messages. */
  #byMessages(ready: Ready, afterAppend: readonly Message[]): Ready {
    const append = storageAppend(this.#raft, ready, afterAppend);
    const apply = storageApply(this.#raft, ready.committedEntries);
    const toStorage = [append, apply].filter((message) => message !== undefined);
    return { ...ready, messages: [...ready.messages, ...toStorage], messagesAfterAppend: [] };
  }

  #local(fields: Pick<Message, 'type'> & Partial<Message>): void {
    step(this.#raft, makeMessage({ context: NO_BYTES, ...fields, to: this.id }));
  }

  #changedSoftState(): SoftState | undefined {
    const { softState } = this.#raft;
    const same = softState.leader === this.#softState.leader && softState.role === this.#softState.role;
    return same ? undefined : softState;
  }

  #changedHardState(): HardState | undefined {
    const { hardState } = this.#raft;
    const before = this.#hardState;
    const same = hardState.term === before.term && hardState.vote === before.vote && hardState.commit === before.commit;
    return same ? undefined : hardState;
  }
}
