/** Protobuf that no generated encoder writes: numbers that exceed a field, unknown enum values, truncated bytes. */

/** An integer field; negative numbers are encoded in 64-bit two's complement, as in protobuf. */
export function numberField(field: number, value: bigint | number): Buffer {
  return Buffer.concat([varint(BigInt(field) << 3n), varint(BigInt.asUintN(64, BigInt(value)))]);
}

/** A field with bytes, a string or a message. */
export function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint((BigInt(field) << 3n) | 2n), varint(BigInt(bytes.length)), bytes]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
