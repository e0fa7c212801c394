import { open } from 'node:fs/promises';
import { readArchive } from '../../kv/snapshot/archive-reader.js';
import { summarize } from '../../kv/snapshot/import.js';
import type { SnapshotPart } from '../../kv/snapshot/reader.js';
import { SnapshotDamageError } from '../../ports/snapshot.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { ConfigError } from '../settings/urls.js';

/** Bytes of one read. */
const CHUNK_BYTES = 256 * 1024;

export interface SnapshotFileOptions {
  readonly file: string;
  /** If false, the SHA-256 at the end may be missing or wrong. The content before it is checked in any case. */
  readonly checkDigest?: boolean;
}

/** The properties of a snapshot file that `raftkv snapshot status` prints. */
export interface SnapshotStatus {
  /** The hash that HashKV returned at this revision. */
  readonly hash: number;
  readonly revision: number;
  /** Number of keys at this revision. */
  readonly totalKeys: number;
  /** Size of the file, in bytes. */
  readonly totalSize: number;
}

/** Reads a whole snapshot. @throws ConfigError with one line, if it is not a snapshot or incomplete */
export async function snapshotStatus(options: SnapshotFileOptions): Promise<SnapshotStatus> {
  return await explained(options.file, async () => {
    const read = { bytes: 0 };
    const { header, keys, hash } = await summarize(snapshotParts(options, (bytes) => (read.bytes += bytes)));
    return { hash, revision: header.meta.revision, totalKeys: keys, totalSize: read.bytes };
  });
}

/** Reads the parts of a snapshot. It is complete if they end without an error. @throws SnapshotDamageError */
export function snapshotParts(
  { file, checkDigest = true }: SnapshotFileOptions,
  onRead: (bytes: number) => void = () => undefined,
): AsyncGenerator<SnapshotPart, void, undefined> {
  return readArchive(chunksOf(file, onRead), { checkDigest });
}

/** Runs a reader of a snapshot, and turns errors of the content into one line. @throws ConfigError */
export async function explained<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SnapshotDamageError) throw new ConfigError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** @throws ConfigError with one line, if the file cannot be read */
async function* chunksOf(path: string, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await readable(path, open(path, 'r'));
  try {
    for (;;) {
      // A new buffer for each read, as readers keep views of it.
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
