import { assert } from '../util/assert.js';

/** The smallest prefix of released slots that is worth copying the rest for. */
const COMPACT_AT = 64;

/**
 * A queue of (index, bytes) pairs with ascending indexes, given back from the front: what was sent and not
 * acknowledged, appended and not committed, handed over and not applied.
 */
export class ByteWindow {
  #indexes: number[] = [];
  #sizes: number[] = [];
  #head = 0;
  #bytes = 0;

  /** How many pairs are held. */
  get count(): number {
    return this.#indexes.length - this.#head;
  }

  /** The sum of their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param index above every index held */
  add(index: number, bytes: number): void {
    const last = this.#indexes[this.#indexes.length - 1];
    assert(this.count === 0 || last === undefined || index > last, `window index ${index} after ${last}`);
    this.#indexes.push(index);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
  }

  /** Gives back everything at or below the index. */
  release(index: number): void {
    while (this.#head < this.#indexes.length && (this.#indexes[this.#head] ?? Infinity) <= index) {
      this.#bytes -= this.#sizes[this.#head] ?? 0;
      this.#head += 1;
    }
    if (this.#head === this.#indexes.length) {
      this.clear();
    } else if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#indexes.length) {
      this.#indexes = this.#indexes.slice(this.#head);
      this.#sizes = this.#sizes.slice(this.#head);
      this.#head = 0;
    }
  }

  clear(): void {
    this.#indexes = [];
    this.#sizes = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}
