import type { mvccpb } from '../../gen/proto.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import { fromBigInt } from '../../util/integer.js';
import type { ClusterId } from '../../util/member-id.js';
import { find, insert, remove } from '../../util/sorted-map.js';
import type { SortedMap } from '../../util/sorted-map.js';
import { KeyValue } from '../keys/key-value.js';
import type { WatchBatch } from '../watch/watch-types.js';
import { ENTRY_OVERHEAD_BYTES, tooLarge } from './cache-types.js';
import type { CacheLimits } from './cache-types.js';
import type { Span } from './span.js';

type Rows = SortedMap<KeyValue, string>;
type WireLease = NonNullable<mvccpb.KeyValue.$Properties['lease']>;

export interface MemoryOptions {
  readonly limits: CacheLimits;
  readonly clusterId: ClusterId;
  /** The revision of the keys that the memory is filled with. */
  readonly revision: number;
  /** All writes acknowledged before this time are in that revision, on the monotonic clock, in ms. */
  readonly asOfMs: number;
}

/** The keys of a cache at one revision. It changes by whole revisions, each in one turn. */
export class Memory {
  readonly clusterId: ClusterId;
  readonly #limits: CacheLimits;
  #rows: Rows;
  #revision: number;
  #asOfMs: number;

  constructor({ limits, clusterId, revision, asOfMs }: MemoryOptions) {
    this.#limits = limits;
    this.clusterId = clusterId;
    this.#revision = revision;
    this.#asOfMs = asOfMs;
  }

  get keys(): number {
    return this.#rows?.size ?? 0;
  }

  get bytes(): number {
    return this.#rows?.sum ?? 0;
  }

  /** It has all changes up to this revision. */
  get revision(): number {
    return this.#revision;
  }

  /** It has all writes that were acknowledged before this time, on the monotonic clock, in ms. */
  get asOfMs(): number {
    return this.#asOfMs;
  }

  /** Adds a key of the revision that it is filled with. @throws RaftKvError `too-large` */
  fill(kv: KeyValue): void {
    this.#rows = this.#bounded(withRow(this.#rows, kv));
  }

  /** Applies the events of whole revisions. @throws RaftKvError `too-large`; the memory is then as before */
  apply({ events, revision }: Pick<WatchBatch, 'events' | 'revision'>): void {
    let rows = this.#rows;
    for (const event of events) {
      rows = event.type === 'put' ? withRow(rows, event.kv) : remove(rows, bytesToLatin1(event.key));
    }
    this.#rows = this.#bounded(rows);
    this.advance(revision);
  }

  /** There are no other changes up to this revision. */
  advance(revision: number): void {
    this.#revision = Math.max(this.#revision, revision);
  }

  /** A member has vouched that the memory's revision has all writes acknowledged before this time. */
  vouch(asOfMs: number): void {
    this.#asOfMs = Math.max(this.#asOfMs, asOfMs);
  }

  get(key: Uint8Array): KeyValue | undefined {
    return find(this.#rows, bytesToLatin1(key))?.value;
  }

  /** The first `limit` keys of a range, in order. */
  range(span: Span, limit: number): KeyValue[] {
    const found: KeyValue[] = [];
    collect(this.#rows, span, { limit, found });
    return found;
  }

  count({ from, to }: Span): number {
    const end = to === undefined ? this.keys : rowsBefore(this.#rows, to);
    return Math.max(0, end - rowsBefore(this.#rows, from));
  }

  #bounded(rows: Rows): Rows {
    const { keysMax, bytesMax } = this.#limits;
    if (rows !== undefined && (rows.size > keysMax || rows.sum > bytesMax)) throw tooLarge(this.#limits);
    return rows;
  }
}

function withRow(rows: Rows, kv: KeyValue): Rows {
  const own = ownCopy(kv);
  const measure = kv.key.length + kv.value.length + ENTRY_OVERHEAD_BYTES;
  return insert(rows, { key: bytesToLatin1(kv.key), value: own, measure });
}

/** A copy with memory of its own: keys and values of an answer are parts of it, and would keep all of it. */
function ownCopy({ key, value, lease, ...numbers }: KeyValue): KeyValue {
  const bytes = Buffer.allocUnsafeSlow(key.length + value.length);
  bytes.set(key);
  bytes.set(value, key.length);
  const { createRevision, modRevision, version } = numbers;
  return new KeyValue({
    key: bytes.subarray(0, key.length),
    value: bytes.subarray(key.length),
    createRevision,
    modRevision,
    version,
    lease: fromBigInt(lease) as WireLease,
  });
}

function collect(rows: Rows, span: Span, into: { readonly limit: number; readonly found: KeyValue[] }): void {
  if (rows === undefined || into.found.length >= into.limit) return;
  const { from, to } = span;
  const isAfterStart = rows.key >= from;
  const isBeforeEnd = to === undefined || rows.key < to;
  if (isAfterStart) collect(rows.left, span, into);
  if (isAfterStart && isBeforeEnd && into.found.length < into.limit) into.found.push(rows.value);
  if (isBeforeEnd) collect(rows.right, span, into);
}

/** Number of rows before a key. */
function rowsBefore(rows: Rows, key: string): number {
  let count = 0;
  let node = rows;
  while (node !== undefined) {
    const isBefore = node.key < key;
    if (isBefore) count += (node.left?.size ?? 0) + 1;
    node = isBefore ? node.right : node.left;
  }
  return count;
}
