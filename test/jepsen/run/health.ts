import type { Cluster } from '../cluster/cluster.js';
import type { Verdict } from '../history/verdict.js';
import type { FaultTally } from './fault-schedule.js';
import { isDisturbed } from './recovery.js';

// Checks of the cluster itself, beside those of the history.

/** Election timeouts within which the first write must follow a heal. */
const TIMEOUTS_MAX = 3;
/** Whether no member ended by itself without a fault that explains it. */
export function checkProcesses(cluster: Cluster): Verdict {
  const { crashes } = cluster;
  return {
    checker: 'processes',
    valid: crashes.length === 0,
    operations: cluster.names.reduce((sum, name) => sum + cluster.startsOf(name), 0),
    anomalies: crashes.map(({ name, exit, log }) => ({
      name: 'crash',
      text: `${name} ended by itself with ${JSON.stringify(exit)}\n${log}`,
      events: [],
    })),
    ms: 0,
    details: { excused: cluster.excused.length },
  };
}

/** Whether the first write came soon enough after each heal. Heals on a busy machine prove nothing. */
export function checkRecovery({ recoveries }: FaultTally, electionMs: number): Verdict {
  const limitMs = TIMEOUTS_MAX * electionMs;
  const measured = recoveries.filter((recovery) => !isDisturbed(recovery));
  const late = measured.filter(({ ms }) => ms > limitMs);
  return {
    checker: 'recovery',
    valid: late.length === 0,
    operations: measured.length,
    anomalies: late.map(({ ms }) => ({
      name: 'late-write',
      text: `the first write came ${ms} ms after the heal, and not within ${limitMs} ms`,
      events: [],
    })),
    ms: 0,
    details: { recoveriesMs: measured.map(({ ms }) => ms), disturbed: recoveries.length - measured.length, limitMs },
  };
}
