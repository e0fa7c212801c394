import { defined } from '../../util/assert.js';
import { bytesToLatin1, latin1ToBytes } from '../../util/bytes.js';
import { atOrAfter, atOrBefore, remove, sumFrom, type MapRow, type SortedMap } from '../../util/sorted-map.js';
import { Table, tableRange } from '../format/layout.js';
import { BUCKET_KEYS_CUT, ChangedBucket, withBucket, type Bucket, type Unbalanced } from './changed-bucket.js';
import type { KeyCountChange, RowKey, RowKeyRange } from './key-count-change.js';

const TABLE = tableRange(Table.current);
const START: RowKey = bytesToLatin1(TABLE.gte);
const END: RowKey = bytesToLatin1(TABLE.lt);

/** A count of a range: the keys of whole buckets, and the ranges that have to be walked. */
export interface CountPlan {
  readonly counted: number;
  readonly walks: readonly RowKeyRange[];
}

/**
 * The number of keys of a state in buckets. Counting a range costs log n steps and a walk over the two buckets at its
 * ends. The counts are derived from the keys and not part of the replicated state. They are immutable, so each
 * published state keeps its own.
 */
export class KeyCounts {
  /** A row is a bucket: its key is the start, its value the bound, and its measure the count. */
  readonly #buckets: SortedMap<RowKey, RowKey>;
  /** After a start, keys are counted in order. Those from here on are not counted yet. */
  readonly frontier: RowKey;

  private constructor(buckets: SortedMap<RowKey, RowKey>, frontier: RowKey) {
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
  bucketOf(id: RowKey): RowKeyRange & Pick<Bucket, 'count' | 'bound'> {
    const bucket = defined(atOrBefore(this.#buckets, id), 'the bucket of a key');
    return { from: bucket.key, to: this.#endOf(bucket.key), count: bucket.measure, bound: bucket.value };
  }

  /** The counts after keys were created and deleted. Changes at or behind the frontier are ignored. */
  changed(countChanges: readonly KeyCountChange[], unbalanced: Unbalanced): KeyCounts {
    let buckets = this.#buckets;
    let at: ChangedBucket | undefined;
    const moveTo = (id: RowKey): ChangedBucket => {
      // Adjacent keys often change together: a large deletion looks up each bucket once.
      if (at?.holds(id) === true) return at;
      if (at !== undefined) buckets = at.storeIn(buckets, unbalanced);
      const bucket = defined(atOrBefore(buckets, id), 'the bucket of a key');
      at = new ChangedBucket(bucket, endOf(buckets, id) ?? this.frontier);
      return at;
    };
    for (const { id, delta, keys } of countChanges) {
      if (id >= this.frontier) continue;
      if (keys === undefined) {
        moveTo(id).change(id, delta);
        continue;
      }
      for (let rest = keys.part(0, keys.countBelow(this.frontier)); rest !== undefined;) {
        const bucket = moveTo(rest.first);
        const inBucket = rest.countBelow(bucket.to);
        bucket.changeRun(defined(rest.part(0, inBucket), 'the part of a run in a bucket'), delta);
        rest = rest.part(inBucket, rest.length);
      }
    }
    if (at !== undefined) buckets = at.storeIn(buckets, unbalanced);
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
    for (const bucket of cut) buckets = withBucket(buckets, bucket);
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

  #join(left: MapRow<RowKey, RowKey>, right: MapRow<RowKey, RowKey>): KeyCounts {
    const joined = { start: left.key, count: left.measure + right.measure, bound: right.value };
    return new KeyCounts(withBucket(remove(this.#buckets, right.key), joined), this.frontier);
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
    return endOf(this.#buckets, start) ?? this.frontier;
  }

  /** Number of keys in the buckets that begin in a range. */
  #between(from: RowKey, to: RowKey): number {
    return sumFrom(this.#buckets, from) - sumFrom(this.#buckets, to);
  }
}

function endOf(buckets: SortedMap<RowKey, RowKey>, start: RowKey): RowKey | undefined {
  return atOrAfter(buckets, start, true)?.key;
}

/** The range as an engine cursor takes it. */
export function rowsOf({ from, to }: RowKeyRange): { gte: Uint8Array; lt: Uint8Array; keysOnly: true } {
  return { gte: latin1ToBytes(from), lt: latin1ToBytes(to), keysOnly: true };
}
