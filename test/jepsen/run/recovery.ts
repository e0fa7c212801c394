import { availableParallelism, loadavg } from 'node:os';
import { RaftKvError } from '../../../src/client/index.js';
import type { Cluster } from '../cluster/cluster.js';
import { StallWatch } from '../cluster/patience.js';
import { SyncWatch } from '../cluster/sync-watch.js';

/** Longest wait for a write after a heal, in ms. */
const LIMIT_MS = 60_000;
const ATTEMPT_MS = 500;
/** A key that never exists. Its deletion goes through the log like any write, but takes no revision, which would disturb the history. */
const ABSENT_KEY = 'jepsen/absent';

/** The first write after a heal. */
export interface Recovery {
  /** The member that answered it. */
  readonly node: string | undefined;
  /** Time since the heal, in ms. Infinite if no write succeeded within a minute. */
  readonly ms: number;
  /** The longest time for which this process stood still meanwhile, in ms. */
  readonly stalledMs: number;
  /** The longest sync of a small file on the members' disk meanwhile, in ms. */
  readonly syncMs: number;
  /** Processes that wanted to run in the last minute, for each processor. */
  readonly load: number;
}

/**
 * Writes through all running members until one has answered.
 * @param healedMs the time of the heal, as of `performance.now()`
 */
export async function recover(cluster: Cluster, healedMs: number): Promise<Recovery> {
  const stalls = new StallWatch();
  const syncs = new SyncWatch(cluster.folder);
  let first: { readonly node: string; readonly ms: number } | undefined;
  const attempts = cluster.running.map(async (node) => {
    while (first === undefined && performance.now() - healedMs < LIMIT_MS) {
      if (await writes(cluster, node)) first ??= { node, ms: Math.round(performance.now() - healedMs) };
    }
  });
  await Promise.all(attempts);
  stalls.end();
  const syncMs = Math.round(syncs.longestMs);
  await syncs.end();
  const { node, ms } = first ?? { node: undefined, ms: Number.POSITIVE_INFINITY };
  const load = (loadavg()[0] ?? 0) / availableParallelism();
  return { node, ms, stalledMs: Math.round(stalls.longestMs), syncMs, load };
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

/** If this process stood still for this long, in ms, the members had no processor to themselves either. */
const STALL_MS = 150;
/** If a sync took this long, in ms, the disk alone makes an election, which syncs several times, and a write late. */
const SYNC_MS = 250;
/** Three members and the clients alone cause about 2 on two processors. */
const LOAD_MAX = 4;

/**
 * Whether the machine was too busy with other work, or its disk too slow, for the time of the first write to say anything about the
 * members. A minute without any write is never excused, unless this process stood still for the most of it.
 */
export function isDisturbed({ ms, stalledMs, syncMs, load }: Omit<Recovery, 'node'>): boolean {
  if (!Number.isFinite(ms)) return stalledMs >= LIMIT_MS / 2;
  return stalledMs >= STALL_MS || syncMs >= SYNC_MS || load > LOAD_MAX;
}
