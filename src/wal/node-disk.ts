import * as fs from 'node:fs';
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Disk, DiskFile } from '../ports/disk.js';
import { lockFolder } from './lock.js';
import type { FolderLock } from './lock.js';

/** A folder of the file system, through node:fs. It is created by `lock`. */
export class NodeDisk implements Disk {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  async list(): Promise<readonly string[]> {
    try {
      return (await readdir(this.folder)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async open(name: string, mode: 'read' | 'write' | 'create'): Promise<DiskFile> {
    return new NodeFile(await openDescriptor(this.#path(name), FLAGS[mode]));
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(this.#path(from), this.#path(to));
  }

  async remove(name: string): Promise<void> {
    await unlink(this.#path(name));
  }

  async syncFolder(): Promise<void> {
    await syncFolder(this.folder);
  }

  async lock(): Promise<FolderLock> {
    const made = await mkdir(this.folder, { recursive: true, mode: 0o700 });
    // The name of each new folder is made durable, up to the first one that existed.
    if (made !== undefined) {
      for (let child = this.folder; child !== dirname(made); child = dirname(child)) await syncFolder(dirname(child));
    }
    return lockFolder(this.folder);
  }

  #path(name: string): string {
    return join(this.folder, name);
  }
}

const FLAGS = { read: 'r', write: 'r+', create: 'wx+' } as const;

/** Uses the callback functions of node:fs: promises cost an object and a turn more for each call. */
class NodeFile implements DiskFile {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const target = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const count = await readPart({ descriptor: this.#descriptor, target, filled, position: offset + filled });
      if (count === 0) break;
      filled += count;
    }
    return target.subarray(0, filled);
  }

  readSync(offset: number, length: number): Uint8Array {
    const target = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const count = fs.readSync(this.#descriptor, target, filled, length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return target.subarray(0, filled);
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    let written = 0;
    // A full disk accepts a part of the data, and reports the error when the rest is written.
    while (written < data.length) {
      written += await writePart({ descriptor: this.#descriptor, data, written, position: offset + written });
    }
  }

  async datasync(): Promise<void> {
    await settle((callback) => fs.fdatasync(this.#descriptor, callback));
  }

  async sync(): Promise<void> {
    await settle((callback) => fs.fsync(this.#descriptor, callback));
  }

  async truncate(length: number): Promise<void> {
    await settle((callback) => fs.ftruncate(this.#descriptor, length, callback));
  }

  async size(): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#descriptor, (error, stats) => (error === null ? resolve(stats.size) : reject(error)));
    });
  }

  async close(): Promise<void> {
    await settle((callback) => fs.close(this.#descriptor, callback));
  }
}

async function settle(call: (callback: (error: Error | null | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

async function openDescriptor(path: string, flags: string): Promise<number> {
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

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
