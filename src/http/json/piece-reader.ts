/** A place in a message that comes in pieces. */
export interface Position {
  readonly piece: number;
  readonly at: number;
}

const WIRE_VARINT = 0;
const WIRE_64_BITS = 1;
const WIRE_BYTES = 2;
const WIRE_32_BITS = 5;

/** Reads the fields of a protobuf message that comes in pieces, which may be cut anywhere, without joining the pieces. */
export class PieceReader {
  readonly #pieces: readonly Uint8Array[];
  #piece: number;
  #at: number;

  constructor(pieces: readonly Uint8Array[], from: Position = { piece: 0, at: 0 }) {
    this.#pieces = pieces;
    this.#piece = from.piece;
    this.#at = from.at;
    this.#settle();
  }

  get position(): Position {
    return { piece: this.#piece, at: this.#at };
  }

  get atEnd(): boolean {
    return this.#piece >= this.#pieces.length;
  }

  isBefore({ piece, at }: Position): boolean {
    return this.#piece < piece || (this.#piece === piece && this.#at < at);
  }

  /** Reads a tag or a length. */
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      if (factor > 2 ** 28) throw new RangeError('a tag or length is too long');
    }
  }

  /** The next bytes; a copy only if they are in several pieces. */
  take(length: number): Uint8Array {
    const from = this.position;
    this.#skip(length);
    return this.#between(from, length);
  }

  /** Skips the content of a field, behind its tag. */
  skipContent(wireType: number): void {
    switch (wireType) {
      case WIRE_VARINT:
        while (this.#byte() >= 0x80);
        return;
      case WIRE_64_BITS:
        return this.#skip(8);
      case WIRE_BYTES:
        return this.#skip(this.varint());
      case WIRE_32_BITS:
        return this.#skip(4);
      default:
        throw new RangeError(`unknown wire type ${wireType}`);
    }
  }

  /** The content of a field, behind its tag, with its length if it has one. */
  content(wireType: number): Uint8Array {
    const from = this.position;
    this.skipContent(wireType);
    return this.#between(from, this.#distance(from));
  }

  #byte(): number {
    const byte = this.#pieces[this.#piece]?.[this.#at];
    if (byte === undefined) throw new RangeError('a message ends early');
    this.#at += 1;
    this.#settle();
    return byte;
  }

  #skip(length: number): void {
    let left = length;
    while (left > 0) {
      const piece = this.#pieces[this.#piece];
      if (piece === undefined) throw new RangeError('a message ends early');
      const step = Math.min(left, piece.length - this.#at);
      this.#at += step;
      left -= step;
      this.#settle();
    }
  }

  /** Moves from the end of a piece to the next byte. */
  #settle(): void {
    while (this.#piece < this.#pieces.length && this.#at >= (this.#pieces[this.#piece]?.length ?? 0)) {
      this.#piece += 1;
      this.#at = 0;
    }
  }

  #distance(from: Position): number {
    if (from.piece === this.#piece) return this.#at - from.at;
    let distance = this.#at - from.at;
    for (let piece = from.piece; piece < this.#piece; piece++) distance += this.#pieces[piece]?.length ?? 0;
    return distance;
  }

  #between({ piece, at }: Position, length: number): Uint8Array {
    const first = (this.#pieces[piece] ?? Buffer.alloc(0)).subarray(at, at + length);
    if (first.length === length) return first;
    const parts = [first];
    for (let left = length - first.length, next = piece + 1; left > 0; next++) {
      const part = (this.#pieces[next] ?? Buffer.alloc(0)).subarray(0, left);
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }
}
