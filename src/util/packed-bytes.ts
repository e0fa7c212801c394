import { EMPTY } from './bytes.js';

const CAPACITY_MIN = 1024;

/**
 * Byte strings, copied one behind the other into a single buffer. Ten thousand rows that are kept for a while cost the
 * garbage collector more as buffers of their own than the copies do.
 */
export class PackedBytes {
  #buffer: Buffer;
  #used = 0;
  /** The end of each string in the buffer. */
  readonly #ends: number[] = [];

  /** @param capacity expected size in bytes */
  constructor(capacity = CAPACITY_MIN) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(CAPACITY_MIN, capacity));
  }

  /** Number of strings. */
  get length(): number {
    return this.#ends.length;
  }

  /** Size of all strings. */
  get bytes(): number {
    return this.#used;
  }

  add(bytes: Uint8Array): void {
    const end = this.#used + bytes.length;
    if (end > this.#buffer.length) this.#grow(end);
    this.#buffer.set(bytes, this.#used);
    this.#used = end;
    this.#ends.push(end);
  }

  /** A string by its position, as a view; empty at a position that there is not. */
  at(index: number): Uint8Array {
    const end = this.#ends[index];
    return end === undefined ? EMPTY : this.#buffer.subarray(this.#startOf(index), end);
  }

  /** The same as latin1 text. */
  textAt(index: number): string {
    return this.#buffer.toString('latin1', this.#startOf(index), this.#ends[index]);
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? this.#used);
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length));
    grown.set(this.#buffer.subarray(0, this.#used));
    this.#buffer = grown;
  }
}
