import { open, realpath, rename, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { CommandError } from '../process/streams.js';

export interface ReplaceOptions {
  /** Appended to the name of the temporary file, which is written beside the target. */
  readonly suffix: string;
  /** Whether an existing temporary file is an error or is overwritten. */
  readonly leftover: 'refuse' | 'overwrite';
  readonly mode?: number;
}

/**
 * Replaces a file atomically: writes a temporary file, syncs it, and renames it. A reader finds the old file or the new
 * one, complete. A symbolic link is followed.
 * @throws CommandError if the file cannot be written, and any error of `fill`
 */
export async function replaceFile(
  path: string,
  options: ReplaceOptions,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    await replace(await targetOf(path), options, fill);
  } catch (error) {
    throw isSystemError(error) ? unwritable(path, error) : error;
  }
}

async function replace(
  path: string,
  { suffix, leftover, mode }: ReplaceOptions,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = `${path}${suffix}`;
  const file = await open(temporary, leftover === 'refuse' ? 'wx' : 'w', mode);
  try {
    await fill(file);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close();
    await unlink(temporary);
    throw error;
  }
  // Makes the rename durable.
  const directory = await open(dirname(path), 'r');
  await directory.sync();
  await directory.close();
}

/** The path after links are followed. Refuses devices and pipes, which the rename would replace by a file. */
async function targetOf(path: string): Promise<string> {
  let target: string;
  try {
    target = await realpath(path);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return path;
    throw error;
  }
  const found = await stat(target);
  if (found.isDirectory()) throw new CommandError(`${path} is a directory: choose a file`);
  if (!found.isFile()) throw new CommandError(`${path} is not a regular file: choose another`);
  return target;
}

function unwritable(path: string, error: NodeJS.ErrnoException): CommandError {
  // ENOENT can only mean the directory: the file itself need not exist.
  const reason = error.code === 'ENOENT' ? `the directory ${dirname(path)} does not exist` : systemReason(error);
  return new CommandError(`${path} cannot be written: ${reason}`, { cause: error });
}
