import type { Socket } from 'node:net';
import { FRAME_HEADER_BYTES, writeFrameHeader, type FrameHeader } from './frames.js';

const SLAB_BYTES = 64 * 1024;
/** Enough for a connection that is mostly idle, of which there may be thousands. */
const FIRST_SLAB_BYTES = 4 * 1024;
/** Largest piece that is copied into a slab with others, in bytes; larger ones are written as they are. */
export const COPY_BYTES_MAX = 4 * 1024;

/** The output of a connection. All bytes added in one turn are sent in one write. */
export class Output {
  readonly #socket: Socket;
  readonly #flushed: () => void;
  #slab: Buffer = Buffer.allocUnsafeSlow(FIRST_SLAB_BYTES);
  /** Bytes of the slab that earlier writes hold. */
  #begin = 0;
  #end = 0;
  #pieces: Uint8Array[] = [];
  #isScheduled = false;
  #bytes = 0;
  /** Bytes in the socket, by the last look: the socket's own count is slow to read. */
  #socketBytes = 0;

  /** @param flushed called after each write */
  constructor(socket: Socket, flushed: () => void) {
    this.#socket = socket;
    this.#flushed = flushed;
  }

  /** Bytes that the client has not taken, here and in the socket. */
  get untakenBytes(): number {
    return this.#bytes + this.#socketBytes;
  }

  frame(header: FrameHeader, payload: Uint8Array): void {
    this.frameHeader(header, payload.length);
    this.bytes(payload);
  }

  frameHeader(header: FrameHeader, length: number): void {
    const at = this.#reserve(FRAME_HEADER_BYTES);
    writeFrameHeader(this.#slab, at, header, length);
  }

  /** Adds bytes. Those of more than COPY_BYTES_MAX must not change afterwards, smaller ones are copied. */
  bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    if (length <= COPY_BYTES_MAX) {
      const at = this.#reserve(length);
      if (length > LOOP_BYTES_MAX) this.#slab.set(bytes, at);
      else for (let index = 0; index < length; index += 1) this.#slab[at + index] = bytes[index] ?? 0;
      return;
    }
    this.#seal();
    this.#pieces.push(bytes);
    this.#bytes += length;
    this.#schedule();
  }

  readonly flush = (): void => {
    this.#isScheduled = false;
    this.#seal();
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    this.#bytes = 0;
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    const last = pieces.pop() ?? NOTHING;
    if (pieces.length === 0) this.#socket.write(last, this.#written);
    else {
      this.#socket.cork();
      for (const piece of pieces) this.#socket.write(piece);
      this.#socket.write(last, this.#written);
      this.#socket.uncork();
    }
    this.#look();
    this.#flushed();
  };

  /** The system has taken what a flush wrote. Not called if the socket breaks. */
  readonly #written = (): void => {
    if (this.#socketBytes > 0) this.#look();
  };

  #look(): void {
    this.#socketBytes = this.#socket.writableLength;
    // The system has copied everything, so the slab can be filled again from its beginning.
    if (this.#socketBytes > 0 || this.#pieces.length > 0 || this.#end > this.#begin) return;
    this.#begin = 0;
    this.#end = 0;
  }

  #reserve(count: number): number {
    if (this.#end + count > this.#slab.length) {
      this.#seal();
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#begin = 0;
      this.#end = 0;
    }
    const at = this.#end;
    this.#end += count;
    this.#bytes += count;
    this.#schedule();
    return at;
  }

  /** Ends the current piece of the slab. */
  #seal(): void {
    if (this.#end === this.#begin) return;
    this.#pieces.push(this.#slab.subarray(this.#begin, this.#end));
    this.#begin = this.#end;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    process.nextTick(this.flush);
  }
}

const NOTHING = Buffer.alloc(0);
/** Up to so many bytes a loop copies faster than a call. */
const LOOP_BYTES_MAX = 32;
