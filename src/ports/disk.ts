/** An open file. Offsets and lengths in bytes. */
export interface DiskFile {
  /**
   * Reads bytes at `offset`; fewer at the end of the file.
   *
   * @param memory of at least `length` bytes, which the result may use
   */
  read(offset: number, length: number, memory?: Buffer): Promise<Uint8Array>;
  /** Synchronous, for short reads of data in the page cache. */
  readSync(offset: number, length: number): Uint8Array;
  write(offset: number, data: Uint8Array): Promise<void>;
  /** Writes data and makes it durable, with the metadata that locates it (O_DSYNC). An earlier `write` is not covered. */
  writeThrough(offset: number, data: Uint8Array): Promise<void>;
  /**
   * The same for data after which the file has only zeros, or what may be lost: up to 4 KiB after it may be overwritten
   * with zeros. One call at a time, and no other write meanwhile.
   */
  appendThrough(offset: number, data: Uint8Array): Promise<void>;
  /** The same before it returns: the process does nothing else until the disk has answered. */
  appendThroughSync(offset: number, data: Uint8Array): void;
  /** Makes data durable, with the metadata that locates it (fdatasync). */
  datasync(): Promise<void>;
  /** Makes data and metadata durable (fsync). */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/**
 * A folder of files, as the log uses it. After a crash, any combination of the sectors of unsynced writes may be on the
 * disk. Unsynced names (create, rename, remove) may be lost until the folder is synced.
 */
export interface Disk {
  list(): Promise<readonly string[]>;
  /** `create`: a new file; fails if the name is taken. `write`: an existing file, for reading and writing. */
  open(name: string, mode: 'read' | 'write' | 'create'): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Makes names durable. */
  syncFolder(): Promise<void>;
  /** Locks the folder against other processes. @throws if another process has the lock */
  lock(): Promise<{ release(): Promise<void> }>;
}
