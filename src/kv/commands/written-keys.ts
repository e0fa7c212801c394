import { compareSpans } from '../../util/spans.js';

const SLOTS_MIN = 256;

/** The newest write of each key in a batch, by its position among the writes. Hashes are those of user keys. */
export class WrittenKeys {
  /** By position. */
  readonly #keys: Uint8Array[] = [];
  readonly #hashes: number[] = [];
  /** Open addressing, linear probing: position + 1 of the newest write of a key, or 0. Its size is a power of two. */
  #index = new Uint32Array(SLOTS_MIN);

  /** The position of the newest write; −1 if there is none. */
  find(key: Uint8Array, hash: number): number {
    return (this.#index[this.#slotOf(key, hash)] ?? 0) - 1;
  }

  /** Adds a write at the next position. @returns the position of the write to the same key before it; −1 for the first */
  add(key: Uint8Array, hash: number): number {
    const slot = this.#slotOf(key, hash);
    const earlier = (this.#index[slot] ?? 0) - 1;
    this.#keys.push(key);
    this.#hashes.push(hash);
    this.#index[slot] = this.#keys.length;
    if (3 * this.#keys.length > 2 * this.#index.length) this.#grow();
    return earlier;
  }

  /** The hash of the key of a write. */
  hashAt(position: number): number {
    return this.#hashes[position] ?? 0;
  }

  /** The slot that holds a key, or the free one where it belongs. */
  #slotOf(key: Uint8Array, hash: number): number {
    const index = this.#index;
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

  #grow(): void {
    const former = this.#index;
    this.#index = new Uint32Array(2 * former.length);
    const mask = this.#index.length - 1;
    for (const newest of former) {
      if (newest === 0) continue;
      let slot = this.hashAt(newest - 1) & mask;
      while ((this.#index[slot] ?? 0) !== 0) slot = (slot + 1) & mask;
      this.#index[slot] = newest;
    }
  }
}
