import { ConnectionError, ErrorCode } from './errors.js';
import { Flag, FRAME_HEADER_BYTES } from './frames.js';

const STREAM_ID_MASK = 0x7fff_ffff;

/** One frame where it lies in the bytes received. A reader has one of these, which it moves from frame to frame. */
export class Frame {
  type = 0;
  flags = 0;
  streamId = 0;
  bytes: Buffer = EMPTY;
  /** Where the payload begins in `bytes`. */
  begin = 0;
  /** Where it ends. */
  end = 0;

  /** The reserved bit of the stream is ignored (RFC 9113, section 4.1). */
  place(bytes: Buffer, at: number, end: number): void {
    this.type = bytes[at + 3] ?? 0;
    this.flags = bytes[at + 4] ?? 0;
    this.streamId = uint32(bytes, at + 5) & STREAM_ID_MASK;
    this.bytes = bytes;
    this.begin = at + FRAME_HEADER_BYTES;
    this.end = end;
  }

  get length(): number {
    return this.end - this.begin;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** A view of the payload, which stays valid. */
  payload(): Buffer {
    return this.bytes.subarray(this.begin, this.end);
  }

  /** The 32 bits at an offset of the payload, unsigned. */
  uint32(offset: number): number {
    return uint32(this.bytes, this.begin + offset) >>> 0;
  }

  /** Removes padding (section 6.1). @throws ConnectionError if the padding is longer than the frame */
  unpad(): void {
    if (!this.has(Flag.PADDED)) return;
    const padding = this.bytes[this.begin] ?? 0;
    if (padding >= this.length) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, 'padding longer than its frame');
    }
    this.begin += 1;
    this.end -= padding;
  }
}

const EMPTY = Buffer.alloc(0);

function uint32(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}
