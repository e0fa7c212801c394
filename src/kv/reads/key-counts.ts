import { assert, defined } from '../../util/assert.js';
import { bytesToLatin1, latin1ToBytes } from '../../util/bytes.js';
import { atOrAfter, atOrBefore, insert, remove, sumFrom, type SortedMap } from '../../util/sorted-map.js';
import { Table, tableRange } from '../format/layout.js';
import type { KeyCountChange, RowKey, RowKeyRange } from './key-count-change.js';

/** Adjacent keys, up to the start of the next bucket. */
export interface Bucket {
  readonly start: RowKey;
  readonly count: number;
}

/** Keys from which on a bucket is split, and keys of a bucket after a split. */
export const BUCKET_KEYS_MAX = 256;
export const BUCKET_KEYS_CUT = 170;
/** A bucket with fewer keys is joined to a neighbour, if both together have at most BUCKET_KEYS_CUT. */
const BUCKET_KEYS_FEW = 64;

const TABLE = tableRange(Table.current);
const START: RowKey = bytesToLatin1(TABLE.gte);
const END: RowKey = bytesToLatin1(TABLE.lt);

/** A count of a range: the keys of whole buckets, and the ranges that have to be walked. */
export interface CountPlan {
  readonly counted: number;
  readonly walks: readonly RowKeyRange[];
}

/** Starts of buckets that are too large, or may be too small. */
export interface Unbalanced {
  readonly large: Set<RowKey>;
  readonly small: Set<RowKey>;
}

/**
 * The number of keys of a state in buckets. Counting a range costs log n steps and a walk over the two buckets at its
 * ends. The counts are derived from the keys and not part of the replicated state. They are immutable, so each
 * published state keeps its own.
 */
export class KeyCounts {
  /** The measure of a row is the count of its bucket. */
  readonly #buckets: SortedMap<undefined, RowKey>;
  /** After a start, keys are counted in order. Those from here on are not counted yet. */
  readonly frontier: RowKey;

  private constructor(buckets: SortedMap<undefined, RowKey>, frontier: RowKey) {
    this.#buckets = buckets;
    this.frontier = frontier;
  }

  /** No key is counted. */
  static unknown(): KeyCounts {
    return new KeyCounts(undefined, START);
  }

  /** Whether all keys are counted. */
  get complete(): boolean {
    return this.frontier === END;
  }

  /** Number of all keys; undefined before they are counted. */
  get total(): number | undefined {
    return this.complete ? sumFrom(this.#buckets, START) : undefined;
  }

  /** Number of buckets. */
  get size(): number {
    return this.#buckets?.size ?? 0;
  }

  plan({ from, to }: RowKeyRange): CountPlan {
    if (from >= to) return { counted: 0, walks: [] };
    const { frontier } = this;
    if (from >= frontier) return { counted: 0, walks: [{ from, to }] };
    if (to <= frontier) return this.#planCounted(from, to);
    const { counted, walks } = this.#planCounted(from, frontier);
    return { counted, walks: [...walks, { from: frontier, to }] };
  }

  /** The bucket of a counted key. */
  bucketOf(id: RowKey): RowKeyRange & { readonly count: number } {
    const bucket = defined(atOrBefore(this.#buckets, id), 'the bucket of a key');
    return { from: bucket.key, to: this.#endOf(bucket.key), count: bucket.measure };
  }

  /** The counts after keys were created and deleted. Changes at or behind the frontier are ignored. */
  changed(countChanges: readonly KeyCountChange[], unbalanced: Unbalanced): KeyCounts {
    let buckets = this.#buckets;
    let at = { from: '', to: '', count: 0 };
    let delta = 0;
    const flush = (): void => {
      if (delta === 0) return;
      const count = at.count + delta;
      assert(count >= 0, 'a bucket holds a negative number of keys');
      buckets = insert(buckets, { key: at.from, value: undefined, measure: count });
      if (count > BUCKET_KEYS_MAX) unbalanced.large.add(at.from);
      if (delta < 0 && count < BUCKET_KEYS_FEW) unbalanced.small.add(at.from);
      delta = 0;
    };
    const add = (id: RowKey, keys: number): void => {
      // Adjacent keys often change together: a large deletion looks up each bucket once.
      if (id < at.from || id >= at.to) {
        flush();
        at = new KeyCounts(buckets, this.frontier).bucketOf(id);
      }
      delta += keys;
    };
    for (const { id, delta: one, keys } of countChanges) {
      if (id >= this.frontier) continue;
      if (keys === undefined) {
        add(id, one);
        continue;
      }
      for (let rest = keys.part(0, keys.countBelow(this.frontier)); rest !== undefined;) {
        add(rest.first, 0);
        const inBucket = rest.countBelow(at.to);
        delta += one * inBucket;
        rest = rest.part(inBucket, rest.length);
      }
    }
    flush();
    return new KeyCounts(buckets, this.frontier);
  }

  /**
   * The counts with other buckets in a range: one or more, the first of which begins with the range. A range that
   * begins at the frontier moves the frontier.
   */
  recut({ from, to }: RowKeyRange, cut: readonly Bucket[]): KeyCounts {
    let buckets = this.#buckets;
    for (let old = atOrAfter(buckets, from); old !== undefined && old.key < to; old = atOrAfter(buckets, from)) {
      buckets = remove(buckets, old.key);
    }
    for (const { start, count } of cut) buckets = insert(buckets, { key: start, value: undefined, measure: count });
    return new KeyCounts(buckets, from === this.frontier ? to : this.frontier);
  }

  /** Joins a bucket to a neighbour, if both together have few keys. */
  joined(start: RowKey): KeyCounts {
    const bucket = atOrBefore(this.#buckets, start);
    if (bucket?.key !== start) return this; // joined already
    const before = atOrBefore(this.#buckets, start, true);
    if (before !== undefined && before.measure + bucket.measure <= BUCKET_KEYS_CUT) return this.#join(before, bucket);
    const after = atOrAfter(this.#buckets, start, true);
    if (after !== undefined && after.measure + bucket.measure <= BUCKET_KEYS_CUT) return this.#join(bucket, after);
    return this;
  }

  #join(left: { key: RowKey; measure: number }, right: { key: RowKey; measure: number }): KeyCounts {
    const measure = left.measure + right.measure;
    const buckets = insert(remove(this.#buckets, right.key), { key: left.key, value: undefined, measure });
    return new KeyCounts(buckets, this.frontier);
  }

  /** Plans a range whose keys are all counted. */
  #planCounted(from: RowKey, to: RowKey): CountPlan {
    const left = this.bucketOf(from);
    const isLeftWhole = left.from === from;
    if (!isLeftWhole && to <= left.to) return { counted: 0, walks: [{ from, to }] };
    const walks = isLeftWhole ? [] : [{ from, to: left.to }];
    // From here on all buckets are whole, except for the last one.
    const wholeFrom = isLeftWhole ? from : left.to;
    const right = defined(atOrBefore(this.#buckets, to, true), 'the last bucket of a range');
    if (this.#endOf(right.key) === to) return { counted: this.#between(wholeFrom, to), walks };
    return { counted: this.#between(wholeFrom, right.key), walks: [...walks, { from: right.key, to }] };
  }

  #endOf(start: RowKey): RowKey {
    return atOrAfter(this.#buckets, start, true)?.key ?? this.frontier;
  }

  /** Number of keys in the buckets that begin in a range. */
  #between(from: RowKey, to: RowKey): number {
    return sumFrom(this.#buckets, from) - sumFrom(this.#buckets, to);
  }
}

/** The range as an engine cursor takes it. */
export function rowsOf({ from, to }: RowKeyRange): { gte: Uint8Array; lt: Uint8Array; keysOnly: true } {
  return { gte: latin1ToBytes(from), lt: latin1ToBytes(to), keysOnly: true };
}
