import { assert, defined } from '../../util/assert.js';
import { bytesToLatin1, latin1ToBytes } from '../../util/bytes.js';
import { atOrAfter, atOrBefore, insert, remove, sumFrom, type SortedMap } from '../../util/sorted-map.js';
import { Table, tableRange } from '../format/layout.js';

/** A place among the rows of live keys: the latin1 text of an engine's key. */
export type RowKey = string;

/** From one place on, below another. */
export interface RowKeyRange {
  readonly from: RowKey;
  readonly to: RowKey;
}

/** A key that came (+1) or went (−1). */
export interface KeyCountChange {
  readonly id: RowKey;
  readonly delta: 1 | -1;
}

/** Adjacent keys: from a place on, up to that of the next bucket. */
export interface Bucket {
  readonly start: RowKey;
  readonly count: number;
}

/** Keys of a bucket at most, after which it is to be cut; and of one that has just been cut. */
export const BUCKET_KEYS_MAX = 256;
export const BUCKET_KEYS_CUT = 170;
/** A bucket with fewer keys is joined to its neighbour, if both fit into one that has just been cut. */
const BUCKET_KEYS_FEW = 64;

const TABLE = tableRange(Table.current);
const START: RowKey = bytesToLatin1(TABLE.gte);
const END: RowKey = bytesToLatin1(TABLE.lt);

/** What is known of the number of keys in a range: the count of some, and those that have to be counted one by one. */
export interface CountPlan {
  readonly counted: number;
  readonly walks: readonly RowKeyRange[];
}

/** Where buckets begin that have grown too large, or may have become too small. */
export interface Unbalanced {
  readonly large: Set<RowKey>;
  readonly small: Set<RowKey>;
}

/**
 * How many keys a state holds, bucket by bucket: so the number of those in a range costs a few steps, and the walk
 * through the two buckets at its ends, whatever lies between. It is derived from the keys, and no part of the replicated
 * state. It never changes: a state that was published has the counts that belong to it, for as long as it is read.
 */
export class KeyCounts {
  /** A bucket's measure is its count. */
  readonly #buckets: SortedMap<undefined, RowKey>;
  /** After a start keys are counted from the left on: from here on they are not yet. */
  readonly frontier: RowKey;

  private constructor(buckets: SortedMap<undefined, RowKey>, frontier: RowKey) {
    this.#buckets = buckets;
    this.frontier = frontier;
  }

  /** Before any key is counted. */
  static unknown(): KeyCounts {
    return new KeyCounts(undefined, START);
  }

  /** All keys are counted. */
  get complete(): boolean {
    return this.frontier === END;
  }

  /** Of all keys; undefined before they are counted. */
  get total(): number | undefined {
    return this.complete ? sumFrom(this.#buckets, START) : undefined;
  }

  /** Buckets. */
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

  /** The bucket in which a counted key lies. */
  bucketOf(id: RowKey): RowKeyRange & { readonly count: number } {
    const bucket = defined(atOrBefore(this.#buckets, id), 'the bucket of a key');
    return { from: bucket.key, to: this.#endOf(bucket.key), count: bucket.measure };
  }

  /** After keys have come and gone. Those behind the frontier do not count. */
  changed(countChanges: readonly KeyCountChange[], unbalanced: Unbalanced): KeyCounts {
    let buckets = this.#buckets;
    let at = { from: '', to: '', count: 0 };
    let delta = 0;
    const flush = (): void => {
      if (delta === 0) return;
      const count = at.count + delta;
      assert(count >= 0, 'a bucket holds fewer keys than none');
      buckets = insert(buckets, { key: at.from, value: undefined, measure: count });
      if (count > BUCKET_KEYS_MAX) unbalanced.large.add(at.from);
      if (delta < 0 && count < BUCKET_KEYS_FEW) unbalanced.small.add(at.from);
      delta = 0;
    };
    for (const { id, delta: one } of countChanges) {
      if (id >= this.frontier) continue;
      // Neighbours often change together: a deletion of many looks each bucket up once.
      if (id < at.from || id >= at.to) {
        flush();
        at = new KeyCounts(buckets, this.frontier).bucketOf(id);
      }
      delta += one;
    }
    flush();
    return new KeyCounts(buckets, this.frontier);
  }

  /**
   * With other buckets in a range: one or more, of which the first begins where the range does. A range that begins at
   * the frontier moves it.
   */
  recut({ from, to }: RowKeyRange, cut: readonly Bucket[]): KeyCounts {
    let buckets = this.#buckets;
    for (let old = atOrAfter(buckets, from); old !== undefined && old.key < to; old = atOrAfter(buckets, from)) {
      buckets = remove(buckets, old.key);
    }
    for (const { start, count } of cut) buckets = insert(buckets, { key: start, value: undefined, measure: count });
    return new KeyCounts(buckets, from === this.frontier ? to : this.frontier);
  }

  /** Joins a bucket that has few keys to a neighbour, if that has not many. */
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

  /** A range of which all is counted. */
  #planCounted(from: RowKey, to: RowKey): CountPlan {
    const left = this.bucketOf(from);
    const isLeftWhole = left.from === from;
    if (!isLeftWhole && to <= left.to) return { counted: 0, walks: [{ from, to }] };
    const walks = isLeftWhole ? [] : [{ from, to: left.to }];
    // All from here on is whole buckets, but for the last one.
    const wholeFrom = isLeftWhole ? from : left.to;
    const right = defined(atOrBefore(this.#buckets, to, true), 'the last bucket of a range');
    if (this.#endOf(right.key) === to) return { counted: this.#between(wholeFrom, to), walks };
    return { counted: this.#between(wholeFrom, right.key), walks: [...walks, { from: right.key, to }] };
  }

  #endOf(start: RowKey): RowKey {
    return atOrAfter(this.#buckets, start, true)?.key ?? this.frontier;
  }

  /** Keys of the buckets that begin in a range. */
  #between(from: RowKey, to: RowKey): number {
    return sumFrom(this.#buckets, from) - sumFrom(this.#buckets, to);
  }
}

/** The range as an engine cursor takes it. */
export function rowsOf({ from, to }: RowKeyRange): { gte: Uint8Array; lt: Uint8Array; keysOnly: true } {
  return { gte: latin1ToBytes(from), lt: latin1ToBytes(to), keysOnly: true };
}
