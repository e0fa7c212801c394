import { defined } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import { modRevisionOf } from '../format/key-value.js';
import type { LoggedChange } from '../format/change-row.js';
import { currentKey } from '../format/layout.js';
import { ChangeCursor } from '../state/change-cursor.js';
import { SupersededVersions } from '../state/superseded-versions.js';
import { SliceSizer } from '../state/versions.js';
import type { View } from '../state/view.js';
import type { WatchLimits } from './limits.js';
import { WatchEvent } from './watch-event.js';

/** Those who want the same changes. */
export interface PageGroup {
  /** Their number. */
  readonly watchers: { readonly size: number };
  /** How many of them want the previous version. */
  readonly prevKv: number;
}

/** Changes of whole revisions, from the change log. */
export interface LogPage {
  /** The last revision that was read. */
  readonly to: number;
  /** Of the events. */
  readonly bytes: number;
}

export interface LogPageOptions<Group> {
  readonly view: View;
  readonly from: number;
  readonly limits: Pick<WatchLimits, 'pageRows' | 'pageBytes' | 'sliceRows'>;
  /** The groups that want a change. One without any costs no more than its row. */
  readonly groupsOf: (change: LoggedChange) => readonly Group[];
  /** Takes each event that groups want, in order. */
  readonly matches: { add(event: WatchEvent, groups: readonly Group[]): void };
  /** Previous versions are read for the changes behind this revision; those of earlier ones may be gone. */
  readonly previousAfter: number;
  /** Awaited between slices. */
  readonly pause: () => Promise<void>;
}

/** Versions of different revisions that are read at once, before their sizes are known: at first, and at most. */
const LOADED_FIRST = 4;
const LOADED_MAX = 16;
/** Groups that want changes, counted for each change, that are visited in one turn. */
const SLICE_MATCHES = 8192;

/**
 * A change that is watched, and the revision of the version before it; 0 where that is not wanted or does not exist.
 */
interface WatchedChange<Group> {
  readonly change: LoggedChange;
  readonly groups: readonly Group[];
  readonly previousRevision: number;
}

/**
 * Reads the changes from a revision on, with the versions that they made and ended. A page is bounded, but never ends
 * within a revision: a larger revision is a page by itself. Either way it is read in slices: versions are read beside
 * the event loop, and events are encoded here, so that delivering them takes little time.
 */
export async function readLogPage<Group extends PageGroup>({
  view,
  from,
  limits,
  groupsOf,
  matches,
  previousAfter,
  pause,
}: LogPageOptions<Group>): Promise<LogPage> {
  const cursor = new ChangeCursor(view, { from: Math.max(from, 0), to: view.revision });
  const versions = new SupersededVersions(view);
  const sizer = new SliceSizer(LOADED_FIRST);
  let changesRead = 0;
  let bytes = 0;
  let ofRevision = new RevisionChanges();
  let watched: WatchedChange<Group>[] = [];
  let matchesWaiting = 0;
  let matchesOfSlice = 0;
  const flush = async (): Promise<void> => {
    const loading = watched;
    watched = [];
    matchesWaiting = 0;
    const loaded = await load({ view, versions, previousAfter }, loading);
    const size = loaded.reduce((sum, { event }) => sum + event.bytes, 0);
    for (const { event, groups } of loaded) matches.add(event, groups);
    bytes += size;
    sizer.saw(loaded.length, size);
  };
  try {
    for (;;) {
      const changes = await cursor.next(limits.sliceRows);
      if (changes.length === 0) break;
      for (const change of changes) {
        if (change.revision !== ofRevision.revision) {
          if (changesRead >= limits.pageRows || bytes >= limits.pageBytes) {
            await flush();
            return { to: change.revision - 1, bytes };
          }
          ofRevision = new RevisionChanges();
        }
        ofRevision.add(change);
        changesRead++;
        const groups = groupsOf(change);
        if (groups.length === 0) continue;
        const withPrevious = groups.some(({ prevKv }) => prevKv > 0);
        watched.push({ change, groups, previousRevision: withPrevious ? ofRevision.before(change) : 0 });
        matchesWaiting += groups.length;
        matchesOfSlice += groups.length;
        // The first revision belongs to the page whatever its size. Changes of later ones are loaded a few at a time,
        // so that the page exceeds its bound only a little.
        const most = watched[0]?.change.revision === change.revision ? sizer.rows : Math.min(sizer.rows, LOADED_MAX);
        if (watched.length >= most || matchesWaiting >= SLICE_MATCHES) await flush();
        if (matchesOfSlice < SLICE_MATCHES) continue;
        matchesOfSlice = 0;
        await pause();
      }
      matchesOfSlice = 0;
      await pause();
    }
    await flush();
    return { to: view.revision, bytes };
  } finally {
    await cursor.close();
  }
}

/** The changes of one revision so far. */
class RevisionChanges {
  readonly #changes: LoggedChange[] = [];
  /** The revision before the first change of each key, by latin1 key; made when a key is met twice. */
  #before: Map<string, number> | undefined;

  /** Undefined before the first. */
  get revision(): number | undefined {
    return this.#changes[0]?.revision;
  }

  add(change: LoggedChange): void {
    this.#changes.push(change);
  }

  /**
   * The revision that wrote the version before this revision; 0 where the key did not exist. A transaction of an older
   * raftkv may have touched a key twice: the second change then follows a version of its own revision.
   */
  before({ key, revision, previousRevision }: LoggedChange): number {
    if (previousRevision < revision) return previousRevision;
    this.#before ??= this.#firsts();
    return defined(this.#before.get(bytesToLatin1(key)), 'the first change of the key in its revision');
  }

  #firsts(): Map<string, number> {
    const firsts = new Map<string, number>();
    for (const { key, revision, previousRevision } of this.#changes) {
      if (previousRevision < revision) firsts.set(bytesToLatin1(key), previousRevision);
    }
    return firsts;
  }
}

interface LoadedEvent<Group> {
  readonly event: WatchEvent;
  readonly groups: readonly Group[];
}

/** Where versions are read. */
interface Source {
  readonly view: View;
  readonly versions: SupersededVersions;
  readonly previousAfter: number;
}

async function load<Group extends PageGroup>(
  source: Source,
  watched: readonly WatchedChange<Group>[],
): Promise<readonly LoadedEvent<Group>[]> {
  const made = await newVersions(source, watched);
  const previous = await previousVersions(source, watched);
  return watched.map(({ change: { revision, kind, key }, groups }, at) => {
    const event = new WatchEvent({ revision, kind, key, keyValue: made[at], previous: previous[at] });
    if (groups.some(({ prevKv }) => prevKv > 0)) event.encoded(true);
    if (groups.some(({ prevKv, watchers }) => prevKv < watchers.size)) event.encoded(false);
    return { event, groups };
  });
}

/** The versions that the puts made: still the newest of their key, or superseded since. Undefined for a deletion. */
async function newVersions(
  { view, versions }: Source,
  watched: readonly Pick<WatchedChange<unknown>, 'change' | 'previousRevision'>[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const puts = watched.filter(({ change }) => change.kind === 'put').map(({ change }) => change);
  const rows = puts.length === 0 ? [] : await view.rows.getMany(puts.map(({ key }) => currentKey(key)));
  const made = new Map<LoggedChange, Uint8Array>();
  for (const [at, put] of puts.entries()) {
    const row = rows[at];
    if (row !== undefined && modRevisionOf(row) === put.revision) made.set(put, row);
  }
  const older = puts.filter((put) => !made.has(put));
  const found = await versions.load(older.map(({ key, revision }) => ({ key, modRevision: revision })));
  for (const [at, put] of older.entries()) made.set(put, defined(found[at], 'a superseded version'));
  return watched.map(({ change }) => made.get(change));
}

/** The versions that the changes ended: all are superseded. */
async function previousVersions(
  { versions, previousAfter }: Source,
  watched: readonly Pick<WatchedChange<unknown>, 'change' | 'previousRevision'>[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const wanted = watched.filter(
    ({ change, previousRevision }) => previousRevision > 0 && change.revision > previousAfter,
  );
  const found = await versions.load(
    wanted.map(({ change, previousRevision }) => ({ key: change.key, modRevision: previousRevision })),
  );
  const previous = new Map(wanted.map((each, at) => [each, defined(found[at], 'a superseded version')]));
  return watched.map((each) => previous.get(each));
}
