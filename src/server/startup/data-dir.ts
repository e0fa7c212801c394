import { constants } from 'node:fs';
import { access, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  createFolder,
  currentGeneration,
  isGeneration,
  syncFolder,
  type EngineName,
} from '../../engine/home/generations.js';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { segmentNames } from '../../wal/segment.js';
import { checkRemains, type Remains } from '../integrity/data-check.js';
import { ConfigError } from '../settings/urls.js';

/** The folders of one member's data. */
export interface DataDir {
  readonly root: string;
  readonly wal: string;
  readonly engine: string;
  /** Whether there is a log, which shows that a member was started here before. */
  readonly hasLog: boolean;
  /** Whether the member has taken part in its cluster: none of its data may be missing. */
  readonly started: boolean;
  /** The snapshot from which the data was restored; undefined if the member began empty. */
  readonly origin: string | undefined;
  /** The settings that name the folders. */
  readonly places: DataPlaces;
}

export interface DataPlaces {
  readonly dataDir: string;
  /** The engine that the settings name. Default: the one that the directory has. */
  readonly storageEngine?: EngineName;
  /** A folder for the log alone. Default: `wal` in the data directory. */
  readonly walDir?: string | undefined;
}

/** Created at the end of the first start. */
const STARTED_FILE = 'started';

/** Written by a restore: the id of the cluster depends on it. */
const ORIGIN_FILE = 'restored-from';

/**
 * Looks at the data directory, and changes nothing.
 * @throws ConfigError, DataMismatchError with one line that says what to do
 */
export async function inspectDataDir(places: DataPlaces): Promise<DataDir> {
  const { dataDir, walDir } = places;
  const root = resolve(dataDir);
  const wal = walDir === undefined ? join(root, 'wal') : resolve(walDir);
  const entries = await usableEntries(root, `--data-dir ${dataDir}`);
  if (walDir !== undefined) await usableEntries(wal, `--wal-dir ${walDir}`);
  if (entries.includes('member') && !entries.includes('engine')) {
    throw new ConfigError(
      `--data-dir ${dataDir} holds the data of etcd, which raftkv cannot read: name another directory`,
    );
  }
  const dir = {
    root,
    wal,
    engine: join(root, 'engine'),
    hasLog: await hasLog(wal),
    started: entries.includes(STARTED_FILE),
    origin: entries.includes(ORIGIN_FILE) ? (await readFile(join(root, ORIGIN_FILE), 'utf8')).trim() : undefined,
    places,
  };
  if (!dir.hasLog) await checkLogFolder(dir);
  const { hasLog: log, started } = dir;
  checkRemains({ log, started, engine: await engineRemains(dir.engine) }, `--data-dir ${dataDir}`);
  await checkEngineName(dir);
  return dir;
}

/**
 * Refuses a store whose log is missing from its folder.
 * @throws ConfigError with advice about --wal-dir
 */
async function checkLogFolder({ root, wal, engine, places: { dataDir, walDir } }: DataDir): Promise<void> {
  if ((await currentGeneration(engine)) === undefined) return;
  const own = join(root, 'wal');
  if (walDir !== undefined && (await hasLog(own))) {
    throw new ConfigError(
      `--wal-dir ${walDir} holds no log, and ${own} does: move its files there, or leave --wal-dir out`,
    );
  }
  const advice =
    walDir === undefined
      ? 'if the log is in a folder of its own, name it with --wal-dir'
      : 'name the folder of its log';
  throw new ConfigError(
    `--data-dir ${dataDir} holds a store, but ${wal} holds no log: ${advice}; ` +
      `if the log is lost, ${REBUILD_ADVICE}`,
  );
}

/** @throws ConfigError if the directory has another engine than the settings name */
async function checkEngineName({ engine, places: { dataDir, storageEngine } }: DataDir): Promise<void> {
  const current = await currentGeneration(engine);
  if (current === undefined || storageEngine === undefined || current.engine === storageEngine) return;
  throw new ConfigError(
    `--data-dir ${dataDir} has the storage engine ${current.engine}, not ${storageEngine}: set --storage-engine to ` +
      `${current.engine}, or convert the data with raftkv migrate-engine ${dataDir} --to ${storageEngine}`,
  );
}

async function engineRemains(folder: string): Promise<Remains['engine']> {
  const names = await namesIn(folder);
  if (names.includes('CURRENT')) return 'present';
  return names.some(isGeneration) ? 'unnamed' : 'missing';
}

async function hasLog(folder: string): Promise<boolean> {
  return segmentNames(await namesIn(folder)).segments.length > 0;
}

/** The names in a folder; none if it does not exist. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}

/** The names in a directory that exists and is writable, or that can be created. @throws ConfigError */
async function usableEntries(folder: string, setting: string): Promise<readonly string[]> {
  const found = await kindOf(folder, setting);
  if (found === 'file') throw new ConfigError(`${setting} is a file: name a directory`);
  await checkWritable(found === 'missing' ? await nearestExisting(folder, setting) : folder, setting);
  return found === 'missing' ? [] : await entriesOf(folder, setting);
}

/**
 * Checks whether a directory can be created at a path, and changes nothing.
 * @param flag the setting that names the path
 * @returns its absolute path. @throws ConfigError with one line that says what to do
 */
export async function inspectEmptyDir(path: string, flag = '--data-dir'): Promise<string> {
  const setting = `${flag} ${path}`;
  const named = resolve(path);
  const found = await kindOf(named, setting);
  if (found === 'file') throw new ConfigError(`${setting} is a file: name a directory`);
  // A directory cannot take the place of a link.
  const root = found === 'directory' ? await realpath(named) : named;
  if (found === 'directory') {
    if ((await stat(root)).dev !== (await stat(dirname(root))).dev) throw mountPoint(setting);
    if ((await entriesOf(root, setting)).length > 0) {
      throw new ConfigError(`${setting} is not empty, and is left as it is: name another, or remove it`);
    }
  }
  await checkWritable(await nearestExisting(root, setting), setting);
  return root;
}

/** A mount point cannot be replaced by a directory. */
export function mountPoint(setting: string, cause?: Error): ConfigError {
  return new ConfigError(
    `${setting} is a mount point, and a restore puts the whole directory in place: name one below it`,
    { cause },
  );
}

/** Records the snapshot from which a data directory is made. The caller makes the file's name durable. */
export async function writeOrigin(root: string, origin: string): Promise<void> {
  const file = await open(join(root, ORIGIN_FILE), 'wx', 0o600);
  try {
    await file.writeFile(`${origin}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Records, durably, that the member takes part in its cluster from now on. */
export async function markStarted({ root, started }: DataDir): Promise<void> {
  if (started) return;
  const file = await open(join(root, STARTED_FILE), 'w', 0o600);
  await file.close();
  await syncFolder(root);
}

/**
 * Creates the folders and makes their names durable: a file is lost if the name of its folder is.
 * @throws ConfigError if the system refuses
 */
export async function createDataDir({ root, wal, engine, places: { dataDir, walDir } }: DataDir): Promise<void> {
  await creating(`--data-dir ${dataDir}`, async () => {
    for (const path of [root, engine]) await createFolder(path);
  });
  await creating(walDir === undefined ? `--data-dir ${dataDir}` : `--wal-dir ${walDir}`, () => createFolder(wal));
  // Again: an earlier start may have been killed after it made them.
  await syncFolder(root);
}

async function creating(setting: string, create: () => Promise<void>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // A file system that refuses new names, such as /proc, reports that they do not exist.
    const reason = error.code === 'ENOENT' ? 'its file system takes no new directories' : systemReason(error);
    throw new ConfigError(`${setting} cannot be created: ${reason}`, { cause: error });
  }
}

async function kindOf(path: string, setting: string): Promise<'missing' | 'directory' | 'file'> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    const code = isSystemError(error) ? error.code : undefined;
    if (code === 'ENOENT') return 'missing';
    if (code === 'ENOTDIR') return 'file';
    throw unreadable(setting, error);
  }
}

async function entriesOf(folder: string, setting: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw unreadable(setting, error);
  }
}

function unreadable(setting: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  return new ConfigError(`${setting} cannot be read: ${systemReason(error)}`, { cause: error });
}

async function nearestExisting(path: string, setting: string): Promise<string> {
  let candidate = dirname(path);
  while ((await kindOf(candidate, setting)) === 'missing') candidate = dirname(candidate);
  return candidate;
}

async function checkWritable(existing: string, setting: string): Promise<void> {
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = isSystemError(error) && error.code !== 'EACCES' ? systemReason(error) : `no permission to write`;
    throw new ConfigError(`${setting}: ${why} in ${existing}: change its owner or name another`);
  }
}
