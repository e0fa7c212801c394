/** No bytes. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, position) => byte === right[position]);
}

/** Encodes short bytes, such as contexts, as a key for a Map: one character per byte. */
export function bytesKey(bytes: Uint8Array): string {
  let key = '';
  for (const byte of bytes) key += String.fromCharCode(byte);
  return key;
}
