import { open, rename, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface ReplaceOptions {
  /** Where the new file is written until it is complete, beside the old one. */
  readonly temporary: string;
  /** What becomes of a file that is there already under that name. */
  readonly leftover: 'refuse' | 'overwrite';
  readonly mode?: number;
}

/**
 * Writes beside the file, and puts the new one in its place once it is on disk: whoever reads the name finds the old
 * file or the new one, whole.
 */
export async function replaceFile(
  path: string,
  { temporary, leftover, mode }: ReplaceOptions,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
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
