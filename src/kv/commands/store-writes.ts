import { etcdserverpb } from '../../gen/proto.js';
import type { ConfChangeApplication } from '../../ports/state-machine.js';
import type { Entry, SnapshotMetadata } from '../../raft/types.js';
import { assert, defined } from '../../util/assert.js';
import { formatMemberId } from '../../util/member-id.js';
import type { Failure } from '../failure.js';
import { metaRow, type Meta } from '../format/meta.js';
import { applyConfEntry } from '../membership/conf-entry.js';
import { firstMembersRow, readFirstMembers } from '../membership/members.js';
import type { StoredState } from '../state/stored-state.js';
import type { KvStoreOptions } from '../store-options.js';
import type { WatchHub } from '../watch/hub.js';
import type { Alarms } from './alarms.js';
import type { CommandContext } from './command-context.js';
import { applyEntries, resultOf } from './apply-entries.js';
import { Draft } from './draft.js';

const { AlarmType } = etcdserverpb;

export interface StoreWritesOptions {
  readonly state: StoredState;
  readonly watches: WatchHub;
  readonly failure: Failure;
  /** Awaited between slices of long work. */
  readonly pause: () => Promise<void>;
  readonly store: Pick<
    KvStoreOptions,
    | 'logger'
    | 'committedAtStart'
    | 'waiter'
    | 'isWaiting'
    | 'hasRoom'
    | 'onExecuted'
    | 'onLeases'
    | 'onFeeds'
    | 'onAuth'
    | 'onIndexes'
    | 'largeBatchChanges'
  >;
}

/** Changes of the stored state: entries of the log in their order, and snapshots. One at a time; an error is fatal. */
export class StoreWrites {
  readonly #options: StoreWritesOptions;
  readonly #state: StoredState;
  #running: Promise<void> | undefined;
  #slicesDone = 0;
  #closed = false;
  /** Operations since the store was opened. */
  readonly counts = { puts: 0, deletes: 0, txns: 0 };
  /** Upper bound on the bytes of the index entries written since the store was opened. */
  indexBytes = 0;

  constructor(options: StoreWritesOptions) {
    this.#options = options;
    this.#state = options.state;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Slices that are done of the batch in progress; 0 between batches, and for small ones. */
  get slicesDone(): number {
    return this.#slicesDone;
  }

  /** Resolves once the change in progress has ended, with or without success. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => undefined); // reported to the caller of the change
  }

  apply(entries: readonly Entry[]): Promise<void> {
    return this.#exclusively(() => this.#applyAll(entries));
  }

  applyConfChange(application: ConfChangeApplication): Promise<void> {
    return this.#exclusively(() => this.#applyChange(application));
  }

  restore(metadata: SnapshotMetadata): Promise<void> {
    const { state, watches, store } = this.#options;
    const onReplaced = ({ revision }: Meta): void => {
      store.onAuth?.({ auth: state.tables.auth, tokens: [{ kind: 'all-revoked' }], isReplay: false });
      watches.restored(revision);
      store.onFeeds?.(state.tables.feeds);
    };
    return this.#exclusively(() => state.restore(metadata, onReplaced));
  }

  /** No change may begin from here on. */
  close(): void {
    this.#closed = true;
  }

  async #exclusively(work: () => Promise<void>): Promise<void> {
    const { failure } = this.#options;
    failure.assertNone();
    assert(
      this.#running === undefined && !this.#closed,
      'the store applies one thing at a time, and nothing after close',
    );
    const running = work();
    this.#running = running;
    try {
      await running;
    } catch (error) {
      throw failure.fail(error);
    } finally {
      this.#running = undefined;
      this.#slicesDone = 0;
    }
  }

  /** Applies the entries in as few batches as drafts allow, each atomic with its applied index. */
  async #applyAll(entries: readonly Entry[]): Promise<void> {
    let applied = await this.#applyBatch(entries);
    while (applied < entries.length) {
      // The answers to the batch before leave.
      await this.#options.pause();
      applied += await this.#applyBatch(entries.slice(applied));
    }
  }

  /** @returns how many of the entries the batch holds */
  async #applyBatch(entries: readonly Entry[]): Promise<number> {
    const { watches, pause, store } = this.#options;
    const { current, tables, view } = this.#state;
    const draft = new Draft(view, {
      collectChanges: watches.active,
      leases: tables.leases,
      feeds: tables.feeds,
      indexes: view.indexes,
      pause,
      onSlice: () => this.#slicesDone++,
      largeBatchChanges: store.largeBatchChanges,
    });
    const { members } = tables.members;
    const first = defined(entries[0], 'an entry to apply');
    const context: CommandContext = {
      draft,
      members,
      alarms: tables.alarms,
      auth: tables.auth,
      sessions: tables.sessions,
      firstRevision: undefined,
      tokens: [],
      entry: first,
      answerBytesMax: undefined,
    };
    const { onExecuted, hasRoom = () => true, isWaiting = () => false } = store;
    const after = view.meta.appliedIndex;
    const { answers, applied, recordChanges } = await applyEntries(context, entries, {
      after,
      isWaiting,
      hasRoom,
      onExecuted,
    });
    const last = defined(entries[applied - 1], 'the last entry of a batch');
    const { revision, compactedRevision } = draft;
    const meta: Meta = { appliedIndex: last.index, appliedTerm: last.term, revision, compactedRevision };
    draft.write(metaRow(meta));
    await current.engine.write(draft.operations());
    draft.refresh(current.hotRows);
    this.#count(draft);
    if (context.members !== members) tables.members = { ...tables.members, members: context.members };
    tables.leases.apply(draft.leaseChanges);
    if (recordChanges.length > 0) tables.recordHashes.changed(recordChanges);
    if (context.alarms !== tables.alarms) this.#setAlarms(context.alarms, last.index);
    const authChanged = context.auth !== tables.auth || context.tokens.length > 0;
    tables.auth = context.auth;
    const feedsChanged = draft.feeds.all !== tables.feeds;
    tables.feeds = draft.feeds.all;
    this.#slicesDone = 0;
    current.publish(meta, { countChanges: draft.countChanges, indexes: draft.finishedIndexes });
    if (feedsChanged) current.sweep();
    // Before watches: from here on they are subject to the new permissions.
    if (authChanged) {
      const isReplay = last.index <= (store.committedAtStart ?? 0);
      store.onAuth?.({ auth: context.auth, tokens: context.tokens, isReplay });
    }
    watches.published({ revision, changes: draft.changes });
    if (feedsChanged) store.onFeeds?.(draft.feeds.all);
    if (draft.indexes !== view.indexes) store.onIndexes?.();
    if (draft.leaseChanges.length > 0) store.onLeases?.(draft.leaseChanges);
    for (const { origin, result } of answers) store.waiter?.(origin, result);
    return applied;
  }

  #count({ counts, indexBytes }: Draft): void {
    this.indexBytes += indexBytes;
    this.counts.puts += counts.puts;
    this.counts.deletes += counts.deletes;
    this.counts.txns += counts.txns;
  }

  #setAlarms(alarms: Alarms, index: number): void {
    const { logger, committedAtStart = 0 } = this.#options.store;
    this.#state.tables.alarms = alarms;
    const raised = alarms.map(({ kind, memberId }) => `${AlarmType[kind]} of member ${formatMemberId(memberId)}`);
    const level = index > committedAtStart ? 'warn' : 'debug';
    logger[level]('the alarms have changed', { raised: raised.join(', ') || 'none' });
  }

  /** Members, configuration and applied index change in one batch, also if the change is refused. */
  async #applyChange(application: ConfChangeApplication): Promise<void> {
    const { index, term } = application.entry;
    const { current, tables, view } = this.#state;
    const { revision, compactedRevision } = view;
    assert(index === view.meta.appliedIndex + 1, `entry ${index} follows ${view.meta.appliedIndex}`);
    const meta: Meta = { appliedIndex: index, appliedTerm: term, revision, compactedRevision };
    const { members, rows, answer } = applyConfEntry(tables, application);
    const initial = [...tables.members.members.values()];
    const first = readFirstMembers(current.engine) === undefined ? [firstMembersRow(initial)] : [];
    await current.engine.write([...rows, metaRow(meta), ...first]);
    tables.members = members;
    tables.confState = application.confState;
    current.publish(meta);
    const { isWaiting, waiter } = this.#options.store;
    if (answer === undefined || isWaiting?.(answer.origin) !== true) return;
    waiter?.(answer.origin, resultOf(answer.effect(), revision));
  }
}
