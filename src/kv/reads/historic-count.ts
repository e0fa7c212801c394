import { bytesToLatin1 } from '../../util/bytes.js';
import { isInRange } from '../format/key-range.js';
import type { LoggedChange } from '../format/change-row.js';
import type { KeyRange } from '../format/layout.js';
import { ChangeCursor } from '../state/change-cursor.js';
import type { StateReader } from '../state/state-reader.js';

/** Maximum number of changes that a historic count reads. Each takes memory until the end. */
const CHANGES_MAX = 65_536;
const PAGE_CHANGES = 512;

interface Life {
  readonly before: boolean;
  now: boolean;
}

/**
 * The number of keys in a range at an older revision minus the number now, computed from the changes since. A listing
 * that reads all its pages at the revision of the first needs it for each page.
 * @param options.walkRows rows that a walk would read instead
 * @returns undefined if there are more changes than that
 */
export async function countDifference(
  reader: Pick<StateReader, 'cursor' | 'revision'>,
  { range, revision, walkRows }: { readonly range: KeyRange; readonly revision: number; readonly walkRows: number },
): Promise<number | undefined> {
  const most = Math.min(CHANGES_MAX, Math.max(PAGE_CHANGES, walkRows));
  if (reader.revision - revision > most) return undefined; // each revision has at least one change
  const cursor = new ChangeCursor(reader, { from: revision + 1, to: reader.revision });
  const lives = new Map<string, Life>();
  let seen = 0;
  try {
    for (let page = await cursor.next(PAGE_CHANGES); page.length > 0; page = await cursor.next(PAGE_CHANGES)) {
      seen += page.length;
      if (seen > most) return undefined;
      for (const change of page) note(lives, range, change);
    }
  } finally {
    await cursor.close();
  }
  let difference = 0;
  for (const { before, now } of lives.values()) difference += Number(before) - Number(now);
  return difference;
}

function note(lives: Map<string, Life>, range: KeyRange, { key, kind, previousRevision }: LoggedChange): void {
  if (!isInRange(key, range)) return;
  const id = bytesToLatin1(key);
  const known = lives.get(id);
  if (known === undefined) lives.set(id, { before: previousRevision > 0, now: kind === 'put' });
  else known.now = kind === 'put';
}
