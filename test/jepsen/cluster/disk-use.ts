import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The unit of `blocks` in POSIX. */
const BLOCK_BYTES = 512;

/** Bytes that a folder occupies on its disk; 0 if it does not exist. Files may vanish meanwhile. */
export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await orGone(readdir(folder, { withFileTypes: true }), [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await sizeOf(path);
    else bytes += ((await orGone(stat(path), undefined))?.blocks ?? 0) * BLOCK_BYTES;
  }
  return bytes;
}

async function orGone<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise;
    throw error;
  }
}
