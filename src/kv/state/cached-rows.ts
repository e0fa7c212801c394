import { EMPTY } from '../../util/bytes.js';
import { grown } from '../../util/columns.js';
import { compareSpans, copyOfSpan } from '../../util/spans.js';

/** A row that was looked up: its bytes, or null if it does not exist. */
export type HotRow = Uint8Array | null;

const SLAB_SHIFT = 18;
const SLAB_BYTES = 1 << SLAB_SHIFT;
/** Longer rows are kept as they are, outside of the slabs. */
const SHARED_BYTES_MAX = 4096;
/** A row may grow by some bytes without another place: its revisions and its version do. */
const PLACE_BYTES = 16;
const ROWS_MIN = 1024;
/** The columns of a row, in 32-bit integers, and its places in the index. */
const BYTES_PER_ROW = 4 * (5 + 4);
/** In place of the length of a row that does not exist. */
const ABSENT = 0xffffffff;

/**
 * Rows by their keys, copied into slabs of bytes, with a hash index in columns of integers. The garbage collector sees no
 * object for a row, and a row that is written again takes the place of the one before.
 */
export class CachedRows {
  readonly #slabs: Buffer[] = [];
  /** Slabs in use, of which the last is filled up to an offset. */
  #used = 0;
  #end = SLAB_BYTES;
  #count = 0;
  #hash = new Uint32Array(ROWS_MIN);
  #place = new Uint32Array(ROWS_MIN);
  #keyLength = new Uint32Array(ROWS_MIN);
  #rowLength = new Uint32Array(ROWS_MIN);
  /** Bytes at the place of a row that the row may take. */
  #room = new Uint32Array(ROWS_MIN);
  /** Open addressing, linear probing: number + 1 of a row, or 0. Its size is a power of two. */
  #index = new Uint32Array(4 * ROWS_MIN);
  /** Long rows, by number. */
  readonly #long = new Map<number, Uint8Array>();
  #longBytes = 0;

  /** Memory in use, in bytes. */
  get bytes(): number {
    return this.#used * SLAB_BYTES - (SLAB_BYTES - this.#end) + this.#count * BYTES_PER_ROW + this.#longBytes;
  }

  /** The number of a row; −1 if it is not held. */
  find(key: Uint8Array, hash: number): number {
    const index = this.#index;
    const mask = index.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = (index[slot] ?? 0) - 1;
      if (number < 0 || (this.#hash[number] === hash && this.#isKey(number, key))) return number;
    }
  }

  /** A copy of a short row: its place may get a newer version. */
  row(number: number): HotRow {
    const length = this.#rowLength[number] ?? 0;
    if (length === ABSENT) return null;
    if (length > SHARED_BYTES_MAX) return this.#long.get(number) ?? null;
    if (length === 0) return EMPTY;
    const place = this.#place[number] ?? 0;
    const start = (place & (SLAB_BYTES - 1)) + (this.#keyLength[number] ?? 0);
    return copyOfSpan(this.#slabOf(place), start, start + length);
  }

  /** Takes a row in place of that number, or a new one of this key if the number is −1. Copies a short row. */
  set(found: number, { key, hash }: { readonly key: Uint8Array; readonly hash: number }, row: HotRow): void {
    const number = found < 0 ? this.#add(key, hash, row) : found;
    if (this.#rowLength[number] !== ABSENT) this.#dropLong(number);
    this.#rowLength[number] = row === null ? ABSENT : row.length;
    if (row === null) return;
    if (row.length > SHARED_BYTES_MAX) {
      this.#long.set(number, row);
      this.#longBytes += row.length;
      return;
    }
    if (row.length > (this.#room[number] ?? 0)) this.#move(number, key, row.length);
    const place = this.#place[number] ?? 0;
    this.#slabOf(place).set(row, (place & (SLAB_BYTES - 1)) + key.length);
  }

  /** Forgets all rows, and keeps the memory for others. */
  clear(): void {
    this.#used = 0;
    this.#end = SLAB_BYTES;
    this.#count = 0;
    this.#index.fill(0);
    this.#long.clear();
    this.#longBytes = 0;
  }

  #add(key: Uint8Array, hash: number, row: HotRow): number {
    const number = this.#count++;
    if (number === this.#hash.length) this.#grow();
    this.#hash[number] = hash;
    this.#keyLength[number] = key.length;
    this.#rowLength[number] = ABSENT;
    this.#move(number, key, row === null || row.length > SHARED_BYTES_MAX ? 0 : row.length);
    this.#enter(number, hash);
    return number;
  }

  /** Gives a row another place, with its key. */
  #move(number: number, key: Uint8Array, length: number): void {
    const room = (length + PLACE_BYTES - 1) & -PLACE_BYTES;
    if (this.#end + key.length + room > SLAB_BYTES) {
      if (this.#used === this.#slabs.length) this.#slabs.push(Buffer.allocUnsafeSlow(SLAB_BYTES));
      this.#used++;
      this.#end = 0;
    }
    const place = ((this.#used - 1) << SLAB_SHIFT) | this.#end;
    this.#end += key.length + room;
    this.#place[number] = place;
    this.#room[number] = room;
    this.#slabOf(place).set(key, place & (SLAB_BYTES - 1));
  }

  #dropLong(number: number): void {
    const length = this.#rowLength[number] ?? 0;
    if (length > SHARED_BYTES_MAX && this.#long.delete(number)) this.#longBytes -= length;
  }

  #isKey(number: number, key: Uint8Array): boolean {
    const length = this.#keyLength[number] ?? 0;
    if (length !== key.length) return false;
    const place = this.#place[number] ?? 0;
    return compareSpans(this.#slabOf(place), place & (SLAB_BYTES - 1), length, key, 0, length) === 0;
  }

  #slabOf(place: number): Buffer {
    const slab = this.#slabs[place >>> SLAB_SHIFT];
    if (slab === undefined) throw new RangeError('a cached row has no slab');
    return slab;
  }

  #enter(number: number, hash: number): void {
    const mask = this.#index.length - 1;
    let slot = hash & mask;
    while ((this.#index[slot] ?? 0) !== 0) slot = (slot + 1) & mask;
    this.#index[slot] = number + 1;
  }

  #grow(): void {
    const rows = 2 * this.#hash.length;
    this.#hash = grown(this.#hash, rows);
    this.#place = grown(this.#place, rows);
    this.#keyLength = grown(this.#keyLength, rows);
    this.#rowLength = grown(this.#rowLength, rows);
    this.#room = grown(this.#room, rows);
    this.#index = new Uint32Array(4 * rows);
    for (let number = 0; number < this.#count - 1; number++) this.#enter(number, this.#hash[number] ?? 0);
  }
}
