import type { EngineCursor, EngineRange } from '../../ports/engine.js';
import type { KeyRange } from '../format/layout.js';

/**
 * A state of the store that reads and transactions stand on: a published view, or a batch that is being made and lies
 * over one.
 */
export interface StateReader {
  readonly revision: number;
  readonly compactedRevision: number;
  /** The newest version of a live key, encoded. */
  current(userKey: Uint8Array): Uint8Array | undefined;
  hasLease(id: bigint): boolean;
  cursor(range: EngineRange): EngineCursor;
  /** Live keys in a range, without a walk through all of it. */
  count(range: KeyRange): Promise<number>;
  /** The same at an older revision; undefined where walking through the range is no dearer. */
  countAt(range: KeyRange, revision: number): Promise<number | undefined>;
  /**
   * Counts work that was done in this turn of the event loop. A read may look at any number of rows.
   * @param units of about a microsecond: a row, or 256 bytes that were copied
   * @returns what to wait for once the slice is used up
   */
  spend(units: number): Promise<void> | undefined;
}

/** Units of work in one turn of the event loop, a few milliseconds. */
export const SLICE_UNITS = 8192;
