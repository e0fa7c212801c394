import type { MessageProblem } from './message-problem.js';

/** Length-prefixed messages of gRPC: a flag for compression, a length of 32 bits, and the message. */
export const PREFIX_BYTES = 5;

export interface RawMessage {
  readonly isCompressed: boolean;
  readonly bytes: Buffer;
}

/** Smallest buffer for a part of a message, in bytes. */
const BUFFER_BYTES_MIN = 64;

/**
 * Cuts the bytes of a stream into messages. A message within one chunk is a view of it. Of a chunk that holds a part of a message
 * `keep` copies that part, so that a few bytes never hold on to a large chunk.
 */
export class MessageReader {
  readonly #bytesMax: number;
  /** Bytes of earlier chunks: the first `#bufferEnd` bytes of the buffer. */
  #buffer: Buffer = NOTHING;
  #bufferEnd = 0;
  #chunk: Buffer = NOTHING;
  #at = 0;
  #end = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Size of the buffer, in bytes. */
  get bufferBytes(): number {
    return this.#buffer.length;
  }

  /** No byte is left. */
  get isEmpty(): boolean {
    return this.#bufferEnd === 0 && this.#at === this.#end;
  }

  /** The next bytes: chunk[begin..end). `keep` must be called before the next ones. */
  add(chunk: Buffer, begin: number, end: number): void {
    this.#chunk = chunk;
    this.#at = begin;
    this.#end = end;
  }

  /** The next message; undefined if it is not complete. */
  next(): RawMessage | MessageProblem | undefined {
    return this.#bufferEnd > 0 ? this.#nextInBuffer() : this.#nextInChunk();
  }

  /** Copies what is left of the chunk. */
  keep(): void {
    if (this.#at < this.#end) this.#pull(this.#bufferEnd + this.#end - this.#at, Infinity);
    this.#chunk = NOTHING;
    this.#at = 0;
    this.#end = 0;
  }

  #nextInChunk(): RawMessage | MessageProblem | undefined {
    const available = this.#end - this.#at;
    if (available < PREFIX_BYTES) return undefined;
    const length = this.#lengthAt(this.#chunk, this.#at);
    if (typeof length !== 'number') return length;
    if (available < PREFIX_BYTES + length) return undefined;
    const begin = this.#at + PREFIX_BYTES;
    const isCompressed = this.#chunk[this.#at] === 1;
    this.#at = begin + length;
    return { isCompressed, bytes: this.#chunk.subarray(begin, begin + length) };
  }

  #nextInBuffer(): RawMessage | MessageProblem | undefined {
    this.#pull(PREFIX_BYTES);
    if (this.#bufferEnd < PREFIX_BYTES) return undefined;
    const length = this.#lengthAt(this.#buffer, 0);
    if (typeof length !== 'number') return length;
    const framedBytes = PREFIX_BYTES + length;
    this.#pull(framedBytes);
    if (this.#bufferEnd < framedBytes) return undefined;
    const message = { isCompressed: this.#buffer[0] === 1, bytes: this.#buffer.subarray(PREFIX_BYTES, framedBytes) };
    this.#bufferEnd -= framedBytes;
    this.#buffer = this.#bufferEnd === 0 ? NOTHING : this.#buffer.subarray(framedBytes);
    return message;
  }

  #lengthAt(bytes: Buffer, at: number): number | MessageProblem {
    const flag = bytes[at] ?? 0;
    const length = bytes.readUInt32BE(at + 1);
    if (flag > 1) return { kind: 'bad-flag', flag };
    if (length > this.#bytesMax) return { kind: 'too-large', bytes: length };
    return length;
  }

  /**
   * Moves bytes of the chunk to the buffer, until it has `upTo` bytes or the chunk is used up.
   * @param usefulMax bytes that the buffer needs at most
   */
  #pull(upTo: number, usefulMax = upTo): void {
    const count = Math.min(upTo - this.#bufferEnd, this.#end - this.#at);
    if (count <= 0) return;
    const needed = this.#bufferEnd + count;
    if (needed > this.#buffer.length) {
      // Twice as large each time, but never larger than what it is for.
      const size = Math.max(BUFFER_BYTES_MIN, needed, Math.min(usefulMax, 2 * this.#buffer.length));
      const larger = Buffer.allocUnsafeSlow(size);
      this.#buffer.copy(larger, 0, 0, this.#bufferEnd);
      this.#buffer = larger;
    }
    this.#chunk.copy(this.#buffer, this.#bufferEnd, this.#at, this.#at + count);
    this.#bufferEnd += count;
    this.#at += count;
  }
}

const NOTHING = Buffer.alloc(0);
