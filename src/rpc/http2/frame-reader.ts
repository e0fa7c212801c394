import { ConnectionError, ErrorCode } from './errors.js';
import { Frame } from './frame.js';
import { FRAME_BYTES_MAX, FRAME_HEADER_BYTES, PREFACE } from './frames.js';

/** @param frame valid until the handler returns */
export type FrameHandler = (frame: Frame) => void;

/**
 * Finds the frames in the bytes of a connection. A frame within one chunk is passed on where it lies; one that spans chunks is
 * gathered in a buffer of its own size.
 */
export class FrameReader {
  readonly #frame = new Frame();
  #prefaceSeen = 0;
  /** A frame of which only a part has come. */
  #partial: Buffer = EMPTY;
  #partialBytes = 0;

  /** Whether the client's preface has come (RFC 9113, section 3.4). */
  get hasPreface(): boolean {
    return this.#prefaceSeen === PREFACE.length;
  }

  /** Whether a frame, or the preface, has begun and not ended. */
  get isInside(): boolean {
    return this.#partialBytes > 0 || !this.hasPreface;
  }

  /** Passes on every frame that is complete. @throws ConnectionError for a bad preface or a frame that is too large */
  read(chunk: Buffer, onFrame: FrameHandler): void {
    let at = this.hasPreface ? 0 : this.#readPreface(chunk);
    if (this.#partialBytes > 0) at = this.#complete(chunk, at, onFrame);
    const frame = this.#frame;
    while (chunk.length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + lengthAt(chunk, at);
      if (end > chunk.length) break;
      frame.place(chunk, at, end);
      onFrame(frame);
      at = end;
    }
    if (at < chunk.length) this.#keep(chunk, at);
  }

  #readPreface(chunk: Buffer): number {
    const count = Math.min(PREFACE.length - this.#prefaceSeen, chunk.length);
    if (chunk.compare(PREFACE, this.#prefaceSeen, this.#prefaceSeen + count, 0, count) !== 0) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, 'the connection preface is not that of HTTP/2');
    }
    this.#prefaceSeen += count;
    return count;
  }

  /** Adds what the partial frame lacks. @returns the offset after it */
  #complete(chunk: Buffer, begin: number, onFrame: FrameHandler): number {
    let at = begin;
    if (this.#partialBytes < FRAME_HEADER_BYTES) {
      at = this.#add(chunk, at, FRAME_HEADER_BYTES);
      if (this.#partialBytes < FRAME_HEADER_BYTES) return at;
      const whole = Buffer.allocUnsafe(FRAME_HEADER_BYTES + lengthAt(this.#partial, 0));
      this.#partial.copy(whole, 0, 0, FRAME_HEADER_BYTES);
      this.#partial = whole;
    }
    at = this.#add(chunk, at, this.#partial.length);
    if (this.#partialBytes < this.#partial.length) return at;
    const bytes = this.#partial;
    this.#partial = EMPTY;
    this.#partialBytes = 0;
    this.#frame.place(bytes, 0, bytes.length);
    onFrame(this.#frame);
    return at;
  }

  #add(chunk: Buffer, at: number, upTo: number): number {
    const count = Math.min(upTo - this.#partialBytes, chunk.length - at);
    chunk.copy(this.#partial, this.#partialBytes, at, at + count);
    this.#partialBytes += count;
    return at + count;
  }

  #keep(chunk: Buffer, at: number): void {
    const count = chunk.length - at;
    const size = count < FRAME_HEADER_BYTES ? FRAME_HEADER_BYTES : FRAME_HEADER_BYTES + lengthAt(chunk, at);
    this.#partial = Buffer.allocUnsafe(size);
    chunk.copy(this.#partial, 0, at);
    this.#partialBytes = count;
  }
}

const EMPTY = Buffer.alloc(0);

function lengthAt(bytes: Buffer, at: number): number {
  const length = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  if (length > FRAME_BYTES_MAX) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, 'a frame larger than announced');
  return length;
}
