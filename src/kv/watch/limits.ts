/** Bounds of the work and the memory of watches. Tests choose small ones. */
export interface WatchLimits {
  /**
   * A batch with more changes is not handed out in the turn that publishes it, but read from the change log: unless it
   * compacts what is in it.
   */
  readonly liveChanges: number;
  /** Of the latest events in memory. */
  readonly recentEvents: number;
  readonly recentBytes: number;
  /** A page of the change log ends with the first whole revision at or beyond one of these. */
  readonly pageRows: number;
  readonly pageBytes: number;
  /** Rows of a page between two turns. */
  readonly sliceRows: number;
}

export const DEFAULT_WATCH_LIMITS: WatchLimits = {
  liveChanges: 4096,
  recentEvents: 2048,
  recentBytes: 4 * 1024 * 1024,
  pageRows: 4096,
  pageBytes: 1024 * 1024,
  sliceRows: 256,
};
