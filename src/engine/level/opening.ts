import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../util/logger.js';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import { EngineOpenError } from '../errors.js';
import { syncFolder } from '../home/generations.js';
import { reasonOf } from '../home/opening.js';
import { repairLogs } from './log-repair.js';
import { repairManifest } from './manifest.js';
import { nativeCode, nativeLevel } from './native.js';
import type { NativeLevel, NativeOptions } from './native.js';

/** Makes an empty database in a folder. */
export async function createLevel(folder: string, native: NativeOptions): Promise<NativeLevel> {
  const level = nativeLevel(folder, native);
  await level.open({ createIfMissing: true });
  return level;
}

/** Opens the database in a folder, after it has repaired its log and its manifest. */
export async function openLevel(folder: string, native: NativeOptions, logger: Logger): Promise<NativeLevel> {
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
  return level;
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

export function levelOpenError(directory: string, error: unknown): EngineOpenError {
  const code = nativeCode(error);
  if (code === 'LEVEL_LOCKED') {
    return new EngineOpenError('in-use', `engine is in use by another process: ${directory}`, error);
  }
  if (code === 'LEVEL_CORRUPTION') {
    return new EngineOpenError('damaged', `the engine in ${directory} is damaged; ${REBUILD_ADVICE}`, error);
  }
  return new EngineOpenError('failed', `cannot open the engine in ${directory}: ${reasonOf(error)}`, error);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
