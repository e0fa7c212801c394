/** Bounds on work and memory of watches. Tests use small ones. */
export interface WatchLimits {
  /**
   * A batch with more changes is not delivered in the turn that publishes it: watchers read it from the change log,
   * unless the batch compacts its own changes.
   */
  readonly liveChanges: number;
  /** Latest events kept in memory. */
  readonly recentEvents: number;
  readonly recentBytes: number;
  /** A page of the change log ends with the revision that reaches one of these. */
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
