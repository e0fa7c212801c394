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
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file.path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: NamedFile, error: unknown): Error {
  if (!isSystemError(error)) throw error;
  return new TlsFileError(file, `cannot be read: ${systemReason(error)}`, { cause: error });
}
