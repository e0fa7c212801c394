import type { ProcessCluster } from '../support/process-cluster.js';
import type { Settings } from './settings.js';
import type { System } from './systems.js';

/** One measured value, with the costs that belong to it. */
export interface Sample {
  readonly value: number;
  /** Processor time of an operation, in µs. */
  readonly cpu?: { readonly leaderUs: number; readonly followerUs: number; readonly clientUs?: number };
  /** Time from request to answer, in ms. */
  readonly meanMs?: number;
  readonly p99Ms?: number;
}

/** One line of the table. */
export interface Row {
  /** `BENCH` selects rows by the beginnings of their ids. */
  readonly id: string;
  readonly title: string;
  readonly unit: '/s' | 'ms' | 's' | 'MB' | '×';
  readonly better: 'more' | 'less';
  /** Whether the targets apply to raftkv's value divided by that of the newest etcd, or to raftkv's value itself. */
  readonly targetsOf: 'ratio' | 'value';
  /** A bound: from below if more is better, else from above. */
  readonly must?: number;
  readonly aim?: number;
}

export interface SecuredCluster {
  readonly cluster: ProcessCluster;
  /** Of an ordinary user, that may read and write the keys of loads of one key. */
  readonly token: string;
}

/** The environment of one measurement of one system. */
export interface Context {
  readonly system: System;
  readonly settings: Settings;
  /**
   * The cluster of three members that this system keeps during the whole group.
   *
   * @param prepare called once, before its first use
   */
  shared(prepare?: (cluster: ProcessCluster) => Promise<void>): Promise<ProcessCluster>;
  /** Such a cluster with TLS and authentication. Its own clients call as root. */
  secured(): Promise<SecuredCluster>;
  /** A new cluster, which ends with the measurement. */
  fresh(members: number): Promise<ProcessCluster>;
}

/** One measurement, which yields the value of one row or more. */
export interface Scenario {
  readonly rows: readonly Row[];
  /** Whether each system runs it once, uncounted, before the first round: for loads, as V8 compiles code that runs often. */
  readonly warmsUp?: boolean;
  /** One round. @returns a sample for each row, by id */
  readonly measure: (context: Context) => Promise<Readonly<Record<string, Sample>>>;
}

/** Scenarios on the same clusters. */
export interface Group {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
}
