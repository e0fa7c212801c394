import { open, realpath, rename, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError, systemReason } from '../util/system-error.js';
import { CommandError } from './streams.js';

export interface ReplaceOptions {
  /** Where the new file is written until it is complete: beside the old one, with this at the end of its name. */
  readonly suffix: string;
  /** What becomes of a file that is there already under that name. */
  readonly leftover: 'refuse' | 'overwrite';
  readonly mode?: number;
}

/**
 * Writes beside the file, and puts the new one in its place once it is on disk: whoever reads the name finds the old
 * file or the new one, whole. A link stays, and leads to the new one.
 * @throws CommandError where the file cannot be written; and whatever `fill` throws
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
  // The rename itself is in the directory.
  const directory = await open(dirname(path), 'r');
  await directory.sync();
  await directory.close();
}

/** The file itself, where links lead to one. A device or a pipe would be gone if a file took its place. */
async function targetOf(path: string): Promise<string> {
  let target: string;
  try {
    target = await realpath(path);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return path;
    throw error;
  }
  const found = await stat(target);
  if (found.isDirectory()) throw new CommandError(`${path} is a directory: name a file`);
  if (!found.isFile())
    throw new CommandError(`${path} is no ordinary file, and would be replaced by one: name another`);
  return target;
}

function unwritable(path: string, error: NodeJS.ErrnoException): CommandError {
  // What was to be written does not exist yet in any case.
  const reason = error.code === 'ENOENT' ? `the directory ${dirname(path)} does not exist` : systemReason(error);
  return new CommandError(`${path} cannot be written: ${reason}`, { cause: error });
}
