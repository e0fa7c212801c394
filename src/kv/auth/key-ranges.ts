import { bytesToLatin1, compareBytes } from '../../util/bytes.js';

/** Keys from `start` on, below `end`; without an upper bound if there is no end. */
export interface PermittedRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array | undefined;
}

/** A union of ranges of keys. */
export interface PermittedKeys {
  /** Number of ranges that are kept. */
  readonly size: number;
  /** A range that holds a key, up to the first key behind it that is not in the union. */
  holding(key: Uint8Array): PermittedRange | undefined;
  /** Whether all keys that `key` and `range_end` select are in the union. As in etcd, an empty range needs its first key. */
  contain(key: Uint8Array, rangeEnd: Uint8Array): boolean;
}

const ZERO = Buffer.of(0);

/**
 * The union of the ranges of permissions of one kind: disjoint ranges that do not touch, in ascending order. A
 * lookup is a binary search and allocates nothing.
 */
export class KeyRanges implements PermittedKeys {
  readonly #ranges: readonly PermittedRange[];

  private constructor(ranges: readonly PermittedRange[]) {
    this.#ranges = ranges;
  }

  /** @param permissions keys and ends in etcd's form: see `spanOf` */
  static of(permissions: Iterable<{ readonly key: Uint8Array; readonly rangeEnd: Uint8Array }>): KeyRanges {
    // Texts with a character for each byte compare as the bytes do, in a tenth of the time.
    const ranges = [...permissions].map((permission) => ({
      range: toRange(permission),
      text: bytesToLatin1(permission.key),
    }));
    ranges.sort((left, right) => (left.text < right.text ? -1 : left.text > right.text ? 1 : 0));
    const merged: PermittedRange[] = [];
    for (const { range } of ranges) {
      const last = merged.at(-1);
      if (last === undefined || (last.end !== undefined && compareBytes(last.end, range.start) < 0)) merged.push(range);
      else merged[merged.length - 1] = { start: last.start, end: laterEnd(last.end, range.end) };
    }
    return new KeyRanges(merged);
  }

  get size(): number {
    return this.#ranges.length;
  }

  holding(key: Uint8Array): PermittedRange | undefined {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const range = this.#ranges[middle];
      if (range !== undefined && compareBytes(range.start, key) <= 0) low = middle + 1;
      else high = middle;
    }
    const range = this.#ranges[low - 1];
    return range === undefined || (range.end !== undefined && compareBytes(range.end, key) <= 0) ? undefined : range;
  }

  contain(key: Uint8Array, rangeEnd: Uint8Array): boolean {
    const range = this.holding(key);
    if (range === undefined) return false;
    if (rangeEnd.length === 0 || range.end === undefined) return true;
    return !isOpenEnd(rangeEnd) && compareBytes(rangeEnd, range.end) <= 0;
  }
}

function toRange({ key, rangeEnd }: { readonly key: Uint8Array; readonly rangeEnd: Uint8Array }): PermittedRange {
  if (rangeEnd.length === 0) return { start: key, end: Buffer.concat([key, ZERO]) };
  return { start: key, end: isOpenEnd(rangeEnd) ? undefined : rangeEnd };
}

/** Whether an end stands for all keys from the first on. */
export function isOpenEnd(rangeEnd: Uint8Array): boolean {
  return rangeEnd.length === 1 && rangeEnd[0] === 0;
}

function laterEnd(left: Uint8Array | undefined, right: Uint8Array | undefined): Uint8Array | undefined {
  if (left === undefined || right === undefined) return undefined;
  return compareBytes(left, right) < 0 ? right : left;
}
