const SLAB_BYTES_MIN = 1024;
const SLAB_BYTES_MAX = 64 * 1024;
/** Longer byte strings stay as they are. */
const COPIED_BYTES_MAX = 4 * 1024;

/**
 * Copies short byte strings into shared buffers. Each buffer that the engine returns has memory of its own, and freeing a
 * hundred thousand of them at once takes one collection of garbage more than 0.1 s. A shared buffer is kept as long as
 * any string in it.
 */
export class ByteSlabs {
  #slab = new Uint8Array(0);
  #used = 0;

  /** @returns the bytes as a view of a shared buffer; `bytes` itself if it is long */
  copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > COPIED_BYTES_MAX) return bytes;
    if (this.#used + length > this.#slab.length) this.#begin(length);
    const from = this.#used;
    this.#used += length;
    this.#slab.set(bytes, from);
    return this.#slab.subarray(from, this.#used);
  }

  /** The first slabs are small, as most answers are. */
  #begin(length: number): void {
    const size = Math.min(SLAB_BYTES_MAX, Math.max(SLAB_BYTES_MIN, 2 * this.#slab.length, length));
    this.#slab = Buffer.allocUnsafeSlow(size);
    this.#used = 0;
  }
}
