import { asBuffer, EMPTY } from '../../util/bytes.js';
import {
  bytesFieldSize,
  tagOf,
  varintSize,
  WIRE_LENGTH,
  WIRE_VARINT,
  writeBytesField,
  writeVarint,
} from '../../util/protobuf-wire.js';

/** Protobuf's wire format, as far as the store encodes messages itself, around bytes that are already encoded. */

/** An encoded message: whole, or in pieces that follow each other. A large one is never copied as a whole. */
export type EncodedBody = Uint8Array | readonly Uint8Array[];

/** Length in bytes. */
export function bodySize(body: EncodedBody): number {
  return body instanceof Uint8Array ? body.length : body.reduce((sum, piece) => sum + piece.length, 0);
}

/** The body as one array: a copy of one in pieces. */
export function wholeBody(body: EncodedBody): Uint8Array {
  return body instanceof Uint8Array ? body : Buffer.concat(body);
}

/** Reads bytes that the store encoded, field by field. Bytes that do not parse are damaged. */
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

  /** @returns a safe integer @throws RangeError if it is larger or truncated */
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

  /** Reads a signed 64-bit integer. In halves that numbers hold: arithmetic with big integers takes ten times as long. */
  varintBigInt(): bigint {
    let low = 0;
    let high = 0;
    for (let scale = 1, at = 0; ; at++, scale = at === 7 ? 1 : scale * 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || at > 9) throw new RangeError('damaged varint');
      if (at < 7) low += (byte & 127) * scale;
      else high += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return high === 0 ? BigInt(low) : BigInt.asIntN(64, (BigInt(high) << 49n) | BigInt(low));
  }

  /** Reads a length-delimited value, as a view. */
  bytes(): Uint8Array {
    const start = this.skipBytes();
    return this.#bytes.subarray(start, this.#at);
  }

  /** Skips a length-delimited value. @returns the offset of its first byte */
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

/** Builds a message from fields, some of them already encoded. Omits fields at their default. */
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

  /** Adds bytes or an encoded message, also if empty: an empty message differs from an absent one. */
  bytes(field: number, value: EncodedBody): this {
    const size = bodySize(value);
    const head = Buffer.allocUnsafe(1 + varintSize(size));
    head[0] = tagOf(field, WIRE_LENGTH);
    writeVarint(head, 1, size);
    this.#parts.push(head);
    return this.fields(value);
  }

  /** Adds encoded fields, including their tags. */
  fields(encoded: EncodedBody): this {
    if (encoded instanceof Uint8Array) this.#parts.push(encoded);
    else for (const piece of encoded) this.#parts.push(piece);
    return this;
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  /** The message in one array if it is small, otherwise in pieces. Large parts are not copied. */
  finishInPieces(): EncodedBody {
    let bytes = 0;
    for (const part of this.#parts) bytes += part.length;
    return bytes <= WHOLE_BYTES_MAX ? Buffer.concat(this.#parts, bytes) : joinSmall(this.#parts);
  }
}

/** Bytes of one piece of a packer, and bytes from which a value is a piece by itself. */
const PIECE_BYTES = 64 * 1024;
const FIRST_PIECE_BYTES = 1024;
/** Bytes up to which a message stays in one array. */
const WHOLE_BYTES_MAX = 64 * 1024;

/** Joins adjacent small parts. */
function joinSmall(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = (): void => {
    if (small.length > 0) pieces.push(Buffer.concat(small));
    small = [];
  };
  for (const part of parts) {
    if (part.length <= FIRST_PIECE_BYTES) {
      small.push(part);
      continue;
    }
    flush();
    pieces.push(part);
  }
  flush();
  return pieces;
}

/**
 * Encodes many fields into pieces. Small values are copied into shared pieces; a large value is a piece of its own and
 * is not copied.
 */
export class FieldPacker {
  readonly #pieces: Uint8Array[] = [];
  #piece: Uint8Array = EMPTY;
  #used = 0;

  /** Adds a length-delimited field. @param field below 16 */
  add(field: number, value: Uint8Array): void {
    if (value.length >= PIECE_BYTES) return this.#addLarge(field, value);
    const size = bytesFieldSize(value);
    if (this.#used + size > this.#piece.length) this.#begin(size);
    this.#used = writeBytesField(this.#piece, this.#used, tagOf(field, WIRE_LENGTH), value);
  }

  /** The pieces, in order. Nothing may be added afterwards. */
  finish(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  #addLarge(field: number, value: Uint8Array): void {
    const headSize = 1 + varintSize(value.length);
    if (this.#used + headSize > this.#piece.length) this.#begin(headSize);
    this.#piece[this.#used] = tagOf(field, WIRE_LENGTH);
    this.#used = writeVarint(this.#piece, this.#used + 1, value.length);
    this.#flush();
    this.#pieces.push(value);
  }

  #begin(size: number): void {
    this.#flush();
    // The first piece is small, as most messages are.
    const bytes = this.#pieces.length === 0 ? FIRST_PIECE_BYTES : PIECE_BYTES;
    this.#piece = Buffer.allocUnsafe(Math.max(bytes, size));
  }

  /** The next piece uses the rest of the buffer. */
  #flush(): void {
    if (this.#used > 0) this.#pieces.push(this.#piece.subarray(0, this.#used));
    this.#piece = this.#piece.subarray(this.#used);
    this.#used = 0;
  }
}
