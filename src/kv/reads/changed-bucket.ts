import { assert } from '../../util/assert.js';
import { insert, type MapRow, type SortedMap } from '../../util/sorted-map.js';
import type { KeyRun, RowKey } from './key-count-change.js';

/** Adjacent keys, up to the start of the next bucket. */
export interface Bucket {
  readonly start: RowKey;
  readonly count: number;
  /** No key of the bucket is greater. */
  readonly bound: RowKey;
}

/** Keys from which on a bucket is split, and keys of a bucket after a split. */
export const BUCKET_KEYS_MAX = 256;
export const BUCKET_KEYS_CUT = 170;
/** A bucket with fewer keys is joined to a neighbour, if both together have at most BUCKET_KEYS_CUT. */
const BUCKET_KEYS_FEW = 64;

/** Starts of buckets that are too large, or may be too small. */
export interface Unbalanced {
  readonly large: Set<RowKey>;
  readonly small: Set<RowKey>;
}

/**
 * A bucket while changes of its keys are taken. Keys that are created behind all others, as by a load in the order of
 * the keys, are known here, so the bucket is split without a walk over its keys.
 */
export class ChangedBucket {
  readonly #start: RowKey;
  /** The start of the next bucket. */
  readonly to: RowKey;
  readonly #countBefore: number;
  /** No key is greater, except for those behind. */
  #bound: RowKey;
  /** Without those behind. */
  #count: number;
  /** Keys greater than the bound, in order. */
  #behind: RowKey[] = [];

  constructor({ key, value, measure }: MapRow<RowKey, RowKey>, to: RowKey) {
    this.#start = key;
    this.to = to;
    this.#countBefore = measure;
    this.#bound = value;
    this.#count = measure;
  }

  /** Whether a key belongs to the bucket. */
  holds(id: RowKey): boolean {
    return id >= this.#start && id < this.to;
  }

  /** A key was created (+1) or deleted (−1). */
  change(id: RowKey, delta: 1 | -1): void {
    const last = this.#behind.at(-1) ?? this.#bound;
    if (id > last && delta === 1) this.#behind.push(id);
    else {
      // Keys are rarely created behind the others but out of order. They are found by a walk then.
      if (id > this.#bound) this.#fold();
      this.#count += delta;
    }
  }

  /** Several keys of the bucket were created or deleted. */
  changeRun(keys: KeyRun, delta: 1 | -1): void {
    this.#fold();
    if (keys.last > this.#bound) this.#bound = keys.last;
    this.#count += delta * keys.length;
  }

  /** Replaces the bucket by what has become of it, in one or more parts. */
  storeIn(buckets: SortedMap<RowKey, RowKey>, unbalanced: Unbalanced): SortedMap<RowKey, RowKey> {
    let stored = buckets;
    for (const part of this.#parts()) {
      stored = withBucket(stored, part);
      if (part.count > BUCKET_KEYS_MAX) unbalanced.large.add(part.start);
    }
    if (this.#count < this.#countBefore && this.#count < BUCKET_KEYS_FEW) unbalanced.small.add(this.#start);
    return stored;
  }

  #fold(): void {
    this.#bound = this.#behind.at(-1) ?? this.#bound;
    this.#count += this.#behind.length;
    this.#behind = [];
  }

  #parts(): readonly Bucket[] {
    assert(this.#count >= 0, 'a bucket holds a negative number of keys');
    const keys = this.#behind;
    const parts: Bucket[] = [];
    let [start, count, bound] = [this.#start, this.#count, this.#bound];
    for (let at = 0; at < keys.length;) {
      const left = keys.length - at;
      const room = count + left <= BUCKET_KEYS_MAX ? left : Math.max(0, BUCKET_KEYS_CUT - count);
      at += room;
      count += room;
      bound = keys[at - 1] ?? bound;
      if (at === keys.length) break;
      parts.push({ start, count, bound });
      [start, count] = [keys[at] ?? start, 0];
    }
    return [...parts, { start, count, bound }];
  }
}

export function withBucket(
  buckets: SortedMap<RowKey, RowKey>,
  { start, count, bound }: Bucket,
): SortedMap<RowKey, RowKey> {
  return insert(buckets, { key: start, value: bound, measure: count });
}
