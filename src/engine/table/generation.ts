import type { EngineOperation } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';
import type { Column, GenerationMemory } from './generation-memory.js';
import type { RowSlabs } from './row-slabs.js';
import { SortedBlocks, type NumberedRows } from './sorted-blocks.js';
import { grown } from '../../util/columns.js';
import { compareSpans, copyOfSpan } from '../../util/spans.js';

/** Marks a row that was deleted, in place of the length of its value. */
const DELETED = 0xffffffff;
/** The columns of a row, in 32-bit integers, and its places in the index. */
const BYTES_PER_ROW = 4 * (7 + 3);

/**
 * Rows in the order in which they were written, with a hash index of the newest version of each key. All of it lies in
 * byte arrays and columns of integers, so that the garbage collector has nothing to scan.
 *
 * A row is known by its number. Versions of one key are linked: a reader that sees the first `limit` rows follows the
 * links to the newest version below it.
 */
export class Generation implements NumberedRows {
  /** Rows of the table that were written before this generation. */
  readonly first: number;
  /** In order of their keys. */
  readonly sorted: SortedBlocks;
  readonly #slabs: RowSlabs;
  #count = 0;
  /** Keys in the index. */
  #keys = 0;
  #batches = 0;
  // See RowColumns.
  #ends: Column;
  #address: Column;
  #keyLength: Column;
  #valueLength: Column;
  #hash: Column;
  #older: Column;
  #newer: Column;
  #index: Column;

  constructor(first: number, { slabs, columns }: GenerationMemory) {
    this.first = first;
    this.#slabs = slabs;
    this.#ends = columns.ends;
    this.#address = columns.address;
    this.#keyLength = columns.keyLength;
    this.#valueLength = columns.valueLength;
    this.#hash = columns.hash;
    this.#older = columns.older;
    this.#newer = columns.newer;
    this.#index = columns.index;
    this.sorted = new SortedBlocks(this);
  }

  /** For another generation, once this one is no longer used. */
  get memory(): GenerationMemory {
    return {
      slabs: this.#slabs,
      columns: {
        ends: this.#ends,
        address: this.#address,
        keyLength: this.#keyLength,
        valueLength: this.#valueLength,
        hash: this.#hash,
        older: this.#older,
        newer: this.#newer,
        index: this.#index,
      },
    };
  }

  /** Number of rows. */
  get count(): number {
    return this.#count;
  }

  /** Memory in use, in bytes. */
  get bytes(): number {
    return this.#slabs.bytes + this.#count * BYTES_PER_ROW;
  }

  /** @param hash of the key */
  append(operation: EngineOperation, hash: number): void {
    const number = this.#count;
    if (number === this.#address.length) this.#growColumns();
    if (3 * this.#keys >= this.#index.length) this.#growIndex();
    const { key } = operation;
    const valueLength = operation.type === 'put' ? operation.value.length : 0;
    const address = this.#slabs.reserve(key.length + valueLength);
    const slab = this.#slabs.slabOf(address);
    const offset = this.#slabs.offsetOf(address);
    slab.set(key, offset);
    if (operation.type === 'put') slab.set(operation.value, offset + key.length);
    this.#address[number] = address;
    this.#keyLength[number] = key.length;
    this.#valueLength[number] = operation.type === 'put' ? valueLength : DELETED;
    this.#hash[number] = hash;
    this.#newer[number] = 0;
    const slot = this.#slotOf(key, hash);
    const known = this.#index[slot] ?? 0;
    this.#older[number] = known;
    if (known === 0) this.#keys++;
    else this.#newer[known - 1] = number + 1;
    this.#index[slot] = number + 1;
    this.#count = number + 1;
  }

  /** Ends a batch, whose rows stay together in a flush. */
  endBatch(): void {
    const last = this.#batches === 0 ? 0 : this.#ends[this.#batches - 1];
    if (last === this.#count) return; // an empty batch
    if (this.#batches === this.#ends.length) this.#ends = grown(this.#ends, 2 * this.#batches);
    this.#ends[this.#batches++] = this.#count;
  }

  /** The number of the newest version of a key among the first `limit` rows; −1 if there is none. */
  find(key: Uint8Array, hash: number, limit: number): number {
    let next = this.#index[this.#slotOf(key, hash)] ?? 0;
    while (next > limit) next = this.#older[next - 1] ?? 0;
    return next - 1;
  }

  isDeleted(number: number): boolean {
    return this.#valueLength[number] === DELETED;
  }

  /** A copy. */
  keyOf(number: number): Buffer {
    const start = this.#keyStart(number);
    return copyOfSpan(this.#slabOf(number), start, start + (this.#keyLength[number] ?? 0));
  }

  /** A copy. @param number of a row that was put */
  valueOf(number: number): Buffer {
    const start = this.#keyStart(number) + (this.#keyLength[number] ?? 0);
    return copyOfSpan(this.#slabOf(number), start, start + (this.#valueLength[number] ?? 0));
  }

  /** The change that a row records, as views. */
  operation(number: number): EngineOperation {
    const slab = this.#slabOf(number);
    const start = this.#keyStart(number);
    const keyEnd = start + (this.#keyLength[number] ?? 0);
    const key = slab.subarray(start, keyEnd);
    if (this.isDeleted(number)) return { type: 'delete', key };
    return { type: 'put', key, value: slab.subarray(keyEnd, keyEnd + (this.#valueLength[number] ?? 0)) };
  }

  /**
   * The changes that the rows from `from` on, below `to`, make together: of each key the newest one. As views.
   */
  *operations(from: number, to: number): Generator<EngineOperation, void, undefined> {
    for (let number = from; number < to; number++) {
      const newer = this.#newer[number] ?? 0;
      if (newer === 0 || newer > to) yield this.operation(number);
    }
  }

  /**
   * The end of the last batch that lies within a number of rows from `from` on: of the first batch if it is longer.
   * @param from the end of a batch, before the last
   */
  batchEnd(from: number, rows: number): number {
    const ends = this.#ends;
    let low = 0;
    let high = this.#batches - 1;
    // The first end behind `from`, and then the last one within the rows.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] ?? 0) <= from) low = middle + 1;
      else high = middle;
    }
    let end = ends[low] ?? 0;
    assert(end > from, 'there is no batch behind the last');
    for (let at = low + 1; at < this.#batches && (ends[at] ?? 0) - from <= rows; at++) end = ends[at] ?? 0;
    return end;
  }

  compareRows(left: number, right: number): number {
    return this.compare(left, this, right);
  }

  /** Orders a row and one of another generation by key. */
  compare(number: number, other: Generation, otherNumber: number): number {
    return compareSpans(
      this.#slabOf(number),
      this.#keyStart(number),
      this.#keyLength[number] ?? 0,
      other.#slabOf(otherNumber),
      other.#keyStart(otherNumber),
      other.#keyLength[otherNumber] ?? 0,
    );
  }

  /** Orders a row's key and another. */
  compareKey(number: number, key: Uint8Array): number {
    const length = this.#keyLength[number] ?? 0;
    return compareSpans(this.#slabOf(number), this.#keyStart(number), length, key, 0, key.length);
  }

  #slabOf(number: number): Buffer {
    return this.#slabs.slabOf(this.#address[number] ?? 0);
  }

  #keyStart(number: number): number {
    return this.#slabs.offsetOf(this.#address[number] ?? 0);
  }

  /** The slot that holds a key, or the free one where it belongs. */
  #slotOf(key: Uint8Array, hash: number): number {
    const index = this.#index;
    const mask = index.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const newest = index[slot] ?? 0;
      if (newest === 0) return slot;
      if (this.#hash[newest - 1] === hash && this.compareKey(newest - 1, key) === 0) return slot;
    }
  }

  #growColumns(): void {
    const rows = 2 * this.#address.length;
    this.#address = grown(this.#address, rows);
    this.#keyLength = grown(this.#keyLength, rows);
    this.#valueLength = grown(this.#valueLength, rows);
    this.#hash = grown(this.#hash, rows);
    this.#older = grown(this.#older, rows);
    this.#newer = grown(this.#newer, rows);
  }

  /** Only the newest version of a key, which the index holds, has no newer one. */
  #growIndex(): void {
    const index = new Uint32Array(2 * this.#index.length);
    const mask = index.length - 1;
    for (let number = 0; number < this.#count; number++) {
      if ((this.#newer[number] ?? 0) !== 0) continue;
      let slot = (this.#hash[number] ?? 0) & mask;
      while ((index[slot] ?? 0) !== 0) slot = (slot + 1) & mask;
      index[slot] = number + 1;
    }
    this.#index = index;
  }
}
