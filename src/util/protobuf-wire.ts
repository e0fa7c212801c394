/** Protobuf's wire format, for messages that are encoded without the codec. */

export const WIRE_VARINT = 0;
export const WIRE_LENGTH = 2;

/** The tag of a field. @param field below 16, so that the tag is one byte */
export function tagOf(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

/**
 * Size of a varint in bytes.
 * @param value a safe integer; a negative one takes the ten bytes of its two's complement
 */
export function varintSize(value: number): number {
  if (value < 0) return 10;
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes a varint. @returns the offset behind it */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  if (value < 0) return writeVarintBigInt(target, offset, BigInt(value));
  let at = offset;
  let rest = value;
  // Bit operators truncate to 32 bits.
  while (rest >= 0x80000000) {
    target[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 128) {
    target[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

/** Bytes of a length-delimited field with a one-byte tag. */
export function bytesFieldSize(value: Uint8Array): number {
  return 1 + varintSize(value.length) + value.length;
}

/** Writes a length-delimited field, and returns the offset behind it. @param tag of one byte, from `tagOf` */
export function writeBytesField(target: Uint8Array, offset: number, tag: number, value: Uint8Array): number {
  target[offset] = tag;
  const at = writeVarint(target, offset + 1, value.length);
  target.set(value, at);
  return at + value.length;
}

export function varintSizeBigInt(value: bigint): number {
  let size = 1;
  for (let rest = BigInt.asUintN(64, value); rest >= 128n; rest >>= 7n) size++;
  return size;
}

export function writeVarintBigInt(target: Uint8Array, offset: number, value: bigint): number {
  let at = offset;
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) target[at++] = Number(rest & 127n) | 128;
  target[at++] = Number(rest);
  return at;
}
