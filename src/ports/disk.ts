/** An open file. Offsets and lengths in bytes. */
export interface DiskFile {
  /** The bytes at `offset`; fewer at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The same, at once: for short reads of what the page cache holds. */
  readSync(offset: number, length: number): Uint8Array;
  write(offset: number, data: Uint8Array): Promise<void>;
  /** Makes data, and what is needed to find it, durable (fdatasync). */
  datasync(): Promise<void>;
  /** Makes data and metadata durable (fsync). */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/**
 * A folder of files, as the log needs it. A real disk's unsynced writes survive a crash sector by sector, in any
 * combination; unsynced names (create, rename, remove) may be lost until the folder is synced.
 */
export interface Disk {
  list(): Promise<readonly string[]>;
  /** `create`: a new file, an error if the name is taken. `write`: an existing one, for reading and writing. */
  open(name: string, mode: 'read' | 'write' | 'create'): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Makes names durable. */
  syncFolder(): Promise<void>;
  /** Holds the folder against other processes. @throws when another one holds it */
  lock(): Promise<{ release(): Promise<void> }>;
}
