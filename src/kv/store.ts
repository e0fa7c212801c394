import { etcdserverpb } from '../gen/proto.js';
import type { Engine, EngineHome, EngineOperation, ReplacedEngine } from '../ports/engine.js';
import type { SnapshotSink, SnapshotSource } from '../ports/snapshot.js';
import type { ConfChangeApplication, StateMachine } from '../ports/state-machine.js';
import type { ConfChange, ConfState, Entry, SnapshotMetadata } from '../raft/types.js';
import { assert, defined } from '../util/assert.js';
import type { Logger } from '../util/logger.js';
import { readAlarms, type Alarms } from './alarms.js';
import { applyCommand, type CommandContext, type Effect } from './applier.js';
import { checkRange, checkTxn, DEFAULT_MAX_TXN_OPS, isReadOnlyTxn } from './checks.js';
import { decodeCommand, UnknownCommandError, type RequestOrigin } from './command.js';
import { Draft } from './draft.js';
import { EngineUse } from './engine-use.js';
import { kvError, type KvError } from './errors.js';
import { hashRows, hashVersions } from './hash.js';
import { decodeRevisions } from './key-value.js';
import { keysOfLease, LeaseTable, type LeaseChange } from './leases.js';
import { HotRows } from './hot-rows.js';
import { KeyIndex } from './key-index.js';
import {
  changeBody,
  changedTable,
  checkMemberChange,
  commandOf,
  type MemberChange,
  type MembersTable,
} from './member-change.js';
import {
  confStateRow,
  firstMembersRow,
  memberRow,
  readConfState,
  readFirstMembers,
  readMembers,
  readRemoved,
  removalRows,
  type Member,
} from './members.js';
import { EMPTY_META, metaRow, readMeta, readSwept, type Meta } from './meta.js';
import { encodeRangeAnswer, evaluateRange, type RangeOutcome } from './range.js';
import { encodePiece, streamRange } from './range-stream.js';
import type { ApplyResult, ReadResult } from './results.js';
import { StagedSnapshot } from './snapshot-sink.js';
import { StateSnapshot } from './snapshot-source.js';
import { Reclaimer } from './reclaimer.js';
import { Sweeper } from './sweep.js';
import { readTxn } from './txn.js';
import { View } from './view.js';
import { WatchHub } from './watch/hub.js';
import { DEFAULT_WATCH_LIMITS, type WatchLimits } from './watch/limits.js';
import { asError } from '../util/error.js';

export type { RequestOrigin } from './command.js';
export type { Alarm, Alarms } from './alarms.js';
export type { Lease, LeaseChange } from './leases.js';
export type { Member } from './members.js';
export type { ApplyResult, ReadResult } from './results.js';

export interface KvStoreOptions {
  /** Where the engine lives, and where a snapshot that is taken on is built beside it. */
  readonly home: EngineHome;
  /** Stands in snapshots: one of another cluster is not taken on. */
  readonly clusterId: number;
  readonly logger: Logger;
  /** What the first open writes; a later one takes what is stored. */
  readonly bootstrap: { readonly members: readonly Member[]; readonly confState: ConfState };
  /** Receives the answer to each command that `isWaiting` said yes to, in order, once readers see its effect. */
  readonly waiter?: (origin: RequestOrigin, result: ApplyResult) => void;
  /** Asked while a command is applied: without somebody who waits, no answer is made. */
  readonly isWaiting?: (origin: RequestOrigin) => boolean;
  /** Receives the leases that came and went with a batch, in order, once readers see it. */
  readonly onLeases?: (changes: readonly LeaseChange[]) => void;
  /** Called when another state has been put in force as a whole: what was derived from changes before is void. */
  readonly onRestore?: () => void;
  /** Comparisons or operations in a transaction that is only read, 128 by default. */
  readonly maxTxnOps?: number;
  /** Memory for rows that are read or written often, in bytes, roughly; 32 MiB by default. */
  readonly cacheBytes?: number;
  /** Awaited between slices of background work, to give other work a turn; by default the engine's own delay does. */
  readonly pause?: () => Promise<void>;
  /** Bounds of the work and the memory of watches. */
  readonly watchLimits?: Partial<WatchLimits>;
}

export type HashResult =
  | {
      readonly kind: 'ok';
      readonly hash: number;
      /** The newest revision of the state that was hashed. */
      readonly revision: number;
      /** The revision that was asked for. */
      readonly hashRevision: number;
      readonly compactRevision: number;
    }
  | { readonly kind: 'error'; readonly revision: number; readonly error: KvError };

interface Answer {
  readonly origin: RequestOrigin;
  readonly result: ApplyResult;
}

const { AlarmType } = etcdserverpb;
const DEFAULT_CACHE_BYTES = 32 * 1024 * 1024;

/**
 * The replicated state machine: etcd's multi-version key-value store over an engine. Commands go in through `apply`, in
 * the order of the log; the same entries make the same state on every member, in whatever batches they come. Reads are
 * answered from the published state, which is replaced after each batch, and never show half of one.
 */
export class KvStore implements StateMachine {
  readonly #options: KvStoreOptions;
  readonly #pause: () => Promise<void>;
  #use: EngineUse;
  #hotRows: HotRows;
  #sweeper: Sweeper;
  readonly #reclaimer: Reclaimer;
  #keyIndex: KeyIndex;
  #confState: ConfState;
  #table: MembersTable;
  #leases: LeaseTable;
  #alarms: Alarms = [];
  #view: View;
  #applying: Promise<void> | undefined;
  /** What has been asked of this store since it was opened, and the versions of keys that compactions have removed. */
  readonly counts = { ranges: 0, puts: 0, deletes: 0, txns: 0, compacted: 0 };
  #closed = false;
  /** Engines that were replaced and are still read from. */
  readonly #releasing = new Set<Promise<void>>();
  /** Tells of what is written. */
  readonly watches: WatchHub;
  #failure: Error | undefined;
  #fail: ((error: Error) => void) | undefined;
  /** Settles with the error after which the store must not be used any more; pends while all is well. */
  readonly failed = new Promise<Error>((resolve) => {
    this.#fail = resolve;
  });

  /** Whether an engine holds a store: otherwise the next open makes one. */
  static isIn(engine: Engine): boolean {
    return readMeta(engine) !== undefined;
  }

  /** @throws if the engine holds a store of another format, or cannot be read */
  static async open(options: KvStoreOptions): Promise<KvStore> {
    const { home, bootstrap, logger } = options;
    const { engine } = home;
    if (readMeta(engine) === undefined) {
      logger.info('a new store', { members: bootstrap.members.length });
      const rows = bootstrap.members.map(memberRow);
      await engine.write([...rows, confStateRow(bootstrap.confState), metaRow(EMPTY_META)]);
      // What the log is replayed upon must be there after a crash: a member that joined could not tell it from its flags.
      await engine.barrier();
    }
    const store = new KvStore(options, await readTables(engine));
    store.#alarms = await readAlarms(engine);
    store.#sweeper.sweepTo(store.compactedRevision());
    store.#keyIndex.run();
    return store;
  }

  private constructor(options: KvStoreOptions, { members, leases }: Tables) {
    const { engine } = options.home;
    this.#options = options;
    this.#pause = options.pause ?? (() => Promise.resolve());
    this.#use = new EngineUse(engine);
    this.#table = members;
    this.#leases = leases;
    this.#confState = defined(readConfState(engine), 'the stored configuration');
    this.#hotRows = this.#newHotRows();
    this.#keyIndex = this.#newKeyIndex();
    this.#view = this.#viewOf(defined(readMeta(engine), 'the meta row'));
    this.#sweeper = this.#newSweeper();
    this.watches = new WatchHub({
      revision: this.#view.revision,
      compactedRevision: () => this.#view.compactedRevision,
      acquire: () => {
        this.#view.retain();
        return this.#view;
      },
      onFatal: (error) => void this.#stop(error),
      pause: this.#pause,
      limits: { ...DEFAULT_WATCH_LIMITS, ...options.watchLimits },
    });
    this.#reclaimer = new Reclaimer(() => (this.#closed ? undefined : this.#use));
  }

  appliedIndex(): number {
    return this.#view.meta.appliedIndex;
  }

  /** The term of the entry at the applied index; 0 before the first. */
  appliedTerm(): number {
    return this.#view.meta.appliedTerm;
  }

  confState(): ConfState {
    return this.#confState;
  }

  /** By ascending id. */
  members(): readonly Member[] {
    return [...this.#table.members.values()];
  }

  member(id: number): Member | undefined {
    return this.#table.members.get(id);
  }

  /** The ids of members that were removed, ascending. None of them comes back. */
  removedIds(): readonly number[] {
    return [...this.#table.removed];
  }

  wasRemoved(id: number): boolean {
    return this.#table.removed.has(id);
  }

  /** The members with which the cluster began: what a newcomer that takes the whole log begins with. */
  firstMembers(): readonly Member[] {
    return readFirstMembers(this.#use.engine) ?? this.members();
  }

  /** The leases of the published state. */
  get leases(): Pick<LeaseTable, 'size' | 'get' | 'all'> {
    return this.#leases;
  }

  /** The keys that are attached to a lease, in order, and the state that they are from; undefined: there is none. */
  async keysOfLease(
    id: bigint,
  ): Promise<{ readonly keys: readonly Uint8Array[] | undefined; readonly revision: number }> {
    const view = this.#view;
    if (this.#leases.get(id) === undefined) return { keys: undefined, revision: view.revision };
    view.retain();
    try {
      return { keys: await keysOfLease(view, id), revision: view.revision };
    } finally {
      view.release();
    }
  }

  /** Those that are raised, by kind and member. */
  alarms(): Alarms {
    return this.#alarms;
  }

  /** The newest published revision. */
  revision(): number {
    return this.#view.revision;
  }

  /** Keys that are there; undefined while they are counted, after a start. */
  keyCount(): number | undefined {
    return this.#keyIndex.counts.total;
  }

  /** History below it is gone; −1 before the first compaction, as etcd reports it. */
  compactedRevision(): number {
    return this.#view.compactedRevision;
  }

  /** Normal entries. One call at a time, of this and of `applyConfChange`. */
  apply(entries: readonly Entry[]): Promise<void> {
    return this.#exclusively(() => this.#applyBatch(entries));
  }

  /** @throws UnknownCommandError on a change that no member of this version makes */
  admits(change: ConfChange): boolean {
    const found = commandOf(change);
    return found === undefined || checkMemberChange(this.#table, found.change) === undefined;
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
    }
  }

  /** The engine keeps what an open snapshot can see: where nothing is written, that of the view would stay for ever. */
  async #renewView(): Promise<void> {
    if (this.#closed) return;
    // A batch that is under way may be written and not published: a snapshot from in between fits no revision.
    if (this.#applying === undefined) this.#publish(this.#view.meta);
    else await this.#applying.catch(() => undefined); // told to who applies
  }

  async barrier(): Promise<number> {
    const index = this.appliedIndex();
    await this.#use.engine.barrier();
    return index;
  }

  /** Bytes of disk that the state takes, roughly: all of it, or the engine's rows from a key on. */
  sizeBytes(from?: Uint8Array): Promise<number> {
    return this.#use.engine.sizeBytes(from);
  }

  /** The published state, held fast in this turn. */
  openSnapshot(): SnapshotSource {
    const view = this.#view;
    view.retain();
    const confState = defined(readConfState(view.rows), 'the stored configuration');
    const header = { clusterId: this.#options.clusterId, meta: view.meta, confState };
    return new StateSnapshot({ header, reader: view.rows, onClose: () => view.release() });
  }

  /** What receives a snapshot takes the place of what did before. The state in force knows nothing of it. */
  receiveSnapshot(): SnapshotSink {
    const { home, clusterId } = this.#options;
    return new StagedSnapshot({ home, clusterId });
  }

  /**
   * Puts the staged state in force: durable and published once it resolves. Reads that are under way end with the state
   * that they began with.
   */
  restore(metadata: SnapshotMetadata): Promise<void> {
    return this.#exclusively(() => this.#restore(metadata));
  }

  /** The revision that created a key that is there now; 0 for one that is not. */
  createRevision(key: Uint8Array): number {
    const row = this.#view.current(key);
    return row === undefined ? 0 : decodeRevisions(row).createRevision;
  }

  /** Answers at once, not with a promise, if one key is asked for at the newest revision. */
  range(request: etcdserverpb.RangeRequest.$Properties): ReadResult | Promise<ReadResult> {
    const view = this.#view;
    this.counts.ranges += 1;
    const wrong = checkRange(request);
    if (wrong !== undefined) return rangeResult(view, { kind: 'error', error: wrong });
    const outcome = evaluateRange(view, request);
    if (!(outcome instanceof Promise)) return rangeResult(view, outcome);
    view.retain();
    return outcome.then((settled) => rangeResult(view, settled)).finally(() => view.release());
  }

  /**
   * The same piece by piece: each is given to `take`, which is waited for, and ends the walk by answering false. The
   * state is held fast until the end.
   * @returns the rest of the answer; undefined where `take` has ended it
   */
  async rangeInPieces(
    request: etcdserverpb.RangeRequest.$Properties,
    take: (body: Uint8Array) => Promise<boolean>,
  ): Promise<ReadResult | undefined> {
    this.counts.ranges += 1;
    const view = this.#view;
    const wrong = checkRange(request);
    if (wrong !== undefined) return rangeResult(view, { kind: 'error', error: wrong });
    view.retain();
    const pieces = streamRange(view, request);
    try {
      for (;;) {
        const next = await pieces.next();
        if (next.done === true) return rangeResult(view, next.value);
        if (!(await take(encodePiece(next.value)))) return undefined;
      }
    } finally {
      // Closes its cursor, wherever it is.
      await pieces.return({ kind: 'ok', keyValues: [], more: false, count: 0 });
      view.release();
    }
  }

  /** @param request one that `isReadOnlyTxn` holds for */
  async readTxn(request: etcdserverpb.TxnRequest.$Properties): Promise<ReadResult> {
    const view = this.#view;
    this.counts.txns += 1;
    const position = { revision: view.revision, appliedIndex: view.meta.appliedIndex };
    const wrong = checkTxn(request, this.#options.maxTxnOps ?? DEFAULT_MAX_TXN_OPS);
    if (wrong !== undefined) return { kind: 'error', error: wrong, ...position };
    assert(isReadOnlyTxn(request), 'a transaction that writes goes through the log');
    view.retain();
    try {
      return { ...(await readTxn(view, request)), ...position };
    } finally {
      view.release();
    }
  }

  /**
   * A hash of the logical state at a revision, from the compacted one on: the same on every member for the same revision
   * and compacted revision. @param revision 0 for the newest
   */
  async hashKv(revision: number): Promise<HashResult> {
    const view = this.#view;
    const hashRevision = revision <= 0 ? view.revision : revision;
    const compactRevision = view.compactedRevision;
    const refuse = (kind: KvError['kind']): HashResult => ({
      kind: 'error',
      revision: view.revision,
      error: kvError(kind),
    });
    if (hashRevision > view.revision) return refuse('future-revision');
    if (hashRevision < compactRevision) return refuse('compacted');
    view.retain();
    try {
      const hash = await hashVersions(view, hashRevision, this.#pause);
      return { kind: 'ok', hash, revision: view.revision, hashRevision, compactRevision };
    } finally {
      view.release();
    }
  }

  /** A hash of all rows of this member's engine but its own. */
  async hashAll(): Promise<{ readonly hash: number; readonly revision: number }> {
    const view = this.#view;
    view.retain();
    try {
      return { hash: await hashRows(view.rows, this.#pause), revision: view.revision };
    } finally {
      view.release();
    }
  }

  /** Resolves once all keys are counted, so that the number of those in a range is known without a walk. */
  whenCounted(): Promise<void> {
    return this.#keyIndex.whenSettled();
  }

  /** Resolves once the rows that a compaction at the revision gave up are removed: with false if the store closes before. */
  async whenSwept(revision: number): Promise<boolean> {
    while (!this.#closed) {
      const sweeper = this.#sweeper;
      if (await sweeper.whenSwept(revision)) return true;
      // Another state was put in force, and has its own sweeper; or this one failed.
      if (sweeper === this.#sweeper) return false;
    }
    return false;
  }

  /**
   * The same, and the engine has given the space back: it rewrites the rows around those that were removed, which are
   * what is left of the history. The newest versions are not touched.
   */
  async whenReclaimed(revision: number): Promise<boolean> {
    if (!(await this.whenSwept(revision))) return false;
    await this.#renewView();
    return await this.#reclaimer.reclaim(revision);
  }

  /** Has the engine give back what it can anywhere; service goes on. False if the store closes before it is done. */
  async defragment(): Promise<boolean> {
    await this.#renewView();
    return await this.#reclaimer.reclaimAll();
  }

  /** Ends background work and gives the published snapshot up; reads under way end well. The engine stays open. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#sweeper.close();
    await this.watches.close();
    await this.#keyIndex.close();
    await this.#reclaimer.idle();
    this.#view.retire();
    await Promise.all(this.#releasing);
  }

  async #restore({ index, term }: SnapshotMetadata): Promise<void> {
    const { home, logger, onRestore } = this.#options;
    const staged = defined(home.staged, 'the staged state');
    const meta = defined(readMeta(staged), 'the meta row of the staged state');
    assert(meta.appliedIndex === index && meta.appliedTerm === term, `the staged state is not that of ${index}`);
    assert(index > this.appliedIndex(), `a state at ${index} in the place of one at ${this.appliedIndex()}`);
    const { members, leases } = await readTables(staged);
    const alarms = await readAlarms(staged);
    await this.#sweeper.close();
    await this.#keyIndex.close();
    const replaced = await home.promote();
    const previous = { use: this.#use, view: this.#view };
    // From here to the end in one turn: readers see all of the new state, or none.
    this.#use = new EngineUse(home.engine);
    this.#table = members;
    this.#leases = leases;
    this.#alarms = alarms;
    this.#confState = defined(readConfState(home.engine), 'the stored configuration');
    this.#hotRows = this.#newHotRows();
    this.#keyIndex = this.#newKeyIndex();
    this.#view = this.#viewOf(meta);
    this.#keyIndex.run();
    this.#sweeper = this.#newSweeper();
    this.#sweeper.sweepTo(this.compactedRevision());
    logger.info('restored a snapshot', { index, term, revision: meta.revision });
    const releasing = this.#release(previous.use, replaced);
    this.#releasing.add(releasing);
    void releasing.then(() => this.#releasing.delete(releasing));
    previous.view.retire();
    this.watches.restored(meta.revision);
    onRestore?.();
  }

  async #release(use: EngineUse, replaced: ReplacedEngine): Promise<void> {
    await use.idle();
    try {
      await replaced.release();
    } catch (error) {
      this.#stop(error);
    }
  }

  async #applyBatch(entries: readonly Entry[]): Promise<void> {
    const last = entries.at(-1);
    if (last === undefined) return;
    const collectChanges = this.watches.active;
    const draft = new Draft(this.#view, { collectChanges, leases: this.#leases });
    const { members } = this.#table;
    const context: CommandContext = { draft, members, alarms: this.#alarms, entry: last };
    const answers: Answer[] = [];
    let index = this.appliedIndex();
    for (const entry of entries) {
      assert(entry.index === ++index, `entry ${entry.index} follows ${index - 1}`);
      const pending = this.#applyEntry(context, entry, answers);
      if (pending !== undefined) await pending;
    }
    const { revision, compactedRevision } = draft;
    const meta: Meta = { appliedIndex: last.index, appliedTerm: last.term, revision, compactedRevision };
    await this.#use.engine.write([...draft.operations(), metaRow(meta)]);
    draft.refresh(this.#hotRows);
    this.#count(draft);
    this.#table = { ...this.#table, members: context.members };
    this.#leases.apply(draft.leaseChanges);
    if (context.alarms !== this.#alarms) this.#setAlarms(context.alarms);
    this.#keyIndex.apply(draft.births);
    this.#publish(meta);
    this.#keyIndex.run();
    this.watches.published({ revision, changes: collectChanges ? draft.changes : undefined });
    if (draft.leaseChanges.length > 0) this.#options.onLeases?.(draft.leaseChanges);
    for (const { origin, result } of answers) this.#options.waiter?.(origin, result);
  }

  #count({ counts }: Draft): void {
    this.counts.puts += counts.puts;
    this.counts.deletes += counts.deletes;
    this.counts.txns += counts.txns;
  }

  /** In this turn where the command allows it: most are puts, and a promise for each would show. */
  #applyEntry(context: CommandContext, entry: Entry, answers: Answer[]): void | Promise<void> {
    if (entry.type !== 'normal') throw new UnknownCommandError(`entry ${entry.index} is a ${entry.type}`);
    if (entry.data.length === 0) return undefined; // a new leader's first entry (paper, section 8)
    const command = decodeCommand(entry.data);
    context.entry = entry;
    const finish = (effect: Effect): void => {
      context.draft.finishCommand();
      if (this.#options.isWaiting?.(command.origin) !== true) return;
      answers.push({ origin: command.origin, result: resultOf(effect, context.draft.revision) });
    };
    const effect = applyCommand(context, command);
    return effect instanceof Promise ? effect.then(finish) : finish(effect);
  }

  #setAlarms(alarms: Alarms): void {
    this.#alarms = alarms;
    const raised = alarms.map(({ kind, memberId }) => `${AlarmType[kind]} of member ${memberId.toString(16)}`);
    this.#options.logger.warn('the alarms have changed', { raised: raised.join(', ') || 'none' });
  }

  /** Members, configuration and applied index change in one batch, whatever becomes of the change. */
  async #applyChange({ entry, change, admitted, confState }: ConfChangeApplication): Promise<void> {
    const { index, term } = entry;
    assert(index === this.appliedIndex() + 1, `entry ${index} follows ${this.appliedIndex()}`);
    const { engine } = this.#use;
    const { revision, compactedRevision } = this.#view;
    const meta: Meta = { appliedIndex: index, appliedTerm: term, revision, compactedRevision };
    const rows: EngineOperation[] = [confStateRow(confState), metaRow(meta)];
    if (readFirstMembers(engine) === undefined) rows.push(firstMembersRow(this.members()));
    const found = commandOf(change);
    const wrong = found === undefined ? undefined : checkMemberChange(this.#table, found.change);
    let table = this.#table;
    if (found !== undefined && admitted) {
      assert(wrong === undefined, 'a change that is admitted can be applied');
      table = changedTable(this.#table, found.change, index);
      rows.push(...rowsOf(found.change, table));
    }
    await engine.write(rows);
    this.#table = table;
    this.#confState = confState;
    this.#publish(meta);
    if (found === undefined || this.#options.isWaiting?.(found.command.origin) !== true) return;
    const effect = admitted ? changeBody(found.change, table) : (wrong ?? kvError('configuration-refused'));
    this.#options.waiter?.(found.command.origin, resultOf(effect, revision));
  }

  /** Readers see the batch from here on: data, revisions and cached rows change in one turn. */
  #publish(meta: Meta): void {
    const previous = this.#view;
    this.#view = this.#viewOf(meta);
    previous.retire();
    if (meta.compactedRevision > previous.compactedRevision) this.#sweeper.sweepTo(meta.compactedRevision);
  }

  #newHotRows(): HotRows {
    return new HotRows(this.#options.cacheBytes ?? DEFAULT_CACHE_BYTES);
  }

  #newKeyIndex(): KeyIndex {
    return new KeyIndex({
      acquire: () => {
        this.#view.retain();
        return this.#view;
      },
      onRecut: (counts) => this.#view.recut(counts),
      pause: this.#pause,
      onFatal: (error) => void this.#stop(error),
    });
  }

  #newSweeper(): Sweeper {
    const { engine } = this.#use;
    const onFatal = (error: unknown): void => void this.#stop(error);
    const onRemoved = (versions: number): void => void (this.counts.compacted += versions);
    return new Sweeper({ engine, swept: readSwept(engine), pause: this.#pause, onRemoved, onFatal });
  }

  #viewOf(meta: Meta): View {
    const use = this.#use;
    use.viewOpened();
    return new View({
      meta,
      counts: this.#keyIndex.counts,
      snapshot: use.engine.snapshot(),
      hotRows: this.#hotRows,
      onClosed: () => use.viewClosed(),
      onCloseError: (error) => void this.#stop(error),
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

/** What the store keeps in memory as a whole. */
interface Tables {
  readonly members: MembersTable;
  readonly leases: LeaseTable;
}

async function readTables(engine: Engine): Promise<Tables> {
  const members = new Map((await readMembers(engine)).map((member) => [member.id, member]));
  const removed = new Set(await readRemoved(engine));
  return { members: { members, removed }, leases: await LeaseTable.read(engine) };
}

function rowsOf(change: MemberChange, { members }: MembersTable): readonly EngineOperation[] {
  if (change.kind === 'memberRemove') return removalRows(change.id);
  const id = change.kind === 'memberAdd' ? change.member.id : change.id;
  return [memberRow(defined(members.get(id), `member ${id}`))];
}

function resultOf(effect: Effect, revision: number): ApplyResult {
  if (typeof effect === 'function') return { kind: 'ok', revision, body: effect() };
  return { kind: 'error', revision, error: effect };
}

function rangeResult(view: View, outcome: RangeOutcome): ReadResult {
  const position = { revision: view.revision, appliedIndex: view.meta.appliedIndex };
  if (outcome.kind === 'error') return { ...outcome, ...position };
  return { kind: 'ok', body: encodeRangeAnswer(outcome), ...position };
}
