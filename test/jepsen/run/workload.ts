import type { Client, ClientOptions } from '../../../src/client/index.js';
import type { Random } from '../../../src/util/random.js';
import type { History } from '../history/history.js';
import type { Verdict } from '../history/verdict.js';

/** What a run does to the cluster through clients, and how the outcome is judged. Made anew for each run. */
export interface Workload {
  readonly name: string;
  /** One line for the list of workloads. */
  readonly about: string;
  /** Flags of each member, in addition to those of the run. */
  readonly flags?: readonly string[];
  /** The systems that it can run on. Default: both. */
  readonly targets?: readonly ('raftkv' | 'etcd')[];
  /** Requires authentication: AUTH=1. */
  readonly needsUsers?: boolean;
  /** Clients that work at the same time. Default 10. */
  readonly concurrency?: number;
  /** Calls a second of all clients together, at most. Default 200. */
  readonly rate?: number;
  /** Added to the `options` of the history's header, for the checker. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Called once before the load, on the healthy cluster: initial values, users. */
  prepare?(context: RunContext): Promise<void>;
  /** One client. Called `concurrency` times, before the load. */
  client(context: ClientContext): WorkloadClient;
  /** Called after the faults are undone and the cluster has answered: the last reads. */
  finish?(context: FinishContext): Promise<void>;
  check(history: History): readonly Verdict[] | Promise<readonly Verdict[]>;
}

export interface WorkloadClient {
  /**
   * Does the next operation: usually one `context.call`. The runner calls it again and again until the load ends, and paces
   * it. An exception is a bug of the workload and ends the run; failures of calls are outcomes.
   */
  step(): Promise<void>;
  /** Ends what step() has left open. Called once after the last step, before `finish` of the workload. */
  close?(): Promise<void>;
}

/** A member as clients reach it: through the proxy, if there is one. */
export interface NodeAddress {
  /** `n1`. */
  readonly name: string;
  /** `http://host:port` or `https://host:port`. */
  readonly endpoint: string;
}

export interface RunContext {
  readonly target: 'raftkv' | 'etcd';
  readonly seed: number;
  /** Seeded. Each context has its own. */
  readonly random: Random;
  /** Members that take part from the start. Those that are added by a fault serve no clients. */
  readonly nodes: readonly NodeAddress[];
  /** µs since the start of the run. */
  now(): number;
  /**
   * The project's client, with the TLS and the user of the run; the run closes it. It repeats calls only where a repeat is
   * certainly the first execution.
   * @param nodes default: the members of this context, in turn
   */
  connect(nodes?: readonly NodeAddress[], options?: Partial<ClientOptions>): Client;
  /** Prints a line about the progress of the run. */
  log(text: string): void;
}

/** The call that begins. */
export interface Invocation {
  readonly f: string;
  readonly key?: string;
  readonly value?: unknown;
}

/** How a call ended. Without a `value` the completion repeats that of the invocation. */
export type Outcome =
  | { readonly type: 'ok'; readonly value?: unknown; readonly revision?: number }
  | { readonly type: 'fail' | 'info'; readonly value?: unknown; readonly revision?: number; readonly error: string };

export interface CallOptions {
  /** The member that is called, for the record. Default: the context's `node`. */
  readonly node?: string;
}

/** What one client of a workload may use. */
export interface ClientContext extends RunContext {
  /** 0 … concurrency − 1. */
  readonly worker: number;
  /** The number of the process whose calls are recorded now. A new one after each unknown outcome. */
  readonly process: number;
  /** The member that this client is bound to: the workers are spread over the members. */
  readonly node: NodeAddress;
  /** Aborted at the end of the load, for calls that wait for long. */
  readonly signal: AbortSignal;
  /**
   * Records one call: its start, then its end as `run` says it. If `run` throws, the outcome is that of `outcomeOfError`.
   * There must be no other open call of this context.
   */
  call(invocation: Invocation, run: () => Promise<Outcome>, options?: CallOptions): Promise<Outcome>;
  /**
   * A further process that works at the same time, for a workload with long calls such as watches. Calls of each are
   * recorded apart.
   */
  fork(): ClientContext;
}

/** The last reads are made by one client, on the healed cluster. */
export interface FinishContext extends ClientContext {
  /** The history so far. */
  readonly history: History;
}
