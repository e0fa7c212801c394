import type { EngineOperation } from '../../ports/engine.js';
import { CHECKSUM_BYTES, Sealer } from '../checksum.js';
import { isLong, longKeyOf, writeShort } from './stored-keys.js';
import { Change } from './writer-program.js';

/** Operations that are encoded in one turn of the event loop, unless they are large: a few milliseconds of work. */
const SLICE_OPERATIONS = 2048;
/** Bytes of keys and values after which a slice ends. */
const SLICE_BYTES = 512 * 1024;
/** Kind, and two lengths. */
const HEAD_BYTES = 9;
const NONE: readonly Buffer[] = [];

export interface Slice {
  readonly bytes: Uint8Array;
  /** Whether there may be more operations. */
  readonly more: boolean;
}

/** Encodes the operations of batches, in slices. See WRITER_PROGRAM for the format. */
export class SliceEncoder {
  readonly #sealer = new Sealer();
  #bytes = Buffer.alloc(0);
  #end = 0;

  /**
   * Takes operations up to the end of a slice.
   * @returns bytes of its own, which can be given to another thread
   */
  encode(operations: Iterator<EngineOperation>): Slice {
    // Most batches are small.
    this.#bytes = Buffer.from(new ArrayBuffer(4096));
    this.#end = 0;
    let more = true;
    for (let taken = 0; more && taken < SLICE_OPERATIONS && this.#end < SLICE_BYTES; taken++) {
      const { done, value: operation } = operations.next();
      if (done === true) more = false;
      else this.#add(operation);
    }
    return { bytes: this.#bytes.subarray(0, this.#end), more };
  }

  #add(operation: EngineOperation): void {
    const { key } = operation;
    const isPut = operation.type === 'put';
    const long = isLong(key) ? longKeyOf(key) : undefined;
    const links = long?.links ?? NONE;
    const linkBytes = long === undefined ? 0 : links.reduce((sum, link) => sum + 4 + link.length, 4);
    const keyBytes = long?.stored.length ?? key.length + 1;
    const valueBytes = isPut ? operation.value.length + CHECKSUM_BYTES : 0;
    const bytes = this.#room(HEAD_BYTES + keyBytes + valueBytes + linkBytes);
    let at = this.#end;
    if (long === undefined) bytes[at] = isPut ? Change.put : Change.remove;
    else bytes[at] = isPut ? Change.putLong : Change.removeLong;
    bytes.writeUInt32LE(keyBytes, at + 1);
    bytes.writeUInt32LE(valueBytes, at + 5);
    at += HEAD_BYTES;
    const stored = bytes.subarray(at, at + keyBytes);
    if (long === undefined) writeShort(key, stored);
    else stored.set(long.stored);
    at += keyBytes;
    if (isPut) bytes.set(this.#sealer.seal(stored, operation.value), at);
    at += valueBytes;
    if (long !== undefined) at = writeLinks(bytes, at, links);
    this.#end = at;
  }

  #room(needed: number): Buffer {
    if (this.#end + needed > this.#bytes.length) {
      const grown = Buffer.from(new ArrayBuffer(Math.max(2 * this.#bytes.length, this.#end + needed)));
      this.#bytes.copy(grown, 0, 0, this.#end);
      this.#bytes = grown;
    }
    return this.#bytes;
  }
}

function writeLinks(bytes: Buffer, start: number, links: readonly Buffer[]): number {
  let at = bytes.writeUInt32LE(links.length, start);
  for (const link of links) {
    at = bytes.writeUInt32LE(link.length, at);
    bytes.set(link, at);
    at += link.length;
  }
  return at;
}
