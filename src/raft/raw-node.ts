import { assert } from '../util/assert.js';
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

/** What a Ready may hold. */
export interface ReadyOptions {
  /** False leaves committed entries for a later Ready: the applier is behind. Default true. */
  readonly committed?: boolean;
}

/** What `advance` still has to do for a Ready that was handed out. */
interface Outstanding {
  readonly ready: Ready;
  /** This node's votes and acknowledgements to itself, true once its append is durable. */
  readonly toSelf: readonly Message[];
}

/** One member of a Raft group, as a state machine without I/O. See the head of index.ts for how to drive it. */
export class RawNode {
  readonly #raft: RaftState;
  readonly #config: ResolvedConfig;
  #outstanding: Outstanding | undefined;
  #softState: SoftState;
  #hardState: HardState;

  /**
   * Takes up where the storage left off, as a follower.
   * @throws RangeError for an option that cannot work
   * @throws Error if the storage holds less than was committed or applied
   */
  constructor(config: Config) {
    this.#config = resolveConfig(config);
    const raft = new RaftState(this.#config);
    this.#raft = raft;
    this.#softState = raft.softState;
    // A commit index is only a hint on disk: one that the snapshot or the applied index has raised is not news.
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

  /** The end of the log, durable or not. */
  get lastIndex(): number {
    return this.#raft.log.lastIndex;
  }

  /** This node leads, and has committed an entry of its own term: its commit index is the group's. */
  get hasCommittedInTerm(): boolean {
    return this.#raft.role === 'leader' && this.#raft.hasCommittedInTerm;
  }

  /** The configuration in force. */
  get confState(): ConfState {
    return this.#raft.tracker.config;
  }

  /** Leader: the smallest index that every member, learners too, is known to hold durably. Elsewhere 0. */
  get minMatch(): number {
    const { role, tracker, log } = this.#raft;
    if (role !== 'leader') return 0;
    // The votes of others can make a leader whose own disk is still busy with what it got as a follower.
    return Math.min(tracker.minMatch(), log.unstable.offset - 1);
  }

  status(): Status {
    return statusOf(this.#raft);
  }

  /** Lets one tick pass: elections, heartbeats and the check of the quorum are counted in it. */
  tick(): void {
    tick(this.#raft);
  }

  /** Replaces the timeout that was drawn by chance, in ticks, until this node next changes its role or its term. */
  setElectionTimeout(ticks: number): void {
    assert(Number.isSafeInteger(ticks) && ticks > 0, `an election timeout of ${ticks} ticks`);
    this.#raft.randomizedElectionTicks = ticks;
  }

  /** Starts an election (with `preVote`, a pre-vote) at once. Nothing happens where this node leads or must not. */
  campaign(): void {
    this.#local({ type: 'MsgHup' });
  }

  /**
   * Appends data to the replicated log, one entry each and all or none; a follower passes it to the leader, in which
   * case `ok` does not even say that it arrived. The bytes belong to the log from then on. Whether it was committed
   * shows in committed entries alone.
   */
  propose(data: Uint8Array | readonly Uint8Array[]): Outcome {
    const list = data instanceof Uint8Array ? [data] : data;
    const entries = list.map((each) => ({ term: 0, index: 0, type: 'normal', data: each }) as const);
    assert(entries.length > 0, 'an empty proposal');
    return step(this.#raft, makeMessage({ type: 'MsgProp', to: this.id, from: this.id, entries }));
  }

  /**
   * Proposes a change of the configuration. `ok` does not say that it will take place: a leader that must not begin it
   * yet (another one may be pending, or a joint configuration is to be left first) appends
   * an entry without data in its place. What became of it shows in the committed entries.
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
   * Puts a change into force: to be called for each committed entry of a configuration change, when it is applied and
   * before that is reported; at any time, also while a Ready is outstanding. An embedder that decides against a change,
   * on every member alike, does not call it.
   * @returns the configuration from here on, to be kept with the applied state
   * @throws ConfChangeError where the configuration in force does not allow it; nothing has changed then
   */
  applyConfChange(change: ConfChange): ConfState {
    return applyConfChange(this.#raft, change);
  }

  /** Whether `applyConfChange` would not throw. The same on every member that has applied as much. */
  allowsConfChange(change: ConfChange): boolean {
    try {
      planConfChange(this.#raft, change);
      return true;
    } catch (error) {
      if (error instanceof ConfChangeError) return false;
      throw error;
    }
  }

  /** Takes a message from the network, or the answer of a storage thread. */
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
   * Asks for an index whose application makes a read linearizable. The answer comes as a ReadState with this context,
   * or never: leaders change and messages get lost, so ask again after a while, with a new context.
   * @param context 1 byte or more, unique among all members and across restarts
   */
  readIndex(context: Uint8Array): Outcome {
    assert(context.length > 0, 'a read without a context');
    return step(this.#raft, makeMessage({ type: 'MsgReadIndex', to: this.id, context }));
  }

  /** Hands the leadership to a voter; a follower asks the leader to. It may fail: watch `leader`. */
  transferLeader(to: NodeId): Outcome {
    // The wish looks as if the target had sent it, so that a follower can pass it on.
    return step(this.#raft, makeMessage({ type: 'MsgTransferLeader', to: this.id, from: to }));
  }

  /** Forgets the leader, so that a vote may be granted before the election timeout; for when it is known to be dead. */
  forgetLeader(): void {
    this.#local({ type: 'MsgForgetLeader' });
  }

  /** The transport has dropped something for this member. */
  reportUnreachable(id: NodeId): void {
    this.#local({ type: 'MsgUnreachable', from: id });
  }

  /** A snapshot for this member was delivered, or was not. */
  reportSnapshot(id: NodeId, result: 'delivered' | 'failed'): void {
    this.#local({ type: 'MsgSnapStatus', from: id, reject: result === 'failed' });
  }

  /** Whether `ready` would say anything. False while a Ready waits for `advance`. */
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
   * Hands over what is to be done, in the order that the interface Ready states. One Ready is outstanding at a time; with
   * `asyncStorageWrites`, none ever is.
   */
  ready(options?: ReadyOptions): Ready {
    assert(this.#outstanding === undefined, 'a Ready is outstanding: advance first');
    const raft = this.#raft;
    const { log } = raft;
    // All reads that have arrived since the last Ready share this round.
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

  /** Not with `asyncStorageWrites`. The outstanding Ready is durable, its messages are sent, and its committed entries are taken over. */
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

  /** The state machine holds everything up to this index. Only with `applyOnAdvance: false`, synchronous storage. */
  appliedTo(index: number): void {
    assert(!this.#config.applyOnAdvance, 'appliedTo is for applyOnAdvance: false');
    assert(!this.#config.asyncStorageWrites, 'with asynchronous storage, answers say what is applied');
    const { log } = this.#raft;
    assert(index <= log.applying, `applied ${index}, but only ${log.applying} was handed over`);
    assert(index >= log.applied, `applied goes back from ${log.applied} to ${index}`);
    applied(this.#raft, index);
  }

  /** What synchronous storage reads from the fields of a Ready, asynchronous storage is told by messages. */
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
