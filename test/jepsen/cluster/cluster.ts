/** The members of a run, as processes on this machine. */
export interface Cluster {
  /** Names of all present members: `n1`. */
  readonly names: readonly string[];
}
