import { defined } from '../../util/assert.js';

/** Items that are sorted at once: less than a millisecond of work. */
const RUN_ITEMS = 1024;

type Compare<T> = (left: T, right: T) => number;

/**
 * Sorts stably, as Array.prototype.sort does, in slices that yield to the event loop: a merge sort over sorted runs. A
 * few items are sorted without a promise.
 * @param spend counts items; the promise that it may return is awaited
 */
export function sortInSlices<T>(
  items: T[],
  compare: Compare<T>,
  spend: (items: number) => Promise<void> | undefined,
): T[] | Promise<T[]> {
  if (items.length <= RUN_ITEMS) return items.sort(compare);
  return mergeSort(items, compare, spend);
}

async function mergeSort<T>(
  items: readonly T[],
  compare: Compare<T>,
  spend: (items: number) => Promise<void> | undefined,
): Promise<T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += RUN_ITEMS) {
    runs.push(items.slice(at, at + RUN_ITEMS).sort(compare));
    const rest = spend(RUN_ITEMS);
    if (rest !== undefined) await rest;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [left = [], right] = [runs[at], runs[at + 1]];
      merged.push(right === undefined ? left : await merge({ left, right }, compare, spend));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<T>(
  { left, right }: { readonly left: readonly T[]; readonly right: readonly T[] },
  compare: Compare<T>,
  spend: (items: number) => Promise<void> | undefined,
): Promise<T[]> {
  const merged: T[] = [];
  const isLeftNext = (leftAt: number, rightAt: number): boolean => {
    if (leftAt === left.length || rightAt === right.length) return rightAt === right.length;
    return compare(defined(left[leftAt], 'an item'), defined(right[rightAt], 'an item')) <= 0;
  };
  let [leftAt, rightAt] = [0, 0];
  while (merged.length < left.length + right.length) {
    merged.push(defined(isLeftNext(leftAt, rightAt) ? left[leftAt++] : right[rightAt++], 'an item'));
    if (merged.length % RUN_ITEMS !== 0) continue;
    const rest = spend(RUN_ITEMS);
    if (rest !== undefined) await rest;
  }
  return merged;
}
