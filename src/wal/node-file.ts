import * as fs from 'node:fs';
import type { DiskFile } from '../ports/disk.js';
import { DirectAppends } from './direct-appends.js';
import type { DirectMemory } from './direct-memory.js';
import type { OpenFiles, RestingFile } from './open-files.js';

/** Uses the callback functions of node:fs: promises cost an object and a turn more for each call. */
export class NodeFile implements DiskFile, RestingFile {
  readonly #options: NodeFileOptions;
  #path: string;
  /** Undefined while the file rests. */
  #descriptor: number | undefined;
  /** Calls that use the descriptor. */
  #inUse = 0;
  #hasUnsyncedWrites = false;
  #direct: DirectAppends | undefined;

  constructor(options: NodeFileOptions) {
    this.#options = options;
    this.#path = options.path;
    this.#descriptor = options.descriptor;
    options.openFiles.use(this);
  }

  /** The file has another name, if it had the former one. */
  moved(from: string, to: string): void {
    if (this.#path === from) this.#path = to;
  }

  rest(): boolean {
    if (this.#descriptor === undefined) return true;
    if (this.#inUse > 0 || this.#hasUnsyncedWrites) return false;
    this.#closeDirect();
    fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
    return true;
  }

  async read(offset: number, length: number, memory?: Buffer): Promise<Uint8Array> {
    const target = memory?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length);
    let filled = 0;
    await this.#with(async (descriptor) => {
      while (filled < length) {
        const count = await readPart({ descriptor, target, filled, position: offset + filled });
        if (count === 0) break;
        filled += count;
      }
    });
    return target.subarray(0, filled);
  }

  readSync(offset: number, length: number): Uint8Array {
    const descriptor = this.#open();
    const target = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const count = fs.readSync(descriptor, target, filled, length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return target.subarray(0, filled);
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    this.#direct?.forget();
    this.#hasUnsyncedWrites = true;
    await this.#write(offset, data);
  }

  async writeThrough(offset: number, data: Uint8Array): Promise<void> {
    this.#direct?.forget();
    await this.#write(offset, data);
    if (!this.#options.isDurable) await this.datasync();
  }

  async appendThrough(offset: number, data: Uint8Array): Promise<void> {
    const direct = this.#directFor(offset, data);
    if (direct !== undefined && (await this.#with(() => direct.append(offset, data)))) return;
    await this.writeThrough(offset, data);
  }

  appendThroughSync(offset: number, data: Uint8Array): void {
    if (this.#directFor(offset, data)?.appendSync(offset, data) === true) return;
    this.#direct?.forget();
    const descriptor = this.#open();
    let written = 0;
    while (written < data.length)
      written += fs.writeSync(descriptor, data, written, data.length - written, offset + written);
    if (!this.#options.isDurable) fs.fdatasyncSync(descriptor);
  }

  async datasync(): Promise<void> {
    this.#hasUnsyncedWrites = false;
    await this.#with(async (descriptor) => await settle((callback) => fs.fdatasync(descriptor, callback)));
  }

  async sync(): Promise<void> {
    this.#hasUnsyncedWrites = false;
    await this.#with(async (descriptor) => await settle((callback) => fs.fsync(descriptor, callback)));
  }

  async truncate(length: number): Promise<void> {
    this.#direct?.forget();
    this.#hasUnsyncedWrites = true;
    await this.#with(async (descriptor) => await settle((callback) => fs.ftruncate(descriptor, length, callback)));
  }

  async size(): Promise<number> {
    return await this.#with(
      async (descriptor) =>
        await new Promise<number>((resolve, reject) => {
          fs.fstat(descriptor, (error, stats) => (error === null ? resolve(stats.size) : reject(error)));
        }),
    );
  }

  async close(): Promise<void> {
    const { openFiles, onClose } = this.#options;
    openFiles.remove(this);
    onClose();
    this.#closeDirect();
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) await settle((callback) => fs.close(descriptor, callback));
  }

  async #write(offset: number, data: Uint8Array): Promise<void> {
    await this.#with(async (descriptor) => {
      let written = 0;
      // A full disk accepts a part of the data, and reports the error when the rest is written.
      while (written < data.length) {
        written += await writePart({ descriptor, data, written, position: offset + written });
      }
    });
  }

  async #with<T>(run: (descriptor: number) => Promise<T>): Promise<T> {
    const descriptor = this.#open();
    this.#inUse += 1;
    try {
      return await run(descriptor);
    } finally {
      this.#inUse -= 1;
    }
  }

  /** The way past the page cache, if the file system has one and it takes this append. */
  #directFor(offset: number, data: Uint8Array): DirectAppends | undefined {
    const { memory } = this.#options;
    if (memory === undefined) return undefined;
    this.#open();
    this.#direct ??= this.#openDirect(memory);
    return this.#direct?.takes(offset, data) === true ? this.#direct : undefined;
  }

  /** Without a second descriptor, appends go through the page cache. */
  #openDirect(memory: DirectMemory): DirectAppends | undefined {
    const descriptor = tryOpen(this.#path, this.#options.flags | fs.constants.O_DIRECT);
    if (descriptor === undefined) return undefined;
    return new DirectAppends({ memory, descriptor, read: (offset, length) => this.readSync(offset, length) });
  }

  #closeDirect(): void {
    this.#direct?.close();
    this.#direct = undefined;
  }

  /** The descriptor, opened again if the file rests. */
  #open(): number {
    this.#descriptor ??= fs.openSync(this.#path, this.#options.flags);
    this.#options.openFiles.use(this);
    return this.#descriptor;
  }
}

interface NodeFileOptions {
  readonly path: string;
  readonly descriptor: number;
  /** For opening it again. */
  readonly flags: number;
  /** Whether every write is durable once it is done (O_DSYNC). */
  readonly isDurable: boolean;
  /** For appends past the page cache; undefined for none. */
  readonly memory: DirectMemory | undefined;
  readonly openFiles: OpenFiles;
  readonly onClose: () => void;
}

async function settle(call: (callback: (error: Error | null | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

function tryOpen(path: string, flags: number): number | undefined {
  try {
    return fs.openSync(path, flags);
  } catch {
    return undefined;
  }
}

export async function openDescriptor(path: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, 0o600, (error, descriptor) => (error === null ? resolve(descriptor) : reject(error)));
  });
}

interface ReadPart {
  readonly descriptor: number;
  readonly target: Buffer;
  readonly filled: number;
  readonly position: number;
}

async function readPart({ descriptor, target, filled, position }: ReadPart): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(descriptor, target, filled, target.length - filled, position, (error, count) =>
      error === null ? resolve(count) : reject(error),
    );
  });
}

interface WritePart {
  readonly descriptor: number;
  readonly data: Uint8Array;
  readonly written: number;
  readonly position: number;
}

async function writePart({ descriptor, data, written, position }: WritePart): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(descriptor, data, written, data.length - written, position, (error, count) =>
      error === null ? resolve(count) : reject(error),
    );
  });
}
