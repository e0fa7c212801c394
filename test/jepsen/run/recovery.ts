import { RaftKvError } from '../../../src/client/index.js';
import type { Cluster } from '../cluster/cluster.js';

/** Longest wait for a write after a heal, in ms. */
const LIMIT_MS = 60_000;
const ATTEMPT_MS = 500;
/** A key that never exists. Its deletion goes through the log like any write, but takes no revision, which would disturb the history. */
const ABSENT_KEY = 'jepsen/absent';

/** The first write after a heal. */
export interface Recovery {
  /** The member that answered it. */
  readonly node: string;
  /** Time since the heal, in ms. */
  readonly ms: number;
}

/** Writes through all running members until one has answered; undefined if none does within a minute. */
export async function recover(cluster: Cluster): Promise<Recovery | undefined> {
  const beganMs = performance.now();
  const found = new AbortController();
  const attempts = cluster.running.map(async (node) => {
    while (!found.signal.aborted && performance.now() - beganMs < LIMIT_MS) {
      if (!(await writes(cluster, node))) continue;
      found.abort();
      return { node, ms: Math.round(performance.now() - beganMs) };
    }
    return undefined;
  });
  const recoveries = (await Promise.all(attempts)).filter((each) => each !== undefined);
  return recoveries.sort((left, right) => left.ms - right.ms)[0];
}

async function writes(cluster: Cluster, node: string): Promise<boolean> {
  try {
    await cluster.admin(node).delete(ABSENT_KEY, { timeoutMs: ATTEMPT_MS });
    return true;
  } catch (error) {
    if (error instanceof RaftKvError) return false;
    throw error;
  }
}
