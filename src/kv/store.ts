import { etcdserverpb } from '../gen/proto.js';
import type { Engine, ReplacedEngine } from '../ports/engine.js';
import type { SnapshotSink, SnapshotSource } from '../ports/snapshot.js';
import type { ConfChangeApplication, StateMachine } from '../ports/state-machine.js';
import type { ConfChange, ConfState, Entry, SnapshotMetadata } from '../raft/types.js';
import type { AnswerMemory } from '../util/answer-growth.js';
import { assert, defined } from '../util/assert.js';
import { asError } from '../util/error.js';
import type { Alarms } from './commands/alarms.js';
import type { CommandContext } from './commands/apply-command.js';
import { applyConfEntry } from './membership/conf-entry.js';
import { Draft } from './commands/draft.js';
import type { EngineUse } from './state/engine-use.js';
import { applyEntries, resultOf } from './commands/apply-entries.js';
import { decodeRevisions } from './format/key-value.js';
import { keysOfLease, type LeaseTable } from './leases/leases.js';
import { checkMemberChange, commandOf, type MembersTable } from './membership/member-change.js';
import { firstMembersRow, readConfState, readFirstMembers, type Member } from './membership/members.js';
import { metaRow, readMeta, type Meta } from './format/meta.js';
import { Reclaimer } from './compaction/reclaimer.js';
import type { ReadResult } from './results.js';
import { StagedSnapshot } from './snapshot/sink.js';
import { StateSnapshot } from './snapshot/source.js';
import { CurrentState } from './state/current-state.js';
import type { KvStoreOptions } from './store-options.js';
import { StoreReads, withView, type HashResult } from './reads/store-reads.js';
import { makeStore, readTables, type Tables } from './state/tables.js';
import type { View } from './state/view.js';
import { WatchHub } from './watch/hub.js';
import { DEFAULT_WATCH_LIMITS } from './watch/limits.js';
import { formatMemberId } from '../util/member-id.js';

export type { RequestOrigin } from './commands/command.js';
export type { Alarm, Alarms } from './commands/alarms.js';
export type { Lease, LeaseChange } from './leases/leases.js';
export type { Member } from './membership/members.js';
export type { ApplyResult, ReadResult } from './results.js';
export type { KvStoreOptions } from './store-options.js';
export type { HashResult } from './reads/store-reads.js';

const { AlarmType } = etcdserverpb;
const DEFAULT_CACHE_BYTES = 32 * 1024 * 1024;

/**
 * The replicated state machine: etcd's multi-version key-value store on an engine. `apply` executes commands in the
 * order of the log. The same entries give the same state on every member, however they are batched. Reads see the
 * published state, which is replaced after each batch, and never a part of a batch.
 */
export class KvStore implements StateMachine {
  readonly #options: KvStoreOptions;
  readonly #pause: () => Promise<void>;
  readonly #reads: StoreReads;
  readonly #reclaimer: Reclaimer;
  #state: CurrentState;
  #tables: Tables;
  #applying: Promise<void> | undefined;
  #slicesDone = 0;
  readonly #written = { puts: 0, deletes: 0, txns: 0, compacted: 0 };
  #closed = false;
  /** Replaced engines that still have readers. */
  readonly #releasing = new Set<Promise<void>>();
  /** Delivers changes to watchers. */
  readonly watches: WatchHub;
  #failure: Error | undefined;
  #fail: ((error: Error) => void) | undefined;
  /** Resolves with the fatal error after which the store must not be used; pending until then. */
  readonly failed = new Promise<Error>((resolve) => {
    this.#fail = resolve;
  });

  /** Whether an engine holds a store. Otherwise `open` creates one. */
  static isIn(engine: Engine): boolean {
    return readMeta(engine) !== undefined;
  }

  /** @throws if the engine holds a store of another format, or cannot be read */
  static async open(options: KvStoreOptions): Promise<KvStore> {
    const { home, bootstrap, logger } = options;
    await makeStore(home.engine, { ...bootstrap, logger });
    const store = new KvStore(options, await readTables(home.engine));
    store.#state.beginWork();
    return store;
  }

  private constructor(options: KvStoreOptions, tables: Tables) {
    this.#options = options;
    this.#pause = options.pause ?? (() => Promise.resolve());
    this.#tables = tables;
    this.#state = this.#stateOn(options.home.engine);
    const { maxTxnOps } = options;
    this.#reads = new StoreReads({ view: () => this.#view, maxTxnOps, pause: this.#pause });
    this.watches = new WatchHub({
      revision: this.#view.revision,
      compactedRevision: () => this.#view.compactedRevision,
      acquire: () => this.#state.acquire(),
      onFatal: (error) => void this.#stop(error),
      pause: this.#pause,
      limits: { ...DEFAULT_WATCH_LIMITS, ...options.watchLimits },
    });
    this.#reclaimer = new Reclaimer(() => (this.#closed ? undefined : this.#state.use));
  }

  /** Operations since the store was opened, and the versions that compactions have removed. */
  get counts(): Readonly<Record<'ranges' | 'puts' | 'deletes' | 'txns' | 'compacted', number>> {
    const { ranges, txns } = this.#reads.counts;
    return { ...this.#written, ranges, txns: txns + this.#written.txns };
  }

  appliedIndex(): number {
    return this.#view.meta.appliedIndex;
  }

  /** Slices that are done of the batch in progress; 0 between batches, and for small ones. */
  slicesDone(): number {
    return this.#slicesDone;
  }

  /** The term of the entry at the applied index; 0 before the first. */
  appliedTerm(): number {
    return this.#view.meta.appliedTerm;
  }

  confState(): ConfState {
    return this.#tables.confState;
  }

  /** By ascending id. */
  members(): readonly Member[] {
    return [...this.#membersTable.members.values()];
  }

  member(id: number): Member | undefined {
    return this.#membersTable.members.get(id);
  }

  /** The ids of removed members, ascending. None is used again. */
  removedIds(): readonly number[] {
    return [...this.#membersTable.removed];
  }

  wasRemoved(id: number): boolean {
    return this.#membersTable.removed.has(id);
  }

  /** The initial members of the cluster, onto which a new member replays the whole log. */
  firstMembers(): readonly Member[] {
    return readFirstMembers(this.#state.engine) ?? this.members();
  }

  /** The leases of the published state. */
  get leases(): Pick<LeaseTable, 'size' | 'get' | 'all'> {
    return this.#tables.leases;
  }

  /** The keys attached to a lease, in order, and the revision at which they were; undefined without such a lease. */
  async keysOfLease(
    id: bigint,
  ): Promise<{ readonly keys: readonly Uint8Array[] | undefined; readonly revision: number }> {
    const view = this.#view;
    const { revision } = view;
    if (this.#tables.leases.get(id) === undefined) return { keys: undefined, revision };
    return await withView(view, async () => ({ keys: await keysOfLease(view, id), revision }));
  }

  /** The raised alarms, by kind and member. */
  alarms(): Alarms {
    return this.#tables.alarms;
  }

  /** The newest published revision. */
  revision(): number {
    return this.#view.revision;
  }

  /** Number of live keys; undefined while they are counted after a start. */
  keyCount(): number | undefined {
    return this.#state.keyCount;
  }

  /** History below it is discarded; −1 before the first compaction, as etcd reports it. */
  compactedRevision(): number {
    return this.#view.compactedRevision;
  }

  /** Applies normal entries. One call at a time, of this and of `applyConfChange`. */
  apply(entries: readonly Entry[]): Promise<void> {
    return this.#exclusively(() => this.#applyAll(entries));
  }

  /** @throws UnknownCommandError on a change that this version does not make */
  admits(change: ConfChange): boolean {
    const found = commandOf(change);
    return found === undefined || checkMemberChange(this.#membersTable, found.change) === undefined;
  }

  applyConfChange(application: ConfChangeApplication): Promise<void> {
    return this.#exclusively(() => this.#applyChange(application));
  }

  async #exclusively(work: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    assert(
      this.#applying === undefined && !this.#closed,
      'the store applies one thing at a time, and nothing after close',
    );
    const applying = work();
    this.#applying = applying;
    try {
      await applying;
    } catch (error) {
      throw this.#stop(error);
    } finally {
      this.#applying = undefined;
      this.#slicesDone = 0;
    }
  }

  /** Replaces the view's snapshot: the engine keeps all rows that an open snapshot can see. */
  async #renewView(): Promise<void> {
    if (this.#closed) return;
    // While a batch is applied, it may be written and not published: a new snapshot would match no revision.
    if (this.#applying === undefined) this.#state.publish(this.#view.meta);
    else await this.#applying.catch(() => undefined); // reported to the caller of apply
  }

  async barrier(): Promise<number> {
    const index = this.appliedIndex();
    await this.#state.engine.barrier();
    return index;
  }

  /** Approximate disk usage in bytes: of all rows, or of the engine's rows from a key on. */
  sizeBytes(from?: Uint8Array): Promise<number> {
    return this.#state.sizeBytes(from);
  }

  /** The published state as of this turn. */
  openSnapshot(): SnapshotSource {
    const view = this.#state.acquire();
    const confState = defined(readConfState(view.rows), 'the stored configuration');
    const header = { clusterId: this.#options.clusterId, meta: view.meta, confState };
    return new StateSnapshot({ header, reader: view.rows, onClose: () => view.release() });
  }

  /** Receives a snapshot, in place of an earlier one. Does not affect the current state. */
  receiveSnapshot(): SnapshotSink {
    const { home, clusterId } = this.#options;
    return new StagedSnapshot({ home, clusterId });
  }

  /**
   * Replaces the state with the staged one, durable and published once it resolves. Reads in progress finish on the
   * state that they began with.
   */
  restore(metadata: SnapshotMetadata): Promise<void> {
    return this.#exclusively(() => this.#restore(metadata));
  }

  /** The create revision of a live key; 0 if it does not exist. */
  createRevision(key: Uint8Array): number {
    const row = this.#view.current(key);
    return row === undefined ? 0 : decodeRevisions(row).createRevision;
  }

  /** Returns no promise for a single key at the newest revision. @param memory bounds the answer of a range */
  range(request: etcdserverpb.RangeRequest.$Properties, memory?: AnswerMemory): ReadResult | Promise<ReadResult> {
    return this.#reads.range(request, memory);
  }

  /**
   * The same in pieces, all from one state. `take` is called with each piece and awaited; false ends the walk.
   * @returns the rest of the answer; undefined if `take` ended the walk
   */
  rangeInPieces(
    request: etcdserverpb.RangeRequest.$Properties,
    take: (body: Uint8Array) => Promise<boolean>,
  ): Promise<ReadResult | undefined> {
    return this.#reads.rangeInPieces(request, take);
  }

  /** @param request must satisfy `isReadOnlyTxn` @param memory bounds the answer */
  readTxn(request: etcdserverpb.TxnRequest.$Properties, memory?: AnswerMemory): Promise<ReadResult> {
    return this.#reads.readTxn(request, memory);
  }

  /**
   * A hash of the logical state at a revision, not below the compacted one. Equal on all members for the same revision
   * and compacted revision.
   * @param revision 0 for the newest
   * @param compactRevision hashes as if compacted there; not below the state's own compacted revision, the default
   */
  hashKv(revision: number, compactRevision?: number): Promise<HashResult> {
    return this.#reads.hashKv({ revision, ...(compactRevision !== undefined && { compactRevision }) });
  }

  /** A hash of all replicated rows of this member's engine. */
  hashAll(): Promise<{ readonly hash: number; readonly revision: number }> {
    return this.#reads.hashAll();
  }

  /** Resolves once all keys are counted. From then on, counting a range takes no walk. */
  whenCounted(): Promise<void> {
    return this.#state.whenCounted();
  }

  /** Resolves once the rows that a compaction discarded are removed; with false if the store closes first. */
  async whenSwept(revision: number): Promise<boolean> {
    while (!this.#closed) {
      const state = this.#state;
      if (await state.whenSwept(revision)) return true;
      // Another state replaces this one and sweeps in its turn, or this one failed.
      await this.#applying?.catch(() => undefined); // reported to the caller of apply
      if (state === this.#state) return false;
    }
    return false;
  }

  /**
   * The same, and the engine has reclaimed the space. It rewrites the rest of the history, but not the newest versions.
   */
  async whenReclaimed(revision: number): Promise<boolean> {
    if (!(await this.whenSwept(revision))) return false;
    await this.#renewView();
    return await this.#reclaimer.reclaim(revision);
  }

  /** Makes the engine reclaim space everywhere, while it serves. Resolves with false if the store closes first. */
  async defragment(): Promise<boolean> {
    await this.#renewView();
    return await this.#reclaimer.reclaimAll();
  }

  /** Ends background work and releases the published snapshot. Reads in progress finish. The engine stays open. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#state.endWork();
    await this.watches.close();
    await this.#reclaimer.idle();
    this.#view.retire();
    await Promise.all(this.#releasing);
  }

  async #restore({ index, term }: SnapshotMetadata): Promise<void> {
    const { home, logger } = this.#options;
    const staged = defined(home.staged, 'the staged state');
    const meta = defined(readMeta(staged), 'the meta row of the staged state');
    assert(meta.appliedIndex === index && meta.appliedTerm === term, `the staged state is not that of ${index}`);
    assert(index > this.appliedIndex(), `a state at ${index} would replace one at ${this.appliedIndex()}`);
    const tables = await readTables(staged);
    await this.#state.endWork();
    const replaced = await home.promote();
    const previous = this.#state;
    // In one turn from here on: readers see all of the new state, or none.
    this.#tables = tables;
    this.#state = this.#stateOn(home.engine);
    this.#state.beginWork();
    logger.info('restored a snapshot', { index, term, revision: meta.revision });
    const releasing = this.#release(previous.use, replaced);
    this.#releasing.add(releasing);
    void releasing.then(() => this.#releasing.delete(releasing));
    previous.view.retire();
    this.watches.restored(meta.revision);
  }

  async #release(use: EngineUse, replaced: ReplacedEngine): Promise<void> {
    await use.idle();
    try {
      await replaced.release();
    } catch (error) {
      this.#stop(error);
    }
  }

  /** Applies the entries in as few batches as drafts allow, each atomic with its applied index. */
  async #applyAll(entries: readonly Entry[]): Promise<void> {
    let rest = entries;
    while (rest.length > 0) rest = rest.slice(await this.#applyBatch(rest));
  }

  /** @returns how many of the entries the batch holds */
  async #applyBatch(entries: readonly Entry[]): Promise<number> {
    const tables = this.#tables;
    const draft = new Draft(this.#view, {
      collectChanges: this.watches.active,
      leases: tables.leases,
      pause: this.#pause,
      onSlice: () => this.#slicesDone++,
      largeBatchChanges: this.#options.largeBatchChanges,
    });
    const { members } = tables.members;
    const first = defined(entries[0], 'an entry to apply');
    const context: CommandContext = { draft, members, alarms: tables.alarms, entry: first, answerBytesMax: undefined };
    const isWaiting = this.#options.isWaiting ?? (() => false);
    const after = this.appliedIndex();
    const { onExecuted, hasRoom = () => true } = this.#options;
    const { answers, applied } = await applyEntries(context, entries, { after, isWaiting, hasRoom, onExecuted });
    const last = defined(entries[applied - 1], 'the last entry of a batch');
    const { revision, compactedRevision } = draft;
    const meta: Meta = { appliedIndex: last.index, appliedTerm: last.term, revision, compactedRevision };
    draft.write(metaRow(meta));
    await this.#state.engine.write(draft.operations());
    draft.refresh(this.#state.hotRows);
    this.#count(draft);
    tables.members = { ...tables.members, members: context.members };
    tables.leases.apply(draft.leaseChanges);
    if (context.alarms !== tables.alarms) this.#setAlarms(context.alarms, last.index);
    this.#slicesDone = 0;
    this.#state.publish(meta, draft.countChanges);
    this.watches.published({ revision, changes: draft.changes });
    if (draft.leaseChanges.length > 0) this.#options.onLeases?.(draft.leaseChanges);
    for (const { origin, result } of answers) this.#options.waiter?.(origin, result);
    return applied;
  }

  #count({ counts }: Draft): void {
    this.#written.puts += counts.puts;
    this.#written.deletes += counts.deletes;
    this.#written.txns += counts.txns;
  }

  #setAlarms(alarms: Alarms, index: number): void {
    const { logger, committedAtStart = 0 } = this.#options;
    this.#tables.alarms = alarms;
    const raised = alarms.map(({ kind, memberId }) => `${AlarmType[kind]} of member ${formatMemberId(memberId)}`);
    const level = index > committedAtStart ? 'warn' : 'debug';
    logger[level]('the alarms have changed', { raised: raised.join(', ') || 'none' });
  }

  /** Members, configuration and applied index change in one batch, also if the change is refused. */
  async #applyChange(application: ConfChangeApplication): Promise<void> {
    const { index, term } = application.entry;
    assert(index === this.appliedIndex() + 1, `entry ${index} follows ${this.appliedIndex()}`);
    const { engine } = this.#state;
    const tables = this.#tables;
    const { revision, compactedRevision } = this.#view;
    const meta: Meta = { appliedIndex: index, appliedTerm: term, revision, compactedRevision };
    const { members, rows, answer } = applyConfEntry(tables.members, application);
    const first = readFirstMembers(engine) === undefined ? [firstMembersRow(this.members())] : [];
    await engine.write([...rows, metaRow(meta), ...first]);
    tables.members = members;
    tables.confState = application.confState;
    this.#state.publish(meta);
    if (answer === undefined || this.#options.isWaiting?.(answer.origin) !== true) return;
    this.#options.waiter?.(answer.origin, resultOf(answer.effect(), revision));
  }

  get #view(): View {
    return this.#state.view;
  }

  get #membersTable(): MembersTable {
    return this.#tables.members;
  }

  #stateOn(engine: Engine): CurrentState {
    return new CurrentState({
      engine,
      cacheBytes: this.#options.cacheBytes ?? DEFAULT_CACHE_BYTES,
      pause: this.#pause,
      onSwept: (versions) => void (this.#written.compacted += versions),
      onFatal: (error) => void this.#stop(error),
    });
  }

  #stop(error: unknown): Error {
    const failure = asError(error);
    if (this.#failure === undefined) {
      this.#failure = failure;
      this.#options.logger.error('the store stops', { error: failure });
      this.#fail?.(failure);
    }
    return failure;
  }
}
