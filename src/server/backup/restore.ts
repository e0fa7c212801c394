import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFolder, syncFolder } from '../../engine/home/generations.js';
import type { Member } from '../../kv/membership/members.js';
import { importSnapshot, type Imported } from '../../kv/snapshot/import.js';
import type { SnapshotPart } from '../../kv/snapshot/reader.js';
import { NONE } from '../../raft/types.js';
import { defined } from '../../util/assert.js';
import { silentLogger } from '../../util/logger.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { openLog } from '../../wal/log.js';
import { NodeDisk } from '../../wal/node-disk.js';
import type { ServerConfig } from '../settings/config.js';
import { inspectEmptyDir, mountPoint, writeOrigin } from '../startup/data-dir.js';
import { deriveIdentity } from '../membership/identity.js';
import { explained, snapshotParts, type SnapshotFileOptions } from './snapshot-file.js';
import { openEngineHome } from '../startup/open-home.js';
import { checkInitialCluster } from '../startup/initial-cluster.js';
import { ConfigError } from '../settings/urls.js';

export interface RestoreOptions extends SnapshotFileOptions {
  /** Settings with which the member will be started. */
  readonly config: ServerConfig;
  /** Number of revisions to skip; the history before them is compacted. 0: the revision is that of the snapshot. */
  readonly bumpRevision: number;
  /** Aborts the restore, which then leaves nothing behind. */
  readonly signal?: AbortSignal;
}

export interface Restored {
  readonly memberId: number;
  readonly clusterId: number;
  readonly revision: number;
  readonly totalKeys: number;
}

/**
 * Creates the data directory of one member of a new cluster from a snapshot. Its log begins after the snapshot. The
 * directory is built next to its place and renamed, so after a crash it is there or not.
 *
 * The members follow from the settings, as in any new cluster. The cluster id follows from the snapshot too: members
 * restored from different files, or left over from before, do not form a cluster.
 * @throws ConfigError with one line that says what to do
 */
export async function restoreSnapshot(options: RestoreOptions): Promise<Restored> {
  const { config } = options;
  checkInitialCluster(config);
  const { dataDir, walDir } = config;
  const root = await inspectEmptyDir(dataDir);
  const wal = walDir === undefined ? undefined : await inspectEmptyDir(walDir, '--wal-dir');
  try {
    return await restoreTo({ root, wal }, options);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // A mount point on the same disk as its parent was not recognized before.
    if (error.code === 'EBUSY' || error.code === 'EXDEV') throw mountPoint(`--data-dir ${dataDir}`, error);
    throw new ConfigError(`--data-dir ${dataDir} cannot be made: ${systemReason(error)}`, { cause: error });
  }
}

/** The directories to create; without `wal` the log is in the data directory. */
interface Places {
  readonly root: string;
  readonly wal: string | undefined;
}

/** The log is put in place first: a member refuses to start on either of the two alone. */
async function restoreTo({ root, wal }: Places, options: RestoreOptions): Promise<Restored> {
  const made: string[] = [];
  const temporary = async (place: string): Promise<string> => {
    await createFolder(dirname(place));
    const folder = await mkdtemp(`${place}.restoring-`);
    made.push(folder);
    return folder;
  };
  try {
    const building = await temporary(root);
    const buildingLog = wal === undefined ? join(building, 'wal') : await temporary(wal);
    const restored = await explained(options.file, () => build({ folder: building, wal: buildingLog }, options));
    if (wal !== undefined) await putInPlace(buildingLog, wal);
    await putInPlace(building, root);
    return restored;
  } catch (error) {
    for (const folder of made) await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function putInPlace(folder: string, place: string): Promise<void> {
  await syncFolder(folder);
  await rename(folder, place);
  await syncFolder(dirname(place));
}

async function build({ folder, wal }: { folder: string; wal: string }, options: RestoreOptions): Promise<Restored> {
  const { config, bumpRevision } = options;
  const { initialCluster, initialClusterToken: token, name } = config;
  const { members } = deriveIdentity({ initialCluster, token });
  const own = defined(
    members.find((member) => member.name === name),
    'this member in the initial cluster',
  );
  const { meta, keys, digest } = await buildEngine(join(folder, 'engine'), { ...options, members });
  const origin = `${Buffer.from(digest).toString('hex')} +${bumpRevision}`;
  const { clusterId } = deriveIdentity({ initialCluster, token, origin });
  const { appliedIndex: index, appliedTerm: term } = meta;
  const disk = new NodeDisk(wal);
  const identity = { clusterId, memberId: own.id };
  const log = await openLog({ disk, identity, segmentBytes: config.walSegmentBytes });
  try {
    await log.resetTo({ index, term });
    // In this cluster no member has voted in a term after the snapshot's.
    await log.append({ entries: [], hardState: { term, vote: NONE, commit: index }, mustSync: true });
  } finally {
    await log.close();
  }
  await writeOrigin(folder, origin);
  return { memberId: own.id, clusterId, revision: meta.revision, totalKeys: keys };
}

async function buildEngine(
  directory: string,
  options: RestoreOptions & { readonly members: readonly Member[] },
): Promise<Imported> {
  const { config, members, bumpRevision, signal } = options;
  const home = await openEngineHome({
    engine: config.storageEngine,
    directory,
    logger: silentLogger,
    cacheBytes: config.engineCacheBytes,
  });
  let imported;
  try {
    imported = await importSnapshot(untilAborted(snapshotParts(options), signal), home.engine, {
      members,
      bumpRevision,
    });
  } catch (error) {
    await home.close();
    throw error;
  }
  // A successful close makes everything durable.
  await home.close();
  return imported;
}

async function* untilAborted(
  parts: AsyncIterable<SnapshotPart>,
  signal: AbortSignal | undefined,
): AsyncGenerator<SnapshotPart, void, undefined> {
  for await (const part of parts) {
    signal?.throwIfAborted();
    yield part;
  }
}
