/**
 * A keyed 32-bit hash of byte strings: HalfSipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF").
 * Without the seed, keys that collide cannot be found offline, so clients cannot degrade a hash table to a list.
 */
export class KeyHash {
  readonly #low: number;
  readonly #high: number;

  /** @param seed 64 random bits, as two 32-bit integers */
  constructor(seed: readonly [number, number]) {
    [this.#low, this.#high] = seed;
  }

  /**
   * @param from where the key begins in the bytes
   * @param to where it ends
   * @returns an unsigned 32-bit integer
   */
  of(bytes: Uint8Array, from = 0, to = bytes.length): number {
    let v0 = this.#low | 0;
    let v1 = this.#high | 0;
    let v2 = 0x6c796765 ^ this.#low;
    let v3 = 0x74656462 ^ this.#high;
    const words = (to - from) >>> 2;
    // One round for each word and one for the last, partial one; then three that finish.
    const rounds = words + 1 + FINAL_ROUNDS;
    for (let round = 0, at = from; round < rounds; round++, at += 4) {
      let word = 0;
      if (round < words) {
        word = byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
      } else if (round === words) {
        word = ((to - from) << 24) | lastBytes(bytes, at, to - at);
      } else if (round === words + 1) {
        v2 ^= 0xff;
      }
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    return (v1 ^ v3) >>> 0;
  }
}

const FINAL_ROUNDS = 3;

const byte = (data: Uint8Array, at: number): number => data[at] ?? 0;

/** The bytes after the last whole word: at most three. */
function lastBytes(bytes: Uint8Array, at: number, left: number): number {
  let word = 0;
  if (left > 2) word |= byte(bytes, at + 2) << 16;
  if (left > 1) word |= byte(bytes, at + 1) << 8;
  if (left > 0) word |= byte(bytes, at);
  return word;
}
