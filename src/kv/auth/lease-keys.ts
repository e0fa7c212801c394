import type { EngineCursor, EngineRange } from '../../ports/engine.js';
import { compareBytes } from '../../util/bytes.js';
import { leasedKey, leasedRange, leasedUserKey, Table, tableRange } from '../format/layout.js';
import { pagesOf } from '../state/row-pages.js';
import type { PermittedKeys } from './key-ranges.js';

interface LeasedRows {
  cursor(range: EngineRange): EngineCursor;
}

/** Keys that are read at once, and between two pauses, at most. */
const PAGE_KEYS_MAX = 256;

/**
 * Whether all keys that are attached to a lease are in the ranges. It reads the first attached key at or behind each range, and
 * not the keys inside: a lease may have very many. Where ranges hold few keys each, as permissions on single keys do, it reads
 * growing pages of keys: a user may have very many of them.
 * @param pause awaited now and then
 */
export async function holdLeasedKeys(
  reader: LeasedRows,
  lease: bigint,
  ranges: PermittedKeys,
  pause?: () => Promise<void>,
): Promise<boolean> {
  const { gte, lt } = leasedRange(lease);
  let from = gte;
  let count = 1;
  let unpausedKeys = 0;
  for (;;) {
    if (pause !== undefined && unpausedKeys >= PAGE_KEYS_MAX) {
      unpausedKeys = 0;
      await pause();
    }
    const keys = await firstKeys(reader, { gte: from, lt }, count);
    let end: Uint8Array | undefined;
    let found = 0;
    for (const key of keys) {
      if (end !== undefined && compareBytes(key, end) < 0) continue;
      const range = ranges.holding(key);
      if (range === undefined) return false;
      if (range.end === undefined) return true;
      ({ end } = range);
      found += 1;
    }
    if (keys.length < count || end === undefined) return true;
    from = leasedKey(lease, end);
    unpausedKeys += count;
    count = 2 * found > count ? Math.min(PAGE_KEYS_MAX, 4 * count) : 1;
  }
}

/** Whether all keys that are attached to any lease are in the ranges. @param pause awaited between pages */
export async function holdAllLeasedKeys(
  reader: LeasedRows,
  ranges: PermittedKeys,
  pause: () => Promise<void>,
): Promise<boolean> {
  for await (const rows of pagesOf(reader, tableRange(Table.leased))) {
    if (rows.some(({ key }) => ranges.holding(leasedUserKey(key)) === undefined)) return false;
    await pause();
  }
  return true;
}

async function firstKeys(reader: LeasedRows, range: EngineRange, count: number): Promise<readonly Uint8Array[]> {
  const cursor = reader.cursor(range);
  try {
    const rows = await cursor.next(count);
    return rows.map(({ key }) => leasedUserKey(key));
  } finally {
    await cursor.close();
  }
}
