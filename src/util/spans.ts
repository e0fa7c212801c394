import { asBuffer } from './bytes.js';

/** Bytes that are compared one by one: a native call pays off for longer keys only. */
const SHORT_BYTES = 64;

/** Orders two parts of byte arrays as the store orders keys. @returns below, at or above 0 */
export function compareSpans(
  left: Uint8Array,
  leftStart: number,
  leftLength: number,
  right: Uint8Array,
  rightStart: number,
  rightLength: number,
): number {
  const shared = Math.min(leftLength, rightLength);
  const near = Math.min(shared, SHORT_BYTES);
  for (let at = 0; at < near; at++) {
    const difference = (left[leftStart + at] ?? 0) - (right[rightStart + at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (shared > near) {
    const order = asBuffer(left).compare(
      right,
      rightStart + near,
      rightStart + shared,
      leftStart + near,
      leftStart + shared,
    );
    if (order !== 0) return order;
  }
  return leftLength - rightLength;
}

/** The bytes of a slab from `start` to before `end`, in memory of their own. */
export function copyOfSpan(slab: Buffer, start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(end - start);
  slab.copy(bytes, 0, start, end);
  return bytes;
}
