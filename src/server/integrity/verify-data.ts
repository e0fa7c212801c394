import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { currentGeneration, stagedGeneration, type NamedGeneration } from '../../engine/home/generations.js';
import { EngineOpenError } from '../../engine/errors.js';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import { checkTables } from '../../engine/level/table-check.js';
import { checkPages } from '../../engine/lmdb/page-check.js';
import type { EngineCorruptionError } from '../../ports/engine.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { formatMemberId } from '../../util/member-id.js';
import { LogError } from '../../wal/errors.js';
import { peekIdentity } from '../../wal/log.js';
import { NodeDisk } from '../../wal/node-disk.js';
import { recover } from '../../wal/recovery.js';
import { LogState } from '../../wal/state.js';
import { ConfigError } from '../settings/urls.js';

export interface VerifyOptions {
  readonly dataDir: string;
  /** The folder of the log. Default: `wal` in the data directory. */
  readonly walDir?: string | undefined;
}

/**
 * One result of the check, as one line without a full stop. `damaged`: data is damaged or missing. `other format`: the data
 * may be sound, and another version of raftkv reads it.
 */
export interface Finding {
  readonly kind: 'sound' | 'damaged' | 'other format';
  readonly text: string;
}

/** Advice about damage that the text of an error does not have yet. */
const ADVICE = `; ${REBUILD_ADVICE}`;

/**
 * Checks the data of a member that is not running: the log with its checksums, and the engine's rows and structure: the list
 * and every block of LevelDB's tables, or every page of LMDB's tree. Changes nothing.
 * @throws ConfigError if there is no data, it cannot be read, or the member is running
 */
export async function* verifyData({ dataDir, walDir }: VerifyOptions): AsyncGenerator<Finding, void, undefined> {
  const root = resolve(dataDir);
  const wal = walDir === undefined ? join(root, 'wal') : resolve(walDir);
  const engine = join(root, 'engine');
  const [walFiles, engineFiles] = [await filesOf(wal), await filesOf(engine)];
  if (walFiles.length === 0 && engineFiles.length === 0) {
    throw new ConfigError(`${dataDir} holds no data of a member: name the directory that --data-dir names`);
  }
  if (walFiles.length === 0) {
    const hint = walDir === undefined ? ': if the member has --wal-dir, give it here too; if the log is lost, ' : '; ';
    yield damaged(`the log in ${wal} is missing${hint}${REBUILD_ADVICE}`);
  } else yield* checkLog(wal);
  if (engineFiles.length === 0) yield damaged(`the engine in ${engine} is missing${ADVICE}`);
  else yield* checkEngine(engine);
}

function damaged(text: string): Finding {
  return { kind: 'damaged', text };
}

function otherFormat({ message }: Error): Finding {
  return { kind: 'other format', text: message };
}

function sound(text: string): Finding {
  return { kind: 'sound', text };
}

/** @throws ConfigError if the folder exists and cannot be read */
async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT') return [];
    throw new ConfigError(`${folder} cannot be read: ${systemReason(error)}`, { cause: error });
  }
}

async function* checkLog(folder: string): AsyncGenerator<Finding, void, undefined> {
  const disk = new NodeDisk(folder);
  const lock = await disk.lock().catch((error: unknown) => {
    if (error instanceof LogError && error.code === 'locked') {
      throw new ConfigError(`${folder} is in use: stop the member first`, { cause: error });
    }
    throw error;
  });
  try {
    const identity = await peekIdentity(disk);
    if (identity === undefined) {
      yield damaged(`the log in ${folder} is missing${ADVICE}`);
      return;
    }
    const state = new LogState(0);
    const recovered = await recover({ disk, identity, state });
    for (const { file } of recovered?.segments ?? []) await file.close();
    const owner = `member ${formatMemberId(identity.memberId)} of cluster ${formatMemberId(identity.clusterId)}`;
    yield sound(`log of ${owner}: entries ${state.table.first} to ${state.lastIndex}, cut at ${state.cut.index}`);
    const fault = recovered?.scan.fault;
    if (fault !== undefined) {
      yield sound(`the log ends with an unsynced write at offset ${fault.offset}, which the next start removes`);
    }
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    // The text of the error has its advice.
    yield error.code === 'version' ? otherFormat(error) : damaged(error.message);
  } finally {
    await lock.release();
  }
}

async function* checkEngine(directory: string): AsyncGenerator<Finding, void, undefined> {
  try {
    const current = await currentGeneration(directory);
    if (current === undefined) {
      yield damaged(`the engine in ${directory} is incomplete: CURRENT is missing${ADVICE}`);
      return;
    }
    const staged = await stagedGeneration(directory);
    for (const generation of staged === undefined ? [current] : [current, staged]) {
      const { summary, damage } = await checkGeneration(directory, generation);
      for (const error of damage) yield damaged(`${error.message}${ADVICE}`);
      if (damage.length === 0) yield sound(`engine ${generation.name}: ${summary}, all checksums match`);
    }
  } catch (error) {
    if (error instanceof EngineOpenError && error.reason === 'format') yield otherFormat(error);
    else if (error instanceof EngineOpenError)
      yield damaged(error.message.includes(REBUILD_ADVICE) ? error.message : `${error.message}${ADVICE}`);
    else if (isSystemError(error))
      yield damaged(
        `the engine in ${directory} cannot be read: ${systemReason(error)} (${error.path ?? directory})${ADVICE}`,
      );
    else throw error;
  }
}

async function checkGeneration(
  directory: string,
  { name, engine }: NamedGeneration,
): Promise<{ readonly summary: string; readonly damage: readonly EngineCorruptionError[] }> {
  const folder = join(directory, name);
  if (engine === 'lmdb') {
    const { pages, bytes, damage } = await checkPages(folder);
    return { summary: `${pages} pages of LMDB, ${bytes} bytes`, damage };
  }
  const { tables, bytes, damage } = await checkTables(folder);
  return { summary: `${tables} tables, ${bytes} bytes`, damage };
}
