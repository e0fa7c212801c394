import { basename, join, resolve } from 'node:path';
import { EngineOpenError } from '../../engine/errors.js';
import type { EngineKind } from '../../engine/home/engine-kind.js';
import {
  currentGeneration,
  pointTo,
  removeOtherGenerations,
  stagedGeneration,
  syncFolder,
  type EngineName,
} from '../../engine/home/generations.js';
import { openGeneration, openNewGeneration } from '../../engine/home/opening.js';
import { levelKind } from '../../engine/level/level-kind.js';
import { lmdbKind } from '../../engine/lmdb/lmdb-kind.js';
import type { Engine, EngineOperation } from '../../ports/engine.js';
import { silentLogger } from '../../util/logger.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { LogError } from '../../wal/errors.js';
import { NodeDisk } from '../../wal/node-disk.js';
import { ConfigError } from '../settings/urls.js';
import { namesIn } from '../startup/data-dir.js';

export interface MigrateOptions {
  readonly dataDir: string;
  /** The folder of the log. Default: `wal` in the data directory. */
  readonly walDir?: string | undefined;
  readonly to: EngineName;
  /** Aborts the conversion, which then leaves the data as it was. */
  readonly signal?: AbortSignal | undefined;
}

export interface Migrated {
  readonly from: EngineName;
  readonly to: EngineName;
  readonly rows: number;
}

/** Rows of a batch, unless they are large. */
const BATCH_ROWS = 4096;
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Copies all rows of a stopped member into an engine of another kind, and replaces the engine by it. The copy is a generation
 * beside the present one, and a pointer is moved once it is durable: a crash leaves the engine before, or the one after.
 * @throws ConfigError with one line that says what to do
 */
export async function migrateEngine(options: MigrateOptions): Promise<Migrated> {
  try {
    return await migrateStopped(options);
  } catch (error) {
    if (error instanceof EngineOpenError) throw new ConfigError(error.message, { cause: error });
    if (!isSystemError(error)) throw error;
    const message = `${options.dataDir} cannot be converted, and is as it was: ${systemReason(error)}`;
    throw new ConfigError(message, { cause: error });
  }
}

async function migrateStopped(options: MigrateOptions): Promise<Migrated> {
  const { dataDir, walDir } = options;
  const root = resolve(dataDir);
  const wal = walDir === undefined ? join(root, 'wal') : resolve(walDir);
  await assertHasLog(wal, options);
  const lock = await new NodeDisk(wal).lock().catch((error: unknown) => {
    if (!(error instanceof LogError) || error.code !== 'locked') throw error;
    throw new ConfigError(`${dataDir} is in use: stop the member first`, { cause: error });
  });
  try {
    return await migrate(join(root, 'engine'), options);
  } finally {
    await lock.release();
  }
}

/** A lock on the log would create its folder. */
async function assertHasLog(wal: string, { dataDir, walDir }: MigrateOptions): Promise<void> {
  if ((await namesIn(wal)).length > 0) return;
  const hint =
    walDir === undefined ? 'name the data directory of a member, and --wal-dir if it has one' : 'name its log';
  throw new ConfigError(`${dataDir} has no log in ${wal}: ${hint}`);
}

async function migrate(directory: string, { dataDir, to, signal }: MigrateOptions): Promise<Migrated> {
  const current = await currentGeneration(directory);
  if (current === undefined)
    throw new ConfigError(`${dataDir} holds no engine: a new member takes any --storage-engine`);
  if (current.engine === to) throw new ConfigError(`${dataDir} has the storage engine ${to} already`);
  if ((await stagedGeneration(directory)) !== undefined) {
    throw new ConfigError(
      `${dataDir} holds a snapshot that is not installed yet: start the member once, and stop it again`,
    );
  }
  const source = await openGeneration({ directory, kind: kindOf(current.engine) });
  try {
    const target = await openNewGeneration({ directory, kind: kindOf(to) });
    let rows: number;
    try {
      rows = await copyRows(source, target, signal);
    } finally {
      // A successful close makes everything durable.
      await target.close();
    }
    await syncFolder(target.folder);
    await pointTo(directory, { name: basename(target.folder), engine: to });
    return { from: current.engine, to, rows };
  } finally {
    await source.close();
    await removeOtherGenerations(directory, [await currentGeneration(directory)]);
  }
}

function kindOf(engine: EngineName): EngineKind {
  return engine === 'level' ? levelKind({ logger: silentLogger }) : lmdbKind();
}

async function copyRows(source: Engine, target: Engine, signal: AbortSignal | undefined): Promise<number> {
  const cursor = source.cursor({});
  let rows = 0;
  let batch: EngineOperation[] = [];
  let bytes = 0;
  try {
    for (let page = await cursor.next(BATCH_ROWS); page.length > 0; page = await cursor.next(BATCH_ROWS)) {
      signal?.throwIfAborted();
      for (const { key, value } of page) {
        batch.push({ type: 'put', key, value });
        bytes += key.length + value.length;
      }
      rows += page.length;
      if (batch.length < BATCH_ROWS && bytes < BATCH_BYTES) continue;
      await target.write(batch);
      batch = [];
      bytes = 0;
    }
    await target.write(batch);
    return rows;
  } finally {
    await cursor.close();
  }
}
