import { asBuffer, EMPTY } from '../../util/bytes.js';

/** Protobuf's wire format, as far as the store writes messages by hand: around bytes that are encoded already. */

export const WIRE_VARINT = 0;
export const WIRE_LENGTH = 2;

/** The tag of a field. @param field below 16, so that the tag is one byte */
export function tagOf(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

/** Bytes that a varint takes. @param value a safe integer; a negative one takes the ten bytes of its two's complement */
export function varintSize(value: number): number {
  if (value < 0) return 10;
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes a varint, and answers the offset behind it. */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  if (value < 0) return writeVarintBigInt(target, offset, BigInt(value));
  let at = offset;
  let rest = value;
  // Beyond 32 bits the bit operators would cut the value off.
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

/** Reads what was written by hand, field by field. The bytes are our own: what does not parse is damage. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#at = offset;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** @returns a safe integer @throws on one that is larger, or cut off */
  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || scale > Number.MAX_SAFE_INTEGER) throw new RangeError('damaged varint');
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    if (!Number.isSafeInteger(value)) throw new RangeError('varint is out of range');
    return value;
  }

  /** A signed 64-bit value whole. */
  varintBigInt(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || shift > 63n) throw new RangeError('damaged varint');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  }

  /** A length, and a view of as many bytes behind it. */
  bytes(): Uint8Array {
    const start = this.skipBytes();
    return this.#bytes.subarray(start, this.#at);
  }

  /** Passes over a length and as many bytes; answers where those began. */
  skipBytes(): number {
    const length = this.varint();
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError('damaged length');
    return start;
  }

  fixed32(): number {
    const start = this.#at;
    this.#at += 4;
    if (this.#at > this.#bytes.length) throw new RangeError('damaged fixed32');
    return asBuffer(this.#bytes).readUInt32LE(start);
  }
}

/** Puts a message together from fields, many of them encoded already. Fields at their default are left out. */
export class MessageBuilder {
  readonly #parts: Uint8Array[] = [];

  number(field: number, value: number): this {
    if (value === 0) return this;
    const part = Buffer.allocUnsafe(1 + varintSize(value));
    part[0] = tagOf(field, WIRE_VARINT);
    writeVarint(part, 1, value);
    this.#parts.push(part);
    return this;
  }

  flag(field: number, value: boolean): this {
    return this.number(field, value ? 1 : 0);
  }

  /** Bytes or an encoded message; written even if empty, as an empty message means that it is there. */
  bytes(field: number, value: Uint8Array): this {
    const head = Buffer.allocUnsafe(1 + varintSize(value.length));
    head[0] = tagOf(field, WIRE_LENGTH);
    writeVarint(head, 1, value.length);
    this.#parts.push(head, value);
    return this;
  }

  /** Fields that are encoded already, tags and all. */
  fields(encoded: readonly Uint8Array[]): this {
    for (const each of encoded) this.#parts.push(each);
    return this;
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

/** Bytes of one piece of a packer. */
const PIECE_BYTES = 64 * 1024;
const FIRST_PIECE_BYTES = 1024;

/**
 * Copies many fields into a few large pieces as they come. A message of 100,000 fields is then put together in the time
 * that copying its bytes takes, and each of the pieces in little time.
 */
export class FieldPacker {
  readonly #pieces: Uint8Array[] = [];
  #piece: Uint8Array = EMPTY;
  #used = 0;

  /** Adds a length-delimited field. @param field below 16 */
  add(field: number, value: Uint8Array): void {
    const size = bytesFieldSize(value);
    if (this.#used + size > this.#piece.length) this.#begin(size);
    this.#used = writeBytesField(this.#piece, this.#used, tagOf(field, WIRE_LENGTH), value);
  }

  /** The pieces so far, in order. Nothing may be added afterwards. */
  finish(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  #begin(size: number): void {
    this.#flush();
    // The first piece is small: most messages are.
    const bytes = this.#pieces.length === 0 ? FIRST_PIECE_BYTES : PIECE_BYTES;
    this.#piece = Buffer.allocUnsafe(Math.max(bytes, size));
    this.#used = 0;
  }

  #flush(): void {
    if (this.#used > 0) this.#pieces.push(this.#piece.subarray(0, this.#used));
    this.#piece = EMPTY;
    this.#used = 0;
  }
}
