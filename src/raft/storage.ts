import type { ConfState, Entry, HardState, Snapshot } from './types.js';

/** `compacted`: cut off already, a snapshot stands in its place. `unavailable`: past the end of the log. */
export type LogMiss = 'compacted' | 'unavailable';

/** The durable log, as the core reads it. Synchronous: what is asked for here is in memory or one short read away. */
export interface Storage {
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /**
   * Entries in [low, high), at least one, then no more than fit `maxBytes` of data.
   * `low` at or below the cut is `compacted`; `high` past the end is `unavailable`.
   */
  entries(low: number, high: number, maxBytes: number): readonly Entry[] | LogMiss;
  /** The term at an index in [firstIndex − 1, lastIndex]. */
  term(index: number): number | LogMiss;
  /** The oldest index that `entries` can answer; lastIndex + 1 when the log is empty. */
  firstIndex(): number;
  lastIndex(): number;
  /**
   * A snapshot that the log leads on from, or `unavailable` while there is none.
   * @param confState the active configuration: the snapshot must include its members
   */
  snapshot(confState: ConfState): Snapshot | 'unavailable';
}
