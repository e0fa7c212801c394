import type { EngineCursor, EngineRange } from '../../ports/engine.js';
import { leasedKey, leasedRange, leasedUserKey, Table, tableRange } from '../format/layout.js';
import { pagesOf } from '../state/row-pages.js';
import type { PermittedKeys } from './key-ranges.js';

interface LeasedRows {
  cursor(range: EngineRange): EngineCursor;
}

/** Reads of one key between two pauses. */
const READS_A_TURN = 32;

/**
 * Whether all keys that are attached to a lease are in the ranges. It reads the first attached key at or behind each range,
 * and not the keys inside: a lease may have very many.
 * @param pause awaited now and then: a user may have permissions on very many single keys
 */
export async function holdLeasedKeys(
  reader: LeasedRows,
  lease: bigint,
  ranges: PermittedKeys,
  pause?: () => Promise<void>,
): Promise<boolean> {
  const { gte, lt } = leasedRange(lease);
  let from = gte;
  for (let reads = 1; ; reads += 1) {
    if (pause !== undefined && reads % READS_A_TURN === 0) await pause();
    const key = await firstKey(reader, { gte: from, lt });
    if (key === undefined) return true;
    const range = ranges.holding(key);
    if (range === undefined) return false;
    if (range.end === undefined) return true;
    from = leasedKey(lease, range.end);
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

async function firstKey(reader: LeasedRows, range: EngineRange): Promise<Uint8Array | undefined> {
  const cursor = reader.cursor(range);
  try {
    const [row] = await cursor.next(1);
    return row && leasedUserKey(row.key);
  } finally {
    await cursor.close();
  }
}
