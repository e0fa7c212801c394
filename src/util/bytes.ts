export const EMPTY: Uint8Array = new Uint8Array(0);

/** Orders byte strings as the store does: unsigned, byte by byte, a prefix before longer strings. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right);
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0;
}

const ZEROS = Buffer.alloc(64 * 1024);

/** Whether all bytes are zero. */
export function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const end = Math.min(at + ZEROS.length, bytes.length);
    if (bytes.compare(ZEROS, 0, end - at, at, end) !== 0) return false;
  }
  return true;
}

/** A Buffer over the same memory, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A copy in memory of its own, which keeps no other bytes. */
export function ownCopy(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

/** One character for each byte, so that strings order as the bytes do: a key for a Map or a sorted list. */
export function bytesToLatin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1');
}

export function latin1ToBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** The first key after all keys with the prefix; one zero byte, for "all following keys", if there is none. */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  for (let length = prefix.length; length > 0; length--) {
    const last = prefix[length - 1] ?? 0xff;
    if (last < 0xff) {
      const end = Uint8Array.from(prefix.subarray(0, length)); // copies; slice() of a Buffer does not
      end[length - 1] = last + 1;
      return end;
    }
  }
  return Uint8Array.of(0);
}
