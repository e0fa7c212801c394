import { AssertionError } from '../util/assert.js';

/** Released slots at the front before the rest is copied. */
const COMPACT_AT = 64;

/**
 * A queue of (index, bytes) pairs with ascending indexes, released from the front. It counts entries that are sent and not
 * acknowledged, appended and not committed, or handed out and not applied.
 */
export class ByteWindow {
  #indexes: number[] = [];
  #sizes: number[] = [];
  #head = 0;
  #bytes = 0;

  /** The number of pairs. */
  get count(): number {
    return this.#indexes.length - this.#head;
  }

  /** The sum of the bytes of all pairs. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param index greater than all indexes in the queue */
  add(index: number, bytes: number): void {
    const last = this.count === 0 ? undefined : this.#indexes[this.#indexes.length - 1];
    if (last !== undefined && index <= last) throw new AssertionError(`window index ${index} after ${last}`);
    this.#indexes.push(index);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
  }

  /** Removes all pairs up to the index. */
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
