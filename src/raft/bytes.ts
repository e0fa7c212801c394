/** Nothing, where a message or an entry carries no bytes. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, position) => byte === right[position]);
}

/** Bytes as a string with one character each: a key for a Map. For short ones, such as contexts. */
export function bytesKey(bytes: Uint8Array): string {
  let key = '';
  for (const byte of bytes) key += String.fromCharCode(byte);
  return key;
}
