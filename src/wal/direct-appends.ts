import * as fs from 'node:fs';
import type { DirectMemory } from './direct-memory.js';

export interface DirectAppendsOptions {
  readonly memory: DirectMemory;
  /** Opened with O_DIRECT and O_DSYNC. Closed by `close`. */
  readonly descriptor: number;
  /** Reads the bytes before an append that are in its first block. */
  readonly read: (offset: number, length: number) => Uint8Array;
}

/**
 * Durable appends to a file that has its blocks already, past the page cache: the processor time of a copy, of a page and
 * of its writing is saved. Whole blocks are written: the end of the data before, which is kept in memory, and zeros after
 * the data.
 */
export class DirectAppends {
  readonly #options: DirectAppendsOptions;
  /** Offset up to which the memory holds the last block, while this is its holder. */
  #end = -1;

  constructor(options: DirectAppendsOptions) {
    this.#options = options;
  }

  /** Whether an append can be made now. Others go through the page cache. */
  takes(offset: number, data: Uint8Array): boolean {
    const { memory } = this.#options;
    return !memory.busy && (offset % memory.blockBytes) + data.length <= memory.bytes.length;
  }

  /** @returns whether everything was written */
  appendSync(offset: number, data: Uint8Array): boolean {
    const { memory, descriptor } = this.#options;
    const start = this.#startOf(offset);
    const length = this.#fill(start, offset, data);
    return this.#wrote(
      start,
      offset + data.length,
      fs.writeSync(descriptor, memory.bytes, 0, length, start) === length,
    );
  }

  /** The same in the thread pool. */
  async append(offset: number, data: Uint8Array): Promise<boolean> {
    const { memory, descriptor } = this.#options;
    const start = this.#startOf(offset);
    const length = this.#fill(start, offset, data);
    memory.busy = true;
    const written = await new Promise<number>((resolve, reject) => {
      fs.write(descriptor, memory.bytes, 0, length, start, (error, count) => {
        memory.busy = false;
        if (error === null) resolve(count);
        else reject(error);
      });
    });
    return this.#wrote(start, offset + data.length, written === length);
  }

  /** The file is written by other means. */
  forget(): void {
    this.#end = -1;
  }

  close(): void {
    this.forget();
    fs.closeSync(this.#options.descriptor);
  }

  /** Offset of the block that holds an offset. */
  #startOf(offset: number): number {
    return offset - (offset % this.#options.memory.blockBytes);
  }

  /** Lays the blocks of an append into the memory. @returns their length */
  #fill(start: number, offset: number, data: Uint8Array): number {
    const { memory, read } = this.#options;
    const isKept = memory.holder === this && this.#end === offset;
    if (!isKept && start < offset) memory.bytes.set(read(start, offset - start));
    memory.holder = this;
    // Until the write has succeeded, the file may hold something else.
    this.#end = -1;
    memory.bytes.set(data, offset - start);
    const length = offset + data.length - start;
    const wholeBytes = Math.ceil(length / memory.blockBytes) * memory.blockBytes;
    memory.bytes.fill(0, length, wholeBytes);
    return wholeBytes;
  }

  /** Keeps the last block for the next append. */
  #wrote(start: number, end: number, isWhole: boolean): boolean {
    if (!isWhole) return false;
    const { bytes } = this.#options.memory;
    const last = this.#startOf(end);
    if (last > start) bytes.copyWithin(0, last - start, end - start);
    this.#end = end;
    return true;
  }
}
