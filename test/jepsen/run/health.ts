import { RaftKvError } from '../../../src/client/index.js';
import type { Cluster } from '../cluster/cluster.js';
import { patiently } from '../cluster/patience.js';
import type { Verdict } from '../history/verdict.js';
import type { FaultTally } from './fault-schedule.js';
import { isDisturbed } from './recovery.js';

// Checks of the cluster itself, beside those of the history.

/** Election timeouts within which the first write must follow a heal. */
const TIMEOUTS_MAX = 3;
const CONVERGENCE_MS = 30_000;

/** Whether all members hold the same data once they are left alone. */
export async function checkReplicas(cluster: Cluster): Promise<Verdict> {
  const beganMs = performance.now();
  let seen: readonly (readonly [string, number | undefined])[] = [];
  const revision = await latestRevision(cluster);
  const converged = async (): Promise<true | undefined> => {
    seen = await Promise.all(cluster.names.map(async (name) => [name, await hashOf(cluster, name, revision)] as const));
    const hashes = new Set(seen.map(([, hash]) => hash));
    return hashes.size === 1 && !hashes.has(undefined) ? true : undefined;
  };
  const isValid = await patiently('equal data', CONVERGENCE_MS, converged).catch(() => false as const);
  const text = seen.map(([name, hash]) => `${name}: ${hash ?? 'no answer'}`).join(', ');
  return {
    checker: 'replicas',
    valid: isValid,
    operations: seen.length,
    anomalies: isValid
      ? []
      : [{ name: 'different-data', text: `hashes of the data at revision ${revision}: ${text}`, events: [] }],
    ms: Math.round(performance.now() - beganMs),
    details: { revision },
  };
}

async function latestRevision(cluster: Cluster): Promise<number> {
  const views = await Promise.all(cluster.names.map((name) => cluster.status(name)));
  return Math.max(...views.map((view) => view?.header.revision ?? 0));
}

async function hashOf(cluster: Cluster, name: string, revision: number): Promise<number | undefined> {
  try {
    return (await cluster.admin(name).hashKv(cluster.directUrl(name), revision, { timeoutMs: 2000 })).hash;
  } catch (error) {
    if (error instanceof RaftKvError) return undefined;
    throw error;
  }
}

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
