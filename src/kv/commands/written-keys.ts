import { compareSpans } from '../../util/spans.js';

/** Writes among which a search is faster than an index. */
const SEARCHED_MAX = 8;
const SLOTS_MIN = 256;

/** The newest write of each key in a batch, by its position among the writes. Hashes are those of user keys. */
export class WrittenKeys {
  /** By position. */
  readonly #keys: Uint8Array[] = [];
  readonly #hashes: number[] = [];
  /**
   * Open addressing, linear probing: position + 1 of the newest write of a key, or 0. Its size is a power of two.
   * Undefined in a batch of a few writes.
   */
  #index: Uint32Array | undefined;

  /** The position of the newest write; −1 if there is none. */
  find(key: Uint8Array, hash: number): number {
    const index = this.#index;
    return index === undefined ? this.#search(key, hash) : (index[this.#slotOf(index, key, hash)] ?? 0) - 1;
  }

  /** Adds a write at the next position. @returns the position of the write to the same key before it; −1 for the first */
  add(key: Uint8Array, hash: number): number {
    if (this.#index === undefined && this.#keys.length >= SEARCHED_MAX) this.#index = this.#indexOf(SLOTS_MIN);
    const index = this.#index;
    if (index === undefined) {
      const earlier = this.#search(key, hash);
      this.#push(key, hash);
      return earlier;
    }
    const slot = this.#slotOf(index, key, hash);
    const earlier = (index[slot] ?? 0) - 1;
    this.#push(key, hash);
    index[slot] = this.#keys.length;
    if (3 * this.#keys.length > 2 * index.length) this.#index = this.#indexOf(2 * index.length);
    return earlier;
  }

  /** The hash of the key of a write. */
  hashAt(position: number): number {
    return this.#hashes[position] ?? 0;
  }

  #push(key: Uint8Array, hash: number): void {
    this.#keys.push(key);
    this.#hashes.push(hash);
  }

  #search(key: Uint8Array, hash: number): number {
    for (let position = this.#keys.length - 1; position >= 0; position--) {
      if (this.#hashes[position] === hash && this.#isKey(position, key)) return position;
    }
    return -1;
  }

  /** The slot that holds a key, or the free one where it belongs. */
  #slotOf(index: Uint32Array, key: Uint8Array, hash: number): number {
    const mask = index.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const position = (index[slot] ?? 0) - 1;
      if (position < 0 || (this.#hashes[position] === hash && this.#isKey(position, key))) return slot;
    }
  }

  #isKey(position: number, key: Uint8Array): boolean {
    const held = this.#keys[position];
    return held !== undefined && compareSpans(held, 0, held.length, key, 0, key.length) === 0;
  }

  /** An index of all writes so far. */
  #indexOf(slots: number): Uint32Array {
    const index = new Uint32Array(slots);
    for (const [position, key] of this.#keys.entries()) {
      index[this.#slotOf(index, key, this.hashAt(position))] = position + 1;
    }
    return index;
  }
}
