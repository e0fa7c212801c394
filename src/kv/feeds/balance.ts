import { assert } from '../../util/assert.js';
import type { Feed, FeedPartition, FeedWorker } from './feed.js';

/**
 * Gives the partitions of a feed to its workers: as many to each as to the others, ±1, and moves as few as possible. A
 * partition whose worker changes gets a higher epoch.
 * @param workers in the order of their names
 * @param fenced a worker that begins anew: its partitions get a higher epoch even if it keeps them
 */
export function balanced(feed: Feed, workers: readonly FeedWorker[], fenced?: string): Feed {
  const quotas = quotasOf(feed.partitions, workers);
  const owners = feed.partitions.map(({ worker }) => {
    const left = quotas.get(worker) ?? 0;
    if (left === 0) return '';
    quotas.set(worker, left - 1);
    return worker;
  });
  const open = [...quotas].flatMap(([name, left]) => Array.from({ length: left }, () => name));
  const partitions = feed.partitions.map((partition, at): FeedPartition => {
    const worker = (owners[at] || open.shift()) ?? '';
    if (worker === partition.worker && (worker === '' || worker !== fenced)) return partition;
    return { ...partition, worker, epoch: partition.epoch + 1 };
  });
  assert(open.length === 0, 'the quotas of the workers are the number of partitions');
  return { ...feed, workers, partitions };
}

/** How many partitions each worker may have. Those that have the most keep the remainder. */
function quotasOf(partitions: readonly FeedPartition[], workers: readonly FeedWorker[]): Map<string, number> {
  const owned = new Map<string, number>(workers.map(({ name }) => [name, 0]));
  for (const { worker } of partitions) {
    const count = owned.get(worker);
    if (count !== undefined) owned.set(worker, count + 1);
  }
  const share = Math.floor(partitions.length / Math.max(1, workers.length));
  let rest = partitions.length % Math.max(1, workers.length);
  // A stable sort: among equals, the order of their names.
  const byCount = [...owned].sort(([, left], [, right]) => right - left);
  const quotas = new Map(byCount.map(([name]) => [name, rest-- > 0 ? share + 1 : share]));
  return new Map(workers.map(({ name }) => [name, quotas.get(name) ?? 0]));
}
