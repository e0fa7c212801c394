/** What one run did, as `summary.json` in the folder of the run. `docs/faults.md` and the report are made from it. */
export interface RunSummary {
  readonly format: 'raftkv-jepsen-summary';
  readonly version: 1;
  readonly workload: string;
  readonly nemesis: string;
  readonly nodes: number;
  readonly seed: number;
  /** The system under test. */
  readonly target: 'raftkv' | 'etcd';
  /** What stands between the processes: a TCP proxy, or network namespaces. */
  readonly net: 'proxy' | 'netns';
  /** Dimensions of the matrix: TLS, users, RPC host, storage options. An absent one has its default. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** The commit of the sources; ends in `+` if the checkout had uncommitted changes. */
  readonly commit: string;
  /** ISO time of the start. */
  readonly started: string;
  /** Duration of the load, from the first call to the last, in s. */
  readonly seconds: number;
  /** Calls of clients; the sum of the next three. */
  readonly operations: number;
  readonly ok: number;
  /** Calls that certainly had no effect. */
  readonly failed: number;
  /** Calls without an outcome. */
  readonly unknown: number;
  /** Times that a fault began. */
  readonly faults: number;
  /** Successful calls a second while a fault is active; null without faults. */
  readonly okPerSecondDuringFaults: number | null;
  /** Longest time without the completion of a successful call during the load, in ms. */
  readonly longestGapMs: number;
  /** For each heal on a machine without other work: time until the first write that was invoked after it succeeded, in ms. */
  readonly healToFirstWriteMs: readonly number[];
  /** Heals that no successful write followed. */
  readonly healsWithoutWrite: number;
  /** Heals while the machine was busy with other work: a late write proves nothing then. Default: 0. */
  readonly healsNotMeasured?: number;
  /** Their times until the first write, in ms, which the other work can only have made longer. Default: not known. */
  readonly busyHealToFirstWriteMs?: readonly number[];
  readonly electionTimeoutMs: number;
  readonly verdicts: readonly VerdictSummary[];
  /** Why the run itself failed, if it did: a member that did not come back, an error of the harness. */
  readonly error?: string;
}

export interface VerdictSummary {
  readonly checker: string;
  readonly valid: boolean | 'unknown';
  /** Operations that the checker looked at. */
  readonly operations: number;
  /** Time that the checker took, in ms. */
  readonly ms: number;
  readonly anomalies: readonly { readonly name: string; readonly text: string }[];
}

/** The verdict of the whole run: false if any checker found an anomaly or the run failed, else unknown if any could not decide. */
export function validOf({ verdicts, error }: Pick<RunSummary, 'verdicts' | 'error'>): boolean | 'unknown' {
  if (error !== undefined || verdicts.some(({ valid }) => valid === false)) return false;
  return verdicts.some(({ valid }) => valid === 'unknown') ? 'unknown' : true;
}
