/** Bounds on work and memory of watches. Tests use small ones. */
export interface WatchLimits {
  /**
   * A batch with more changes is not delivered in the turn that publishes it: watchers read it from the change log,
   * unless the batch compacts its own changes.
   */
  readonly liveChanges: number;
  /**
   * A batch whose events go to more groups of watchers, counted for each event, or to more watchers, is not delivered in that turn
   * either. Watchers that are behind get no more in one turn.
   */
  readonly liveMatches: number;
  /** Latest events kept in memory. */
  readonly recentEvents: number;
  readonly recentBytes: number;
  /** A page of the change log ends with the revision that reaches one of these. */
  readonly pageRows: number;
  readonly pageBytes: number;
  /** Rows of a page between two turns. */
  readonly sliceRows: number;
  /** Watchers that a page is read for. */
  readonly pageWatchers: number;
  /** Events of a page, counted for each group of watchers that wants them; a single group may have more. */
  readonly pageMatches: number;
  /** Watchers that fall behind in one turn. */
  readonly fallingWatchers: number;
}

export const DEFAULT_WATCH_LIMITS: WatchLimits = {
  liveChanges: 4096,
  liveMatches: 8192,
  recentEvents: 2048,
  recentBytes: 4 * 1024 * 1024,
  pageRows: 4096,
  pageBytes: 1024 * 1024,
  sliceRows: 256,
  pageWatchers: 512,
  pageMatches: 65_536,
  fallingWatchers: 4096,
};
