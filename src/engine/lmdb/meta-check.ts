import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import { isSystemError } from '../../util/system-error.js';
import { EngineOpenError } from '../errors.js';
import { DATA_FILE, PAGE_BYTES } from './native.js';
import {
  kindOf,
  NO_PAGE,
  numberOf,
  PageDamage,
  PageKind,
  readMeta,
  readPage,
  transactionOf,
  type Meta,
} from './page.js';

/**
 * Checks the two meta pages of a database before LMDB opens it, which trusts them: they have no checksum, and a process that
 * follows a wrong page number ends with a signal. Each page must name the state after one of the last two commits: every commit
 * writes the root of the rows, so the roots tell the transactions of the meta pages.
 * @param folder the folder of a generation
 * @throws EngineOpenError if the file is missing, foreign or damaged
 */
export async function checkMeta(folder: string): Promise<Meta> {
  const path = join(folder, DATA_FILE);
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error;
    throw damaged(`${folder} is in use but holds no database`);
  }
  try {
    return await checked(file);
  } catch (error) {
    if (error instanceof PageDamage) throw damaged(`${path} ${error.message}`);
    throw error;
  } finally {
    await file.close();
  }
}

function damaged(text: string): EngineOpenError {
  return new EngineOpenError('damaged', `${text}; ${REBUILD_ADVICE}`);
}

async function checked(file: FileHandle): Promise<Meta> {
  const { size } = await file.stat();
  if (size < 2 * PAGE_BYTES) throw new PageDamage('is no file of LMDB');
  const metas = [readMeta(await readPage(file, 0)), readMeta(await readPage(file, 1))] as const;
  const [even, odd] = metas;
  for (const meta of metas) {
    if (meta.pageBytes !== PAGE_BYTES)
      throw new PageDamage(`has pages of ${meta.pageBytes} bytes, and not ${PAGE_BYTES}`);
    await checkRoot(file, meta, size);
  }
  const isNew = even.transaction === 0 && odd.transaction === 0;
  const areAdjacent = Math.abs(even.transaction - odd.transaction) === 1 && even.transaction % 2 === 0;
  if (!isNew && !areAdjacent) throw new PageDamage('has a damaged meta page');
  return even.transaction > odd.transaction ? even : odd;
}

async function checkRoot(file: FileHandle, { main, free, transaction, lastPage }: Meta, size: number): Promise<void> {
  for (const { root } of [main, free]) {
    if (root !== NO_PAGE && (root > lastPage || (root + 1) * PAGE_BYTES > size)) {
      throw new PageDamage('has a damaged meta page');
    }
  }
  if (main.root === NO_PAGE) {
    if (transaction > 0 || main.entries > 0) throw new PageDamage('has a damaged meta page');
    return;
  }
  const root = await readPage(file, main.root);
  const isTree = kindOf(root) === PageKind.branch || kindOf(root) === PageKind.leaf;
  if (numberOf(root) !== main.root || transactionOf(root) !== transaction || !isTree) {
    throw new PageDamage('has a meta page that names a damaged or an old page');
  }
}
