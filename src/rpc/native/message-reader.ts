/** Length-prefixed messages of gRPC: a flag for compression, a length of 32 bits, and the message. */
export const PREFIX_BYTES = 5;

export interface RawMessage {
  readonly isCompressed: boolean;
  readonly bytes: Buffer;
  /** Bytes that it took on the stream, with its prefix. */
  readonly framedBytes: number;
}

/** A message that is not read. */
export type MessageProblem =
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'bad-flag'; readonly flag: number }
  | { readonly kind: 'incomplete' };

/**
 * Cuts the bytes of a stream into messages. Bytes that are added stay here until `next` returns their message; a message within
 * one chunk is a view of it.
 */
export class MessageReader {
  readonly #bytesMax: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes that are held. */
  get heldBytes(): number {
    return this.#bytes;
  }

  add(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** The next message; undefined if it is not complete. */
  next(): RawMessage | MessageProblem | undefined {
    if (this.#bytes < PREFIX_BYTES) return undefined;
    const prefix = this.#peek(PREFIX_BYTES);
    const flag = prefix[0] ?? 0;
    const length = prefix.readUInt32BE(1);
    if (flag > 1) return { kind: 'bad-flag', flag };
    if (length > this.#bytesMax) return { kind: 'too-large', bytes: length };
    const framedBytes = PREFIX_BYTES + length;
    if (this.#bytes < framedBytes) return undefined;
    const framed = this.#peek(framedBytes);
    this.#drop(framedBytes);
    return { isCompressed: flag === 1, bytes: framed.subarray(PREFIX_BYTES, framedBytes), framedBytes };
  }

  /** The first bytes as one buffer: chunks are joined only when a message spans them. */
  #peek(count: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= count) return first;
    if (count === PREFIX_BYTES) return Buffer.concat(this.#chunks.slice(0, PREFIX_BYTES), PREFIX_BYTES);
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? NOTHING;
  }

  #drop(count: number): void {
    this.#bytes -= count;
    const [first] = this.#chunks;
    if (first === undefined) return;
    if (first.length > count) this.#chunks[0] = first.subarray(count);
    else this.#chunks.shift();
  }
}

const NOTHING = Buffer.alloc(0);
