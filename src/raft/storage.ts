import type { ConfState, Entry, HardState, Snapshot } from './types.js';

/** `compacted`: the entry was cut, and a snapshot replaces it. `unavailable`: past the end of the log. */
export type LogMiss = 'compacted' | 'unavailable';

/** The durable log, as the core reads it. Synchronous: entries are in memory or one short read away. */
export interface Storage {
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /**
   * Entries in [low, high): at least one, and as many as fit `maxBytes` of data. `compacted` if `low` was cut,
   * `unavailable` if `high` is past the end.
   */
  entries(low: number, high: number, maxBytes: number): readonly Entry[] | LogMiss;
  /** The term at an index in [firstIndex − 1, lastIndex]. */
  term(index: number): number | LogMiss;
  /** The oldest available index; lastIndex + 1 if the log is empty. */
  firstIndex(): number;
  lastIndex(): number;
  /**
   * A snapshot that the log leads on from, or `unavailable` while there is none.
   * @param confState the active configuration: the snapshot must include its members
   */
  snapshot(confState: ConfState): Snapshot | 'unavailable';
}
