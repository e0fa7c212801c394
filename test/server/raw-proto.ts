/**
 * Protobuf by hand, for what no generated encoder would write: numbers that a field cannot hold, enums that nobody
 * knows, bytes that end too early.
 */

/** A field that holds an integer; a negative one as protobuf has it, in 64-bit two's complement. */
export function numberField(field: number, value: bigint | number): Buffer {
  return Buffer.concat([varint(BigInt(field) << 3n), varint(BigInt.asUintN(64, BigInt(value)))]);
}

/** A field that holds bytes, a string or a message. */
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
