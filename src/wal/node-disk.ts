import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Disk, DiskFile } from '../ports/disk.js';
import { DirectMemory } from './direct-memory.js';
import { lockFolder } from './lock.js';
import type { FolderLock } from './lock.js';
import { NodeFile, openDescriptor } from './node-file.js';
import { OpenFiles } from './open-files.js';

/** A folder of the file system, through node:fs. It is created by `lock`. */
export class NodeDisk implements Disk {
  readonly folder: string;
  readonly #openFiles: OpenFiles;
  readonly #dsync: boolean;
  readonly #files = new Set<NodeFile>();
  readonly #isDirect: boolean;
  #memory: DirectMemory | undefined;

  constructor(
    folder: string,
    { openFilesMax = Infinity, dsync = process.platform === 'linux', direct = dsync }: NodeDiskOptions = {},
  ) {
    this.folder = resolve(folder);
    this.#dsync = dsync;
    this.#isDirect = direct;
    this.#openFiles = new OpenFiles(openFilesMax);
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
    const path = this.#path(name);
    const isDurable = this.#dsync && mode !== 'read';
    const durably = isDurable ? O_DSYNC : 0;
    const descriptor = await openDescriptor(path, FLAGS[mode] | durably);
    const file: NodeFile = new NodeFile({
      path,
      descriptor,
      flags: mode === 'read' ? O_RDONLY : O_RDWR | durably,
      isDurable,
      memory: isDurable ? this.#memory : undefined,
      openFiles: this.#openFiles,
      onClose: () => this.#files.delete(file),
    });
    this.#files.add(file);
    return file;
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(this.#path(from), this.#path(to));
    for (const file of this.#files) file.moved(this.#path(from), this.#path(to));
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
    const lock = await lockFolder(this.folder);
    if (this.#isDirect) this.#memory ??= DirectMemory.find(this.folder);
    return lock;
  }

  #path(name: string): string {
    return join(this.folder, name);
  }
}

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_DSYNC } = constants;

const FLAGS = { read: O_RDONLY, write: O_RDWR, create: O_RDWR | O_CREAT | O_EXCL } as const;

export interface NodeDiskOptions {
  /** Descriptors that stay open; files beyond them are opened again when they are used. Default: all. */
  readonly openFilesMax?: number;
  /**
   * Opens files with O_DSYNC, so that a durable write is one system call. Default: on Linux. Elsewhere O_DSYNC promises
   * less than the fdatasync of libuv, which asks the drive to write its cache.
   */
  readonly dsync?: boolean;
  /**
   * Appends past the page cache (O_DIRECT), if the file system takes such writes once the folder is locked. Default: as
   * `dsync`.
   */
  readonly direct?: boolean;
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
