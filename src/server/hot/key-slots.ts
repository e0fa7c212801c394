import { KeyHash } from '../../util/key-hash.js';
import { compareSpans, copyOfSpan } from '../../util/spans.js';

/** Longest part of a key, or of the end of a range, that is kept and shown, in bytes. */
export const KEPT_BYTES = 128;
/** Bytes at each end of a key that are hashed. Hashing a key of 1 MiB as a whole takes a millisecond. */
const HASHED_EDGE_BYTES = 1024;
const SLOT_BYTES = 2 * KEPT_BYTES;
/** Two texts without meaning, from whose hashes the second hash is seeded. */
const SECOND_SEED = [Buffer.from('low'), Buffer.from('high')] as const;

/** A key, or a range of keys in etcd's notation, as far as it is kept. */
export interface KeptRange {
  /** The first KEPT_BYTES of the key. */
  readonly key: Buffer;
  /** The length of the whole key. */
  readonly keyBytes: number;
  /** The first KEPT_BYTES of the end; empty for a single key. */
  readonly rangeEnd: Buffer;
  readonly rangeEndBytes: number;
}

/**
 * A fixed number of slots for keys and ranges, with an index by hash, all in typed arrays: finding and replacing a key
 * allocates nothing, and a key takes the same memory however long it is. Two keys are the same if all their bytes are; longer
 * ones than KEPT_BYTES, if their lengths, first bytes and 64 bits of keyed hashes are. Of a key above 2 KiB the hashes cover the
 * first and the last KiB.
 */
export class KeySlots {
  readonly #first: KeyHash;
  readonly #second: KeyHash;
  /** By slot: the kept bytes of the key, then those of the end. */
  readonly #bytes: Buffer;
  readonly #keyLengths: Uint32Array;
  readonly #endLengths: Uint32Array;
  readonly #hashes: Uint32Array;
  /** Of keys that are kept in part. */
  readonly #checks: Uint32Array;
  /** Open addressing, linear probing: slot + 1, or 0. Its size is a power of two. */
  readonly #index: Uint32Array;
  /** Of the key that was last looked for. */
  #hash = 0;
  #check = 0;

  /** @param seed 64 random bits, as two 32-bit integers: without them, keys that collide cannot be found */
  constructor(slots: number, seed: readonly [number, number]) {
    this.#first = new KeyHash(seed);
    this.#second = new KeyHash([this.#first.of(SECOND_SEED[0]), this.#first.of(SECOND_SEED[1])]);
    this.#bytes = Buffer.alloc(slots * SLOT_BYTES);
    this.#keyLengths = new Uint32Array(slots);
    this.#endLengths = new Uint32Array(slots);
    this.#hashes = new Uint32Array(slots);
    this.#checks = new Uint32Array(slots);
    this.#index = new Uint32Array(2 ** Math.ceil(Math.log2(2 * slots)));
  }

  /** Memory of all arrays, in bytes; constant. */
  get sizeBytes(): number {
    return [this.#bytes, this.#keyLengths, this.#endLengths, this.#hashes, this.#checks, this.#index].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    );
  }

  /** @returns the slot of a key or range; −1 if there is none */
  find(key: Uint8Array, rangeEnd: Uint8Array): number {
    this.#identify(key, rangeEnd);
    const mask = this.#index.length - 1;
    for (let at = this.#hash & mask; ; at = (at + 1) & mask) {
      const slot = (this.#index[at] ?? 0) - 1;
      if (slot < 0 || this.#holds(slot, key, rangeEnd)) return slot;
    }
  }

  /** Puts what was looked for last into a free slot. */
  fill(slot: number, key: Uint8Array, rangeEnd: Uint8Array): void {
    this.#bytes.set(kept(key), slot * SLOT_BYTES);
    this.#bytes.set(kept(rangeEnd), slot * SLOT_BYTES + KEPT_BYTES);
    this.#keyLengths[slot] = key.length;
    this.#endLengths[slot] = rangeEnd.length;
    this.#hashes[slot] = this.#hash;
    this.#checks[slot] = this.#check;
    const mask = this.#index.length - 1;
    let at = this.#hash & mask;
    while ((this.#index[at] ?? 0) !== 0) at = (at + 1) & mask;
    this.#index[at] = slot + 1;
  }

  /** Frees a slot, and moves what follows it in the index to where it is found. */
  free(slot: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let hole = (this.#hashes[slot] ?? 0) & mask;
    while (index[hole] !== slot + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const moved = index[at] ?? 0;
      const home = (this.#hashes[moved - 1] ?? 0) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      index[hole] = moved;
      hole = at;
    }
    index[hole] = 0;
  }

  /** A copy of what a slot holds. */
  at(slot: number): KeptRange {
    const keyBytes = this.#keyLengths[slot] ?? 0;
    const rangeEndBytes = this.#endLengths[slot] ?? 0;
    const from = slot * SLOT_BYTES;
    const end = from + KEPT_BYTES;
    return {
      key: copyOfSpan(this.#bytes, from, from + Math.min(keyBytes, KEPT_BYTES)),
      keyBytes,
      rangeEnd: copyOfSpan(this.#bytes, end, end + Math.min(rangeEndBytes, KEPT_BYTES)),
      rangeEndBytes,
    };
  }

  #identify(key: Uint8Array, rangeEnd: Uint8Array): void {
    this.#hash = hashOf(this.#first, key, rangeEnd);
    const isWhole = key.length <= KEPT_BYTES && rangeEnd.length <= KEPT_BYTES;
    this.#check = isWhole ? 0 : hashOf(this.#second, key, rangeEnd);
  }

  #holds(slot: number, key: Uint8Array, rangeEnd: Uint8Array): boolean {
    if (this.#hashes[slot] !== this.#hash || this.#checks[slot] !== this.#check) return false;
    if (this.#keyLengths[slot] !== key.length || this.#endLengths[slot] !== rangeEnd.length) return false;
    const from = slot * SLOT_BYTES;
    return this.#startsWith(from, key) && this.#startsWith(from + KEPT_BYTES, rangeEnd);
  }

  #startsWith(from: number, bytes: Uint8Array): boolean {
    const length = Math.min(bytes.length, KEPT_BYTES);
    return compareSpans(this.#bytes, from, length, bytes, 0, length) === 0;
  }
}

function kept(bytes: Uint8Array): Uint8Array {
  return bytes.length <= KEPT_BYTES ? bytes : bytes.subarray(0, KEPT_BYTES);
}

function hashOf(hash: KeyHash, key: Uint8Array, rangeEnd: Uint8Array): number {
  const first = edgesHash(hash, key);
  return rangeEnd.length === 0 ? first : (Math.imul(first, 31) ^ edgesHash(hash, rangeEnd)) >>> 0;
}

function edgesHash(hash: KeyHash, bytes: Uint8Array): number {
  const { length } = bytes;
  const first = hash.of(bytes, 0, Math.min(length, HASHED_EDGE_BYTES));
  if (length <= HASHED_EDGE_BYTES) return first;
  return (Math.imul(first, 31) ^ hash.of(bytes, Math.max(HASHED_EDGE_BYTES, length - HASHED_EDGE_BYTES))) >>> 0;
}
