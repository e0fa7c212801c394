import { constants } from 'node:fs';
import { access, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createFolder, syncFolder } from '../../engine/level/generations.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { ConfigError } from './urls.js';

/** The folders of one member's data. */
export interface DataDir {
  readonly root: string;
  readonly wal: string;
  readonly engine: string;
  /** There is nothing in it yet. */
  readonly fresh: boolean;
  /** What the first state of the cluster was made from; undefined where it was empty. */
  readonly origin: string | undefined;
}

/** Written by a restore: the id of the cluster depends on it. */
const ORIGIN_FILE = 'restored-from';

/**
 * Looks at the data directory without changing anything.
 * @throws ConfigError with one line that says what to do
 */
export async function inspectDataDir(path: string): Promise<DataDir> {
  const root = resolve(path);
  const dirs = { root, wal: join(root, 'wal'), engine: join(root, 'engine') };
  const found = await lookAt(root);
  if (found === 'missing') {
    await checkWritable(await nearestExisting(root), path);
    return { ...dirs, fresh: true, origin: undefined };
  }
  if (found === 'file') throw new ConfigError(`--data-dir ${path} is a file: name a directory`);
  await checkWritable(root, path);
  const entries = await entriesOf(root, path);
  if (entries.includes('member') && !entries.includes('wal')) {
    throw new ConfigError(
      `--data-dir ${path} holds the data of etcd, which raftkv cannot read: name another directory`,
    );
  }
  const fresh = !entries.includes('wal') || (await readdir(dirs.wal)).length === 0;
  const origin = entries.includes(ORIGIN_FILE) ? (await readFile(join(root, ORIGIN_FILE), 'utf8')).trim() : undefined;
  return { ...dirs, fresh, origin };
}

/**
 * Looks whether a data directory can be made at a place, without changing anything.
 * @returns its absolute path. @throws ConfigError with one line that says what to do
 */
export async function inspectEmptyDir(path: string): Promise<string> {
  const named = resolve(path);
  const found = await lookAt(named);
  if (found === 'file') throw new ConfigError(`--data-dir ${path} is a file: name a directory`);
  // A directory cannot take the place of a link.
  const root = found === 'directory' ? await realpath(named) : named;
  if (found === 'directory') {
    if ((await stat(root)).dev !== (await stat(dirname(root))).dev) throw mountPoint(path);
    if ((await entriesOf(root, path)).length > 0) {
      throw new ConfigError(`--data-dir ${path} is not empty, and is left as it is: name another, or remove it`);
    }
  }
  await checkWritable(await nearestExisting(root), path);
  return root;
}

/** What is mounted cannot be replaced as a whole. */
export function mountPoint(path: string, cause?: Error): ConfigError {
  return new ConfigError(
    `--data-dir ${path} is a mount point, and a restore puts the whole directory in place: name one below it`,
    { cause },
  );
}

/** Notes, durably but for its name, what the first state in a data directory was made from. */
export async function writeOrigin(root: string, origin: string): Promise<void> {
  const file = await open(join(root, ORIGIN_FILE), 'wx', 0o600);
  try {
    await file.writeFile(`${origin}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Creates the folders, each name durable: what is synced inside of a folder goes where the folder's name goes. */
export async function createDataDir(dir: DataDir): Promise<void> {
  for (const path of [dir.root, dir.wal, dir.engine]) await createFolder(path);
  // Once more, in case an earlier start was killed between making them and this.
  await syncFolder(dir.root);
}

async function lookAt(path: string): Promise<'missing' | 'directory' | 'file'> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    const code = isSystemError(error) ? error.code : undefined;
    if (code === 'ENOENT') return 'missing';
    if (code === 'ENOTDIR') return 'file';
    throw unreadable(path, error);
  }
}

async function entriesOf(folder: string, path: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  return new ConfigError(`--data-dir ${path} cannot be read: ${systemReason(error)}`, { cause: error });
}

async function nearestExisting(path: string): Promise<string> {
  let candidate = dirname(path);
  while ((await lookAt(candidate)) === 'missing') candidate = dirname(candidate);
  return candidate;
}

async function checkWritable(existing: string, path: string): Promise<void> {
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch {
    throw new ConfigError(
      `--data-dir ${path}: no permission to write in ${existing}: change its owner or name another`,
    );
  }
}
