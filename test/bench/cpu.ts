import { readFileSync } from 'node:fs';
import type { ProcessCluster } from '../support/process-cluster.js';

/** Linux reports processor time in hundredths of a second. */
const TICK_US = 10_000;

/** Processor time of a process and its threads since its start, in µs. */
export function cpuOf(pid: number): number {
  return parseCpu(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** Reads the text of /proc/PID/stat, see proc(5). The program's name may contain blanks and parentheses. */
export function parseCpu(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // The third field comes first here; utime and stime are the 14th and 15th.
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Processor time of the members since a call of `clusterCpu`. */
export function clusterCpu(cluster: ProcessCluster, leader: number): (operations: number) => PerOperation {
  const others = cluster.others(leader);
  const now = (index: number): number => cpuOf(cluster.process(index).pid);
  const sum = (): number => others.reduce((total, index) => total + now(index), 0);
  const before = { leader: now(leader), others: sum() };
  return (operations) => ({
    leaderUs: (now(leader) - before.leader) / operations,
    followerUs: others.length === 0 ? 0 : (sum() - before.others) / others.length / operations,
  });
}

export interface PerOperation {
  readonly leaderUs: number;
  /** Mean of the followers; 0 without any. */
  readonly followerUs: number;
}
