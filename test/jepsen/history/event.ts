/** The version of the format, in the header of each history. */
export const FORMAT = 'raftkv-history';
export const FORMAT_VERSION = 1;

/**
 * `invoke`: a call began. `ok`: it took effect with this result. `fail`: it certainly had and will have no effect. `info`: its
 * outcome is unknown; it may take effect at any later time, or never. Events of `nemesis` and `cluster` are all `info`.
 */
export type EventType = 'invoke' | 'ok' | 'fail' | 'info';

/** A client process by number, the injector of faults, or the observer of the members. */
export type ProcessId = number | 'nemesis' | 'cluster';

/** One line of a history. */
export interface HistoryEvent {
  /** Microseconds since the start of the run, of one monotonic clock. Events are in the order of their times. */
  readonly time: number;
  /** A client process has at most one open call, and makes no other after one with the outcome `info`. */
  readonly process: ProcessId;
  readonly type: EventType;
  /** The kind of the call or of the fault: `read`, `write`, `txn`, `partition`, `status`. */
  readonly f: string;
  readonly key?: string;
  /** The argument or the result, as JSON. Its shape depends on the workload. */
  readonly value?: unknown;
  /** The revision that the answer states. */
  readonly revision?: number;
  /** The member that was called, or that the observation is of: `n1`. */
  readonly node?: string;
  /** Why the call failed, or why its outcome is unknown. */
  readonly error?: string;
  /** Of a fault: this event is its end. */
  readonly phase?: 'end';
}

/** The first line of a history. */
export interface HistoryHeader {
  readonly format: typeof FORMAT;
  readonly version: typeof FORMAT_VERSION;
  readonly workload: string;
  readonly nemesis: string;
  readonly seed: number;
  /** Members at the start. */
  readonly nodes: number;
  readonly target: 'raftkv' | 'etcd';
  readonly net: 'proxy' | 'netns';
  readonly commit: string;
  /** The time of the start, in ISO 8601. */
  readonly started: string;
  /** Options of the workload and of the run, such as `{"by":"version"}`. */
  readonly options: Readonly<Record<string, unknown>>;
}
