/** Something that a correct store cannot have done. */
export interface Anomaly {
  /** A short name, such as `lost-write` or `G-single`. */
  readonly name: string;
  /** What happened, for people. May have several lines. */
  readonly text: string;
  /** Indexes into the events of the history, in ascending order: those that show it. */
  readonly events: readonly number[];
}

/** The result of one checker for one history. */
export interface Verdict {
  readonly checker: string;
  /** `unknown`: the check was given up, or the history is too poor to decide. A run is then not valid. */
  readonly valid: boolean | 'unknown';
  /** Calls that were checked. */
  readonly operations: number;
  readonly anomalies: readonly Anomaly[];
  /** Duration of the check. */
  readonly ms: number;
  /** Figures that belong to it, such as the number of keys. */
  readonly details?: Readonly<Record<string, unknown>>;
}
