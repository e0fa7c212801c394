import type { VersionEdit } from './version-edit.js';

/*
 * Which batches LevelDB replays when it opens, by the manifest (LevelDB 1.20, DBImpl::Recover): those of the logs whose
 * number is the manifest's log number or above it. Their first sequence follows the last one in the tables:
 *
 * - At an open LevelDB begins a new manifest and a new log. Its record of the log number has the exact last sequence, as
 *   nothing is written before the open ends.
 * - A full memtable begins a new log at once, but its record is written after the flush. The last sequence in it is that
 *   of the moment: batches in the new log may be included. The switch came after the record before, because a memtable
 *   waits for the flush of the one before it. So the last flushed sequence lies between those of the two records.
 */

export interface LogStart {
  /** Logs below this number are not replayed. */
  readonly logNumber: number;
  /** Bounds, inclusive, of the last sequence that the tables hold. They are equal after an open. */
  readonly flushedMin: number;
  readonly flushedMax: number;
}

/** @returns undefined if the manifest has other fields than LevelDB 1.20 writes */
export function logStart(edits: readonly VersionEdit[]): LogStart | undefined {
  let start: LogStart | undefined;
  for (const { logNumber, previousLogNumber, lastSequence } of edits) {
    if (previousLogNumber !== undefined && previousLogNumber !== 0) return undefined;
    if (logNumber === undefined || logNumber === start?.logNumber) continue;
    if (lastSequence === undefined || !Number.isSafeInteger(lastSequence)) return undefined;
    start = { logNumber, flushedMin: start?.flushedMax ?? lastSequence, flushedMax: lastSequence };
  }
  return start;
}
