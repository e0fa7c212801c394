/** Lengths up to which a view of each is kept. */
const KEPT_BYTES = 4096;

/** A longer string has memory of its own. */
const REUSED_BYTES = 64 * 1024;

/** Memory for byte strings that live only until the next one is made, so that none is allocated for each. */
export class ReusedBytes {
  readonly #buffer = Buffer.allocUnsafeSlow(REUSED_BYTES);
  /** By length. */
  readonly #views = Array.from<Buffer | undefined>({ length: KEPT_BYTES + 1 }).fill(undefined);

  /** @returns bytes that hold anything, and that the next call may return again */
  take(length: number): Buffer {
    if (length > REUSED_BYTES) return Buffer.allocUnsafeSlow(length);
    if (length > KEPT_BYTES) return this.#buffer.subarray(0, length);
    return (this.#views[length] ??= this.#buffer.subarray(0, length));
  }
}
