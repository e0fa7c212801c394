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
}
