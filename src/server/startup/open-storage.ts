import { randomInt } from 'node:crypto';
import type { EngineName } from '../../engine/home/generations.js';
import { withTable } from '../../engine/table/table-home.js';
import { readMembers } from '../../kv/membership/members.js';
import { settleStaged } from '../../kv/snapshot/staged.js';
import { KvStore } from '../../kv/store.js';
import type { EngineHome } from '../../ports/engine.js';
import type { LogStore } from '../../ports/log.js';
import type { Logger } from '../../util/logger.js';
import { openLog } from '../../wal/log.js';
import { measuredDisk } from '../../wal/measured-disk.js';
import { NodeDisk } from '../../wal/node-disk.js';
import { checkHistory } from '../integrity/data-check.js';
import { forceNewCluster } from '../membership/force-new-cluster.js';
import type { Measurements } from '../monitoring/measurements.js';
import type { ServerConfig } from '../settings/config.js';
import { createDataDir, type DataDir } from './data-dir.js';
import type { DescriptorPlan } from './descriptors.js';
import { checkOwner } from './identify.js';
import { openEngineHome } from './open-home.js';
import type { Resources } from './resources.js';

export interface MemberStorage {
  readonly log: LogStore;
  readonly home: EngineHome;
}

interface StorageOptions {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly dir: DataDir;
  readonly clusterId: number;
  readonly memberId: number;
  readonly measurements: Measurements;
  readonly descriptors: DescriptorPlan;
}

/**
 * Opens log and engine, and makes a cluster of this member alone if the configuration says so.
 * @throws ConfigError if the data belongs to another member than the configuration names
 */
export async function openMemberStorage(
  { config, logger, dir, clusterId, memberId, measurements, descriptors }: StorageOptions,
  resources: Resources,
): Promise<MemberStorage> {
  await createDataDir(dir);
  const log = await openLog({
    disk: measuredDisk(new NodeDisk(dir.wal, { openFilesMax: descriptors.logOpenFiles }), measurements.disk),
    identity: { clusterId, memberId },
    segmentBytes: config.walSegmentBytes,
    logger,
  });
  resources.keep(log, () => log.close());
  const diskHome = await openEngineHome({
    engine: config.storageEngine,
    directory: dir.engine,
    logger,
    cacheBytes: config.engineCacheBytes,
    writeBufferBytes: config.engineWriteBufferBytes,
    maxOpenFiles: descriptors.engineOpenFiles,
    onWrite: measurements.onEngineWrite,
  });
  const home = withTable(diskHome, config.engineTableBytes, flushRowsOf(config.storageEngine));
  resources.keep(home, () => home.close());
  if (config.forceNewCluster && dir.hasLog) {
    await settleStaged({ home, log, logger });
    await checkHistory({ log, engine: home.engine, identity: { clusterId, memberId } });
    await forceNewCluster({ log, engine: home.engine, memberId, boot: randomInt(1, 2 ** 32), logger });
  }
  if (KvStore.isIn(home.engine)) checkOwner(config, memberId, await readMembers(home.engine));
  return { log, home };
}

/** Each batch of LMDB is synced, and writes whole pages: it takes more rows than one of LevelDB. */
function flushRowsOf(engine: EngineName): number {
  return engine === 'lmdb' ? 16_384 : 1024;
}
