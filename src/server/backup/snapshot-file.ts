import { open } from 'node:fs/promises';
import { readArchive } from '../../kv/snapshot/archive-reader.js';
import { summarize } from '../../kv/snapshot/import.js';
import type { SnapshotPart } from '../../kv/snapshot/reader.js';
import { SnapshotDamageError } from '../../ports/snapshot.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { ConfigError } from '../startup/urls.js';

/** Read from the disk at once, in bytes. */
const CHUNK_BYTES = 256 * 1024;

export interface SnapshotFileOptions {
  readonly file: string;
  /** False: the SHA-256 at the end may be missing or wrong. What stands before it is checked all the same. */
  readonly checkDigest?: boolean;
}

/** What `raftkv snapshot status` says of a file. */
export interface SnapshotStatus {
  /** What HashKV said of the member at this revision. */
  readonly hash: number;
  readonly revision: number;
  /** Keys that are there at this revision. */
  readonly totalKeys: number;
  /** Of the file, in bytes. */
  readonly totalSize: number;
}

/** Reads all of a snapshot. @throws ConfigError with one line, where it is none, or not whole */
export async function snapshotStatus(options: SnapshotFileOptions): Promise<SnapshotStatus> {
  return await explained(options.file, async () => {
    const read = { bytes: 0 };
    const { header, keys, hash } = await summarize(snapshotParts(options, (bytes) => (read.bytes += bytes)));
    return { hash, revision: header.meta.revision, totalKeys: keys, totalSize: read.bytes };
  });
}

/** The parts of a snapshot. It is whole if they come to an end. @throws SnapshotDamageError */
export function snapshotParts(
  { file, checkDigest = true }: SnapshotFileOptions,
  onRead: (bytes: number) => void = () => undefined,
): AsyncGenerator<SnapshotPart, void, undefined> {
  return readArchive(chunksOf(file, onRead), { checkDigest });
}

/** Runs what reads a snapshot; what is wrong with the content becomes one line. @throws ConfigError */
export async function explained<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SnapshotDamageError) throw new ConfigError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** @throws ConfigError with one line, where the file cannot be read */
async function* chunksOf(path: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await readable(path, open(path, 'r'));
  try {
    for (;;) {
      // Each in a buffer of its own: who reads them keeps views.
      const reading = file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, null);
      const { buffer, bytesRead } = await readable(path, reading);
      if (bytesRead === 0) return;
      onRead(bytesRead);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function readable<T>(path: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new ConfigError(`${path} cannot be read: ${systemReason(error)}`, { cause: error });
  }
}
