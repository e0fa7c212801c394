import { defined } from '../../util/assert.js';
import { equalBytes } from '../../util/bytes.js';
import { modRevisionOf } from '../format/key-value.js';
import { changesRange, decodeChange, decodeHistoryValue, historyKey, type ChangeRow } from '../format/layout.js';
import type { View } from '../state/view.js';
import { addTo, type Matched } from './deliveries.js';
import type { WatchLimits } from './limits.js';
import { WatchEvent } from './watch-event.js';
import type { WatcherGroup } from './watcher.js';

/** Changes of whole revisions, out of the change log. */
export interface LogPage {
  /** The last revision that was read. */
  readonly to: number;
  readonly matched: Matched;
}

export interface LogPageOptions {
  readonly view: View;
  readonly from: number;
  readonly limits: WatchLimits;
  /** Who wants the events of a key. A change that nobody wants costs no more than its row. */
  readonly groupsOf: (key: Uint8Array) => readonly WatcherGroup[];
  /** Awaited between slices. */
  readonly pause: () => Promise<void>;
}

/**
 * Reads the changes from a revision on, with the versions that they made and ended. A page is bounded, but never ends
 * within a revision: one that is larger is a page by itself.
 */
export async function readLogPage({ view, from, limits, groupsOf, pause }: LogPageOptions): Promise<LogPage> {
  const matched: Matched = new Map();
  const cursor = view.cursor(changesRange(Math.max(from, 0), view.revision));
  let rowsRead = 0;
  let bytes = 0;
  let ofRevision: ChangeRow[] = [];
  try {
    for (;;) {
      const rows = await cursor.next(limits.sliceRows);
      if (rows.length === 0) return { to: view.revision, matched };
      for (const row of rows) {
        const change = decodeChange(row.key, row.value);
        if (change.revision !== ofRevision[0]?.revision) {
          if (rowsRead >= limits.pageRows || bytes >= limits.pageBytes) return { to: change.revision - 1, matched };
          ofRevision = [];
        }
        ofRevision.push(change);
        rowsRead++;
        const groups = groupsOf(change.key);
        if (groups.length === 0) continue;
        const event = load(view, { change, ofRevision, withPrevious: groups.some(({ prevKv }) => prevKv > 0) });
        bytes += event.bytes;
        for (const group of groups) addTo(matched, group, event);
      }
      await pause();
    }
  } finally {
    await cursor.close();
  }
}

function load(
  view: View,
  { change, ofRevision, withPrevious }: { change: ChangeRow; ofRevision: readonly ChangeRow[]; withPrevious: boolean },
): WatchEvent {
  const { revision, kind, key } = change;
  const keyValue = kind === 'put' ? versionOf(view, key, revision) : undefined;
  const previousRevision = withPrevious ? revisionBefore(change, ofRevision) : 0;
  // What was there before the compacted revision is gone, or will be.
  const previous =
    previousRevision > 0 && revision > view.compactedRevision ? versionOf(view, key, previousRevision) : undefined;
  return new WatchEvent({ revision, kind, key, keyValue, previous });
}

/** When the version before the revision was written, though the revision may have touched the key before; 0 for none. */
function revisionBefore(change: ChangeRow, ofRevision: readonly ChangeRow[]): number {
  if (change.previousRevision < change.revision) return change.previousRevision;
  const first = ofRevision.find(({ key }) => equalBytes(key, change.key));
  return defined(first, 'the first change of the key in its revision').previousRevision;
}

/** The version that a revision, not older than the compacted one or ended later than it, made of a key. */
function versionOf(view: View, key: Uint8Array, modRevision: number): Uint8Array {
  const current = view.current(key);
  if (current !== undefined && modRevisionOf(current) === modRevision) return current;
  const row = defined(view.rows.get(historyKey(key, modRevision)), `the version of revision ${modRevision}`);
  return decodeHistoryValue(row).keyValue;
}
