import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../util/system-error.js';
import { LOCK_FILE, LOCK_FILE_BYTES, PAGE_BYTES } from './native.js';

/** What LMDB writes when it makes a database: its two meta pages, and some room. */
const FIRST_BYTES = 16 * PAGE_BYTES;
const PROBE_FILE = 'probe';

/**
 * Takes the space that LMDB needs to open a database, before it does: it maps its lock file with holes in it, and a process that
 * writes to a hole on a full disk ends with a signal.
 * @throws the error of the system if there is no space
 */
export async function reserveSpace(folder: string, isNew: boolean): Promise<void> {
  const lock = join(folder, LOCK_FILE);
  if (!(await isWhole(lock))) await writeZeros(lock, 0, LOCK_FILE_BYTES);
  if (!isNew) return;
  const probe = join(folder, PROBE_FILE);
  try {
    await writeZeros(probe, 0, FIRST_BYTES);
  } finally {
    await rm(probe, { force: true });
  }
}

async function isWhole(path: string): Promise<boolean> {
  try {
    const { size, blocks } = await stat(path);
    return size >= LOCK_FILE_BYTES && blocks * 512 >= LOCK_FILE_BYTES;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * The error of the system when a file grows by as much as LMDB writes at once; undefined if it can. LMDB reports a write that was
 * cut short, as the first one on a full disk is, as EIO.
 */
export async function growthError(path: string, bytes: number): Promise<NodeJS.ErrnoException | undefined> {
  try {
    const { size } = await stat(path);
    try {
      await writeZeros(path, size, bytes);
    } finally {
      await truncateTo(path, size);
    }
  } catch (error) {
    if (isSystemError(error)) return error;
    throw error;
  }
  return undefined;
}

async function writeZeros(path: string, from: number, bytes: number): Promise<void> {
  await withFile(path, from === 0 ? 'w' : 'r+', async (file) => {
    const zeros = Buffer.alloc(bytes);
    for (let at = 0; at < bytes;) at += (await file.write(zeros, at, bytes - at, from + at)).bytesWritten;
    await file.sync();
  });
}

async function truncateTo(path: string, bytes: number): Promise<void> {
  await withFile(path, 'r+', (file) => file.truncate(bytes));
}

async function withFile(path: string, flags: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
