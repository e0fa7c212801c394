import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Logger } from '../../util/logger.js';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import { EngineOpenError } from '../errors.js';
import { createFolder, createGeneration, currentGeneration, stagedGeneration } from './generations.js';
import { pointTo, removeOtherGenerations, syncFolder } from './generations.js';
import { repairLogs } from './log-repair.js';
import { repairManifest } from './manifest.js';
import { nativeCode, nativeLevel } from './native.js';
import type { NativeLevel, NativeOptions } from './native.js';

export interface Opened {
  readonly level: NativeLevel;
  /** The generation's folder. */
  readonly folder: string;
}

export interface OpeningOptions {
  readonly directory: string;
  readonly native: NativeOptions;
  readonly logger: Logger;
}

/** Opens the current generation, or creates the first. Removes incomplete and replaced ones. @throws EngineOpenError */
export function openGeneration(options: OpeningOptions): Promise<Opened> {
  return explained(options, async (located) => {
    const { directory } = located;
    await createFolder(directory);
    const current = await currentGeneration(directory);
    const opened = current === undefined ? await openFirst(located) : await openExisting(located, current);
    await removeOtherGenerations(directory, [await currentGeneration(directory), await stagedGeneration(directory)]);
    return opened;
  });
}

/** Opens the staged generation, if there is one. @throws EngineOpenError */
export function openStagedGeneration(options: OpeningOptions): Promise<Opened | undefined> {
  return explained(options, async (located) => {
    const staged = await stagedGeneration(located.directory);
    return staged === undefined ? undefined : await openExisting(located, staged);
  });
}

/** Creates an empty generation. No pointer names it yet. @throws EngineOpenError */
export function openNewGeneration(options: OpeningOptions): Promise<Opened> {
  return explained(options, (located) => createEmpty(located));
}

async function explained<T>(options: OpeningOptions, open: (located: OpeningOptions) => Promise<T>): Promise<T> {
  const directory = resolve(options.directory);
  try {
    return await open({ ...options, directory });
  } catch (error) {
    throw error instanceof EngineOpenError ? error : openError(directory, error);
  }
}

async function createEmpty({ directory, native }: OpeningOptions): Promise<Opened> {
  const folder = join(directory, await createGeneration(directory));
  const level = nativeLevel(folder, native);
  await level.open({ createIfMissing: true });
  return { level, folder };
}

/** Creates the first generation. The pointer is written last, so an interrupted first start leaves nothing valid. */
async function openFirst(options: OpeningOptions): Promise<Opened> {
  const { directory } = options;
  await removeOtherGenerations(directory, []);
  const opened = await createEmpty(options);
  try {
    await syncFolder(opened.folder);
    await pointTo(directory, basename(opened.folder));
  } catch (error) {
    await opened.level.close();
    throw error;
  }
  return opened;
}

async function openExisting({ directory, native, logger }: OpeningOptions, name: string): Promise<Opened> {
  const folder = join(directory, name);
  if (!(await exists(join(folder, 'CURRENT')))) {
    throw new EngineOpenError('damaged', `${folder} is in use but holds no database; ${REBUILD_ADVICE}`);
  }
  await assertUnlocked(folder, native);
  await repairManifest(folder, logger);
  await repairLogs(folder, logger);
  const level = nativeLevel(folder, native);
  await level.open({ createIfMissing: false });
  // LevelDB renames its own pointer to the new manifest without syncing the folder.
  await syncFolder(folder);
  return { level, folder };
}

/**
 * Checks whether another process holds the database, before any of its files is changed: an open with the option to
 * fail if the database exists takes the lock and then fails.
 */
async function assertUnlocked(folder: string, native: NativeOptions): Promise<void> {
  const probe = nativeLevel(folder, native);
  try {
    await probe.open({ errorIfExists: true });
  } catch (error) {
    if (nativeCode(error) === 'LEVEL_LOCKED') throw error;
    return;
  }
  await probe.close();
}

function openError(directory: string, error: unknown): EngineOpenError {
  const code = nativeCode(error);
  if (code === 'LEVEL_LOCKED') {
    return new EngineOpenError('in-use', `engine is in use by another process: ${directory}`, error);
  }
  if (code === 'LEVEL_CORRUPTION') {
    return new EngineOpenError('damaged', `the engine in ${directory} is damaged; ${REBUILD_ADVICE}`, error);
  }
  return new EngineOpenError('failed', `cannot open the engine in ${directory}: ${reasonOf(error)}`, error);
}

/** The innermost message: the outer ones state only that the open failed. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
