import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFolder, syncFolder } from '../../engine/level/generations.js';
import { openLevelHome } from '../../engine/level/level-home.js';
import type { Member } from '../../kv/membership/members.js';
import { importSnapshot, type Imported } from '../../kv/snapshot/import.js';
import type { SnapshotPart } from '../../kv/snapshot/reader.js';
import { NONE } from '../../raft/types.js';
import { defined } from '../../util/assert.js';
import { silentLogger } from '../../util/logger.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { openLog } from '../../wal/log.js';
import { NodeDisk } from '../../wal/node-disk.js';
import type { ServerConfig } from '../startup/config.js';
import { inspectEmptyDir, mountPoint, writeOrigin } from '../startup/data-dir.js';
import { deriveIdentity } from '../membership/identity.js';
import { explained, snapshotParts, type SnapshotFileOptions } from './snapshot-file.js';
import { ConfigError } from '../startup/urls.js';

export interface RestoreOptions extends SnapshotFileOptions {
  /** As the member will be started with. */
  readonly config: ServerConfig;
  /** Revisions to leave out; what was before them is compacted. 0: the revision is that of the snapshot. */
  readonly bumpRevision: number;
  /** Gives up, and leaves nothing. */
  readonly signal?: AbortSignal;
}

export interface Restored {
  readonly memberId: number;
  readonly clusterId: number;
  readonly revision: number;
  readonly totalKeys: number;
}

/**
 * Makes the data directory of one member of a new cluster out of a snapshot. Its log begins behind the snapshot. It is
 * built beside the place that it is for, and put there whole: after a crash it is there or it is not.
 *
 * Who is a member follows from the settings, as in any new cluster. The id of the cluster follows from the snapshot too:
 * members that were not made from the same file in the same way, or that are left over from before, do not find together
 * with those that were.
 * @throws ConfigError with one line that says what to do
 */
export async function restoreSnapshot(options: RestoreOptions): Promise<Restored> {
  const { dataDir } = options.config;
  const root = await inspectEmptyDir(dataDir);
  try {
    return await restoreTo(root, options);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // Found only now where the directory is on the same disk as what it is mounted on.
    if (error.code === 'EBUSY' || error.code === 'EXDEV') throw mountPoint(dataDir, error);
    throw new ConfigError(`--data-dir ${dataDir} cannot be made: ${systemReason(error)}`, { cause: error });
  }
}

async function restoreTo(root: string, options: RestoreOptions): Promise<Restored> {
  await createFolder(dirname(root));
  const building = await mkdtemp(`${root}.restoring-`);
  try {
    const restored = await explained(options.file, () => build(building, options));
    await syncFolder(building);
    await rename(building, root);
    await syncFolder(dirname(root));
    return restored;
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
}

async function build(folder: string, options: RestoreOptions): Promise<Restored> {
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
  const disk = new NodeDisk(join(folder, 'wal'));
  const identity = { clusterId, memberId: own.id };
  const log = await openLog({ disk, identity, segmentBytes: config.walSegmentBytes });
  try {
    await log.resetTo({ index, term });
    // The term of the snapshot: nobody has voted in a later one, in this cluster.
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
  const home = await openLevelHome({ directory, logger: silentLogger, cacheBytes: config.engineCacheBytes });
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
  // What was written is durable if this goes well.
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
