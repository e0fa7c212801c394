import { CodecError, PrefaceError } from './codec-error.js';
import { FRAME_HEADER_BYTES, frameKindOf, LINK_PREFACE, type FrameKind } from './frame.js';

/**
 * Takes a frame, whose body lies in [start, end) of `source`. The bytes do not change later, so views of them may be kept:
 * each keeps all of `source` in memory.
 */
export type FrameHandler = (kind: FrameKind, source: Buffer, start: number, end: number) => void;

interface Unfinished {
  readonly kind: FrameKind;
  readonly body: Buffer;
  filled: number;
}

/**
 * Divides the received bytes of a link into frames, however they are cut. A frame that lies whole in a chunk is passed on
 * where it lies. Any other is gathered in a buffer of its own, so each byte is copied once at most.
 */
export class FrameDecoder {
  readonly #onFrame: FrameHandler;
  #bodyBytesMax: number;
  #prefaceLeft = LINK_PREFACE.length;
  /** The bytes of a header that came in pieces. */
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #headerFilled = 0;
  #unfinished: Unfinished | undefined;
  #stopped = false;

  /** @param bodyBytesMax length of the largest accepted body */
  constructor(bodyBytesMax: number, onFrame: FrameHandler) {
    this.#bodyBytesMax = bodyBytesMax;
    this.#onFrame = onFrame;
  }

  /** Changes the bound for frames that begin later. */
  set bodyBytesMax(bytes: number) {
    this.#bodyBytesMax = bytes;
  }

  /** Bytes held for a frame that has not arrived in full. */
  get heldBytes(): number {
    return this.#unfinished?.body.length ?? 0;
  }

  /** Passes on no more frames, not even those of the chunk that is being decoded, and releases what it holds. */
  stop(): void {
    this.#stopped = true;
    this.#unfinished = undefined;
  }

  /**
   * Takes the next bytes. They must not change later.
   * @throws CodecError on bytes that are no frame, and whatever the handler throws; it must not be called again then
   */
  push(chunk: Buffer): void {
    let at = this.#prefaceLeft === 0 ? 0 : this.#preface(chunk);
    while (at < chunk.length && !this.#stopped) {
      if (this.#unfinished !== undefined) at = this.#fill(this.#unfinished, chunk, at);
      else if (this.#headerFilled > 0 || chunk.length - at < FRAME_HEADER_BYTES) at = this.#fillHeader(chunk, at);
      else {
        const { kind, bytes } = this.#read(chunk, at);
        at += FRAME_HEADER_BYTES;
        if (bytes > chunk.length - at) this.#begin(kind, bytes);
        else {
          this.#onFrame(kind, chunk, at, at + bytes);
          at += bytes;
        }
      }
    }
  }

  #preface(chunk: Buffer): number {
    const from = LINK_PREFACE.length - this.#prefaceLeft;
    const bytes = Math.min(this.#prefaceLeft, chunk.length);
    if (chunk.compare(LINK_PREFACE, from, from + bytes, 0, bytes) !== 0) {
      throw new PrefaceError('the other side speaks another protocol');
    }
    this.#prefaceLeft -= bytes;
    return bytes;
  }

  #fillHeader(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#header, this.#headerFilled, at);
    this.#headerFilled += copied;
    if (this.#headerFilled === FRAME_HEADER_BYTES) {
      this.#headerFilled = 0;
      const { kind, bytes } = this.#read(this.#header, 0);
      if (bytes === 0) this.#onFrame(kind, this.#header, 0, 0);
      else this.#begin(kind, bytes);
    }
    return at + copied;
  }

  #fill(unfinished: Unfinished, chunk: Buffer, at: number): number {
    const { kind, body } = unfinished;
    const copied = chunk.copy(body, unfinished.filled, at);
    unfinished.filled += copied;
    if (unfinished.filled === body.length) {
      this.#unfinished = undefined;
      this.#onFrame(kind, body, 0, body.length);
    }
    return at + copied;
  }

  #begin(kind: FrameKind, bytes: number): void {
    this.#unfinished = { kind, body: Buffer.allocUnsafeSlow(bytes), filled: 0 };
  }

  #read(source: Buffer, at: number): { readonly kind: FrameKind; readonly bytes: number } {
    const bytes = source.readUInt32LE(at);
    const kind = frameKindOf(source.readUInt32LE(at + 4));
    if (bytes > this.#bodyBytesMax) {
      throw new CodecError(`a frame of ${bytes} bytes, where at most ${this.#bodyBytesMax} are accepted`);
    }
    return { kind, bytes };
  }
}
