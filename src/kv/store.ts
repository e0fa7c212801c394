import type { etcdserverpb, raftkvpb } from '../gen/proto.js';
import type { AuthState } from './auth/auth-state.js';
import type { PermittedKeys } from './auth/key-ranges.js';
import type { LeasedKeyChecks } from './reads/leased-key-checks.js';
import type { Engine } from '../ports/engine.js';
import type { SnapshotSink, SnapshotSource } from '../ports/snapshot.js';
import type { ConfChangeApplication, StateMachine } from '../ports/state-machine.js';
import type { ConfChange, ConfState, Entry, SnapshotMetadata } from '../raft/types.js';
import { defined } from '../util/assert.js';
import type { Alarms } from './commands/alarms.js';
import { StoreWrites } from './commands/store-writes.js';
import { Reclaimer } from './compaction/reclaimer.js';
import { Failure } from './failure.js';
import { decodeRevisions } from './format/key-value.js';
import { readMeta } from './format/meta.js';
import type { Feed, Feeds } from './feeds/feed.js';
import { readFeedPage, type FeedPage } from './feeds/page.js';
import type { Index, IndexTable } from './indexes/index-table.js';
import type { LeaseTable } from './leases/leases.js';
import { checkMemberCommand, commandOf, type MembersTable } from './membership/member-change.js';
import { readConfState, readFirstMembers, type Member } from './membership/members.js';
import { StoreReads, type HashResult, type IndexPage, type ReadCaller, type RecordHash } from './reads/store-reads.js';
import type { ReadResult } from './results.js';
import type { SessionTable } from './sessions/session-table.js';
import { StagedSnapshot } from './snapshot/sink.js';
import { StateSnapshot } from './snapshot/source.js';
import { StoredState } from './state/stored-state.js';
import { makeStore, readTables, type Tables } from './state/tables.js';
import { withView, type View } from './state/view.js';
import type { KvStoreOptions } from './store-options.js';
import { WatchHub } from './watch/hub.js';
import { DEFAULT_WATCH_LIMITS } from './watch/limits.js';

export type { TokenEvent } from './auth/auth-change.js';
export type { RequestOrigin } from './commands/command.js';
export type { Alarm, Alarms } from './commands/alarms.js';
export type { Lease, LeaseChange } from './leases/leases.js';
export type { Member } from './membership/members.js';
export type { ApplyResult, ReadResult } from './results.js';
export type { KvStoreOptions } from './store-options.js';
export type { HashResult, ReadCaller, RecordHash } from './reads/store-reads.js';

const DEFAULT_HASH_SEED = [1, 2] as const;
const DEFAULT_CACHE_BYTES = 32 * 1024 * 1024;

/**
 * The replicated state machine: etcd's multi-version key-value store on an engine. `apply` executes commands in the
 * order of the log. The same entries give the same state on every member, however they are batched. Reads see the
 * published state, which is replaced after each batch, and never a part of a batch.
 */
export class KvStore implements StateMachine {
  readonly #options: KvStoreOptions;
  readonly #failure: Failure;
  readonly #state: StoredState;
  readonly #reads: StoreReads;
  readonly #writes: StoreWrites;
  readonly #reclaimer: Reclaimer;
  #compacted = 0;
  #closed = false;
  /** Delivers changes to watchers. */
  readonly watches: WatchHub;

  /** Whether an engine holds a store. Otherwise `open` creates one. */
  static isIn(engine: Engine): boolean {
    return readMeta(engine) !== undefined;
  }

  /** @throws if the engine holds a store of another format, or cannot be read */
  static async open(options: KvStoreOptions): Promise<KvStore> {
    const { home, bootstrap, logger } = options;
    await makeStore(home.engine, { ...bootstrap, logger });
    const store = new KvStore(options, await readTables(home.engine));
    store.#state.current.beginWork();
    return store;
  }

  private constructor(options: KvStoreOptions, tables: Tables) {
    const { home, logger, maxTxnOps, cacheBytes = DEFAULT_CACHE_BYTES, pause = () => Promise.resolve() } = options;
    const { hashSeed = DEFAULT_HASH_SEED } = options;
    this.#options = options;
    const failure = new Failure(logger);
    const onFatal = (error: unknown): void => void failure.fail(error);
    const onSwept = (versions: number): void => void (this.#compacted += versions);
    const state = new StoredState({ home, tables, logger, cacheBytes, hashSeed, pause, onSwept, onFatal });
    this.watches = new WatchHub({
      revision: state.view.revision,
      compactedRevision: () => state.view.compactedRevision,
      acquire: () => state.current.acquire(),
      onFatal,
      pause,
      limits: { ...DEFAULT_WATCH_LIMITS, ...options.watchLimits },
    });
    this.#failure = failure;
    this.#state = state;
    this.#reads = new StoreReads({ view: () => state.view, maxTxnOps, pause: options.readPause ?? pause });
    this.#writes = new StoreWrites({ state, watches: this.watches, failure, pause, store: options });
    this.#reclaimer = new Reclaimer(() => (this.#closed ? undefined : state.current.use));
  }

  /** Resolves with the fatal error after which the store must not be used; pending until then. */
  get failed(): Promise<Error> {
    return this.#failure.failed;
  }

  /** Upper bound on the bytes of the index entries written since the store was opened. */
  get indexBytes(): number {
    return this.#writes.indexBytes;
  }

  /** Operations since the store was opened, and the versions that compactions have removed. */
  get counts(): Readonly<Record<'ranges' | 'queries' | 'puts' | 'deletes' | 'txns' | 'compacted', number>> {
    const { ranges, queries, txns } = this.#reads.counts;
    const { counts } = this.#writes;
    return { ...counts, compacted: this.#compacted, ranges, queries, txns: txns + counts.txns };
  }

  appliedIndex(): number {
    return this.#view.meta.appliedIndex;
  }

  /** Slices that are done of the batch in progress; 0 between batches, and for small ones. */
  slicesDone(): number {
    return this.#writes.slicesDone;
  }

  /** The term of the entry at the applied index; 0 before the first. */
  appliedTerm(): number {
    return this.#view.meta.appliedTerm;
  }

  confState(): ConfState {
    return this.#state.tables.confState;
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
    return readFirstMembers(this.#state.current.engine) ?? this.members();
  }

  /** The leases of the published state. */
  get leases(): Pick<LeaseTable, 'size' | 'get' | 'all' | 'state'> {
    return this.#state.tables.leases;
  }

  /** Client sessions, as of the last command that was applied. */
  get sessions(): Pick<SessionTable, 'size' | 'get' | 'all' | 'ofUser' | 'openSequences' | 'keptBytes' | 'repeats'> {
    return this.#state.tables.sessions;
  }

  /** The keys attached to a lease, in order, and the revision at which they were; undefined without such a lease. */
  async keysOfLease(
    id: bigint,
    caller?: ReadCaller,
  ): Promise<{ readonly keys: readonly Uint8Array[] | undefined; readonly revision: number }> {
    const { revision } = this.#view;
    const isThere = this.#state.tables.leases.get(id) !== undefined;
    return { keys: isThere ? await this.#reads.keysOfLease(id, caller) : undefined, revision };
  }

  /** Whether all keys that are attached to a lease, as of this turn, are in the ranges; true without such a lease. */
  holdLeasedKeys(lease: bigint, ranges: PermittedKeys): Promise<boolean> {
    return this.#reads.holdLeasedKeys(lease, ranges);
  }

  /** Checks whether the keys of all leases are in the ranges of a user. */
  get leasedKeys(): Pick<LeasedKeyChecks, 'earlier' | 'hold'> {
    return this.#reads.leasedKeys;
  }

  /** The raised alarms, by kind and member. */
  alarms(): Alarms {
    return this.#state.tables.alarms;
  }

  /** Users, roles and permissions of the published state, which change with it in one turn. */
  auth(): AuthState {
    return this.#state.tables.auth;
  }

  /** The change feeds of the published state, by name. */
  feeds(): Feeds {
    return this.#state.tables.feeds;
  }

  /**
   * Changes of a feed of the published state, behind the positions of some of its partitions.
   * @param positions by partition; none below its cursor
   */
  async feedPage(feed: Feed, positions: ReadonlyMap<number, number>): Promise<FeedPage> {
    const view = this.#state.current.acquire();
    try {
      return await readFeedPage({ view, feed, positions, pause: this.#options.pause ?? (() => Promise.resolve()) });
    } finally {
      view.release();
    }
  }

  /** The indexes of the published state. */
  indexes(): IndexTable {
    return this.#view.indexes;
  }

  /** The newest published revision. */
  revision(): number {
    return this.#view.revision;
  }

  /** Number of live keys; undefined while they are counted after a start. */
  keyCount(): number | undefined {
    return this.#state.current.keyCount;
  }

  /** History below it is discarded; −1 before the first compaction, as etcd reports it. */
  compactedRevision(): number {
    return this.#view.compactedRevision;
  }

  /** Applies normal entries. One call at a time, of this and of `applyConfChange`. */
  apply(entries: readonly Entry[]): Promise<void> {
    return this.#writes.apply(entries);
  }

  /** @throws UnknownCommandError on a change that this version does not make */
  admits(change: ConfChange): boolean {
    const found = commandOf(change);
    return found === undefined || checkMemberCommand(this.#state.tables, found) === undefined;
  }

  applyConfChange(application: ConfChangeApplication): Promise<void> {
    return this.#writes.applyConfChange(application);
  }

  /** Replaces the view's snapshot: the engine keeps all rows that an open snapshot can see. */
  async #renewView(): Promise<void> {
    if (this.#closed) return;
    // While a batch is applied, it may be written and not published: a new snapshot would match no revision.
    if (this.#writes.isRunning) await this.#writes.settled();
    else this.#state.current.publish(this.#view.meta);
  }

  durableIndex(): Promise<number> {
    return this.#state.current.engine.durableLabel(this.appliedIndex());
  }

  async barrier(): Promise<number> {
    const index = this.appliedIndex();
    await this.#state.current.engine.barrier();
    return index;
  }

  /** Approximate disk usage in bytes: of all rows, or of the engine's rows from a key on. */
  sizeBytes(from?: Uint8Array): Promise<number> {
    return this.#state.current.sizeBytes(from);
  }

  /** Free bytes in the files of the engine, which later rows use. */
  freeBytes(): number {
    return this.#state.current.engine.freeBytes();
  }

  /** The published state as of this turn. */
  openSnapshot(): SnapshotSource {
    const view = this.#state.current.acquire();
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
    return this.#writes.restore(metadata);
  }

  /** The create revision of a live key; 0 if it does not exist. */
  createRevision(key: Uint8Array): number {
    const row = this.#view.current(key);
    return row === undefined ? 0 : decodeRevisions(row).createRevision;
  }

  /** Returns no promise for a single key at the newest revision. @param caller see ReadCaller */
  range(request: etcdserverpb.RangeRequest.$Properties, caller?: ReadCaller): ReadResult | Promise<ReadResult> {
    return this.#reads.range(request, caller);
  }

  /**
   * The same in pieces, all from one state. `take` is called with each piece and awaited; false ends the walk.
   * @returns the rest of the answer; undefined if `take` ended the walk
   */
  rangeInPieces(
    request: etcdserverpb.RangeRequest.$Properties,
    take: (body: Uint8Array) => Promise<boolean>,
    caller?: ReadCaller,
  ): Promise<ReadResult | undefined> {
    return this.#reads.rangeInPieces(request, take, caller);
  }

  /** @param request must satisfy `isReadOnlyTxn` @param caller see ReadCaller */
  readTxn(request: etcdserverpb.TxnRequest.$Properties, caller?: ReadCaller): Promise<ReadResult> {
    return this.#reads.readTxn(request, caller);
  }

  /** A page of a query of a secondary index. */
  queryIndex(request: raftkvpb.IndexQueryRequest.$Properties, caller?: ReadCaller): Promise<IndexPage> {
    return this.#reads.queryIndex(request, caller);
  }

  /** All of its pages from one state. `take` is awaited for each page but the last; false ends the query. */
  queryIndexInPages(
    request: raftkvpb.IndexQueryRequest.$Properties,
    take: (page: Extract<ReadResult, { kind: 'ok' }>) => Promise<boolean>,
    caller?: ReadCaller,
  ): Promise<ReadResult> {
    return this.#reads.queryIndexInPages(request, take, caller);
  }

  /** Number of live keys in the range of an index; undefined while they are counted after a start. */
  async keysInRangeOf({ spec }: Index): Promise<number | undefined> {
    const view = this.#view;
    return this.keyCount() === undefined ? undefined : await withView(view, () => view.count(spec.range));
  }

  /** Resolves once the entries of dropped indexes are removed, or the store closes. */
  whenIndexesRemoved(): Promise<void> {
    return this.#state.current.whenRemoved();
  }

  /**
   * A hash of the logical state at a revision, not below the compacted one. Equal on all members for the same revision
   * and compacted revision.
   * @param revision 0 for the newest
   * @param options.compactRevision hashes as if compacted there; not below the state's own compacted revision, the default
   */
  hashKv(
    revision: number,
    { caller, ...point }: { readonly compactRevision?: number; readonly caller?: ReadCaller } = {},
  ): Promise<HashResult> {
    return this.#reads.hashKv({ revision, ...point }, caller);
  }

  /**
   * A hash of what HashKV leaves out: users, roles, permissions and leases, as the rows of the engine hold them. Equal on all
   * members at the same applied index.
   */
  hashRecords(): Promise<RecordHash> {
    return this.#reads.hashRecords();
  }

  /** The same hash, as this member's commands have made it; undefined for an index that is not applied yet, or long ago. */
  recordHashAt(index: number): number | undefined {
    return index > this.appliedIndex() ? undefined : this.#state.tables.recordHashes.at(index);
  }

  /** A hash of all replicated rows of this member's engine; undefined if the caller has gone. */
  hashAll(caller?: ReadCaller): Promise<{ readonly hash: number; readonly revision: number } | undefined> {
    return this.#reads.hashAll(caller);
  }

  /** Resolves once all keys are counted. From then on, counting a range takes no walk. */
  whenCounted(): Promise<void> {
    return this.#state.current.whenCounted();
  }

  /**
   * Resolves once the rows that a compaction discarded are removed, but for those that a feed needs; with false if the store
   * closes first.
   */
  async whenSwept(revision: number): Promise<boolean> {
    while (!this.#closed) {
      const state = this.#state.current;
      if (await state.whenSwept(revision)) return true;
      // Another state replaces this one and sweeps in its turn, or this one failed.
      await this.#writes.settled();
      if (state === this.#state.current) return false;
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

  /**
   * Makes the engine reclaim space everywhere, while it serves. Resolves with false if the store closes first.
   * @throws EngineReclaimError
   */
  async defragment(): Promise<boolean> {
    await this.#renewView();
    const isDone = await this.#reclaimer.reclaimAll();
    // An engine that has a new file keeps the old one for the published view.
    await this.#renewView();
    return isDone;
  }

  /** Ends background work and releases the published snapshot. Reads in progress finish. The engine stays open. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#writes.close();
    await this.#state.current.endWork();
    await this.watches.close();
    await this.#reclaimer.idle();
    await this.#state.close();
  }

  get #view(): View {
    return this.#state.view;
  }

  get #membersTable(): MembersTable {
    return this.#state.tables.members;
  }
}
