import type { ProcessCluster } from '../support/process-cluster.js';

/** The system that a case runs on, as far as cases act on it themselves. */
export interface Subject {
  readonly cluster: ProcessCluster;
  /** Starts a member that was added. */
  join(name: string): void;
  /** Moves the leadership to a member, unless it has it. */
  lead(name: string): Promise<void>;
}

/** One call of etcdctl. The cases run in order, on one store: each sees what those before it have done. */
export interface Case {
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Whom to ask: a member by its name, or all that run. Default n1. */
  readonly endpoints?: string;
  /** What is done to each system first. */
  readonly before?: (subject: Subject) => Promise<void> | void;
  /** The two need not be ready at the same time: the call is repeated until it succeeds with such an output. */
  readonly until?: RegExp;
  /** It does not end by itself: it is interrupted when the output looks like this, and its input stays open until then. */
  readonly ends?: RegExp;
  /** The same, for what prints nothing: it is interrupted once this holds. */
  readonly endsWhen?: (subject: Subject) => Promise<boolean>;
  /** Whether it is content depends on how quick the machine is: its exit code is left out. */
  readonly isTimed?: boolean;
  /** What may differ between two clusters that behave alike, beside ids and ports: masks it in the output. */
  readonly mask?: readonly RegExp[];
  /** What raftkv says on purpose where etcd says nothing: is left out. */
  readonly drop?: RegExp;
}
