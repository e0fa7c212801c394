import type { ProcessCluster } from '../support/process-cluster.js';

/** The actions of a case on its system. */
export interface Subject {
  readonly cluster: ProcessCluster;
  /** Starts a member that was added. */
  join(name: string): void;
  /** Moves the leadership to a member, unless it leads already. */
  lead(name: string): Promise<void>;
}

/** One call of etcdctl. The cases run in order on one store: each sees the effects of the earlier ones. */
export interface Case {
  readonly args: readonly string[];
  readonly stdin?: string;
  /** The endpoints: one member by its name, or all running ones. Default n1. */
  readonly endpoints?: string;
  /** An action on each system before the call. */
  readonly before?: (subject: Subject) => Promise<void> | void;
  /** Repeats the call until it succeeds with a matching output, because the systems may be ready at different times. */
  readonly until?: RegExp;
  /** The call does not end by itself: it is interrupted when the output matches, and its input stays open until then. */
  readonly ends?: RegExp;
  /** The same for calls without output: interrupted once this holds. */
  readonly endsWhen?: (subject: Subject) => Promise<boolean>;
  /** Ignores the exit code, which depends on the speed of the machine. */
  readonly isTimed?: boolean;
  /** Parts of the output that may differ between equivalent clusters, besides ids and ports; they are masked. */
  readonly mask?: readonly RegExp[];
  /** Intended additions of raftkv to the output, which are removed. */
  readonly drop?: RegExp;
}
