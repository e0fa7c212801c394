import { chmod, mkdir, open, rm, statfs } from 'node:fs/promises';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { EngineReclaimError } from '../../ports/engine.js';
import { asError } from '../../util/error.js';
import type { LmdbFile } from './lmdb-file.js';
import { DATA_FILE } from './native.js';
import { reserveSpace } from './reserved-space.js';

/** In the folder of a generation: the copy, and its lock file for the time that the process uses it. */
const COPY_FOLDER = 'compacted';
/** Space that is left for the log, in bytes. */
const SPARE_BYTES = 16 * 1024 * 1024;
/** A meta page names the state after each of the last two commits: see checkMeta. */
const COMMITS = 2;

/** Removes what an earlier process left of a copy. */
export async function removeCopy(folder: string): Promise<void> {
  await rm(join(folder, COPY_FOLDER), { recursive: true, force: true });
}

/**
 * Copies the rows of a database to a new file without free pages, and puts it in the place of the old one, which remains open. The
 * caller writes nothing meanwhile. A crash leaves the old file or the new one.
 * @returns the new file; its name is durable once the folder is synced
 * @throws EngineReclaimError if the old file is still in its place
 */
export async function replaceByCopy(
  file: LmdbFile,
  folder: string,
  openFile: (folder: string) => LmdbFile,
): Promise<LmdbFile> {
  let copy: LmdbFile | undefined;
  try {
    await removeCopy(folder);
    await assertSpace(folder, file.usedBytes);
    const copyFolder = join(folder, COPY_FOLDER);
    await mkdir(copyFolder, { mode: 0o700 });
    await reserveSpace(copyFolder, false);
    await file.db.backup(copyFolder, true);
    await makeDurable(join(copyFolder, DATA_FILE));
    copy = openFile(copyFolder);
    assertSame(copy, file);
    for (let commit = 0; commit < COMMITS; commit++) {
      const committed = await copy.writer.write(new Uint8Array(0), true);
      if (committed !== undefined) copy.committed(committed);
    }
    renameSync(join(copyFolder, DATA_FILE), join(folder, DATA_FILE));
    return copy;
  } catch (error) {
    await copy?.close();
    await removeCopy(folder);
    throw new EngineReclaimError(`the file of the engine could not be copied: ${asError(error).message}`, {
      cause: error,
    });
  }
}

async function assertSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + SPARE_BYTES) return;
  throw new Error(`a copy needs ${bytes + SPARE_BYTES} bytes of disk space, and ${free} are free`);
}

function assertSame(copy: LmdbFile, file: LmdbFile): void {
  const [copied, rows] = [copy.db.getStats().entryCount, file.db.getStats().entryCount];
  if (copied !== rows) throw new Error(`the copy has ${copied} rows, and not ${rows}`);
}

async function makeDurable(path: string): Promise<void> {
  await chmod(path, 0o600);
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
