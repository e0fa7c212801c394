import type { EngineCursor, EngineRange } from '../../ports/engine.js';
import type { KeyRange } from '../format/layout.js';
import type { IndexTable } from '../indexes/index-table.js';

/**
 * A state of the store that reads and transactions use: a published view, or a draft on top of one.
 */
export interface StateReader {
  readonly revision: number;
  readonly compactedRevision: number;
  readonly indexes: IndexTable;
  /** The newest version of a live key, encoded. */
  current(userKey: Uint8Array): Uint8Array | undefined;
  hasLease(id: bigint): boolean;
  cursor(range: EngineRange): EngineCursor;
  /** Number of live keys in a range, without a walk over all of it. */
  count(range: KeyRange): Promise<number>;
  /** The same at an older revision; undefined if a walk over the range costs no more. */
  countAt(range: KeyRange, revision: number): Promise<number | undefined>;
  /**
   * Counts work done in this turn of the event loop: reads and commands may concern any number of rows.
   * @param units of about a microsecond: a row, or 256 bytes that were copied
   * @returns a promise to await once the slice is used up
   */
  spend(units: number): Promise<void> | undefined;
}

/** Units of work in one turn of the event loop, a few milliseconds. */
export const SLICE_UNITS = 8192;
