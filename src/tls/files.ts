import { readFileSync, statSync, type BigIntStats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isSystemError, systemReason } from '../util/system-error.js';

/** A file that a setting names. */
export interface NamedFile {
  readonly path: string;
  /** The setting, for messages: `--cert-file`. */
  readonly setting: string;
}

/** A file that cannot be used. The message is one line that names its setting. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError';

  constructor({ path, setting }: NamedFile, reason: string, options?: ErrorOptions) {
    super(`${setting} ${path} ${reason}`, options);
  }
}

/** @throws TlsFileError if the file cannot be read */
export async function readNamed(file: NamedFile): Promise<Buffer> {
  try {
    return await readFile(file.path);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * Identifies the content of a file: it changes with every replacement, rename or write.
 * @throws TlsFileError if there is no such file
 */
export async function stampOf(file: NamedFile): Promise<string> {
  try {
    return stampIn(await stat(file.path, { bigint: true }));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** As `stampOf`, at once. */
export function stampNow(file: NamedFile): string {
  try {
    return stampIn(statSync(file.path, { bigint: true }));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** As `readNamed`, at once. */
export function readNow(file: NamedFile): Buffer {
  try {
    return readFileSync(file.path);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function stampIn({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function unreadable(file: NamedFile, error: unknown): Error {
  if (!isSystemError(error)) throw error;
  return new TlsFileError(file, `cannot be read: ${systemReason(error)}`, { cause: error });
}
