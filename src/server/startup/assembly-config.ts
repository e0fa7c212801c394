import { DEFAULT_NODE_CONFIG, type NodeConfig } from '../../node/config.js';
import type { AssemblyOptions } from '../assembly/assembly.js';
import { joseCodec, type JwtKeys } from '../auth/jwt-codec.js';
import { bcryptPasswords } from '../auth/passwords.js';
import type { ServerConfig } from '../settings/config.js';
import type { Listeners } from './listeners.js';

type FromConfig = Pick<
  AssemblyOptions,
  | 'name'
  | 'clientUrls'
  | 'node'
  | 'limits'
  | 'watches'
  | 'autoCompaction'
  | 'corruptCheckMs'
  | 'hotKeys'
  | 'membership'
  | 'auth'
>;

/** The options of an assembly that follow from the configuration. */
export function assemblyConfig(config: ServerConfig, clients: Listeners, jwt: JwtKeys | undefined): FromConfig {
  return {
    name: config.name,
    clientUrls: advertisedUrls(config, clients),
    node: nodeConfig(config),
    limits: {
      requestBytesMax: config.maxRequestBytes,
      txnOpsMax: config.maxTxnOps,
      txnTotalOpsMax: config.maxTxnTotalOps,
      quotaBytes: config.quotaBackendBytes,
      // As in etcd: five seconds, and two elections.
      requestMs: 5_000 + 2 * config.electionTimeoutMs,
    },
    watches: {
      progressIntervalMs: config.watchProgressIntervalMs,
      perStreamMax: config.maxWatchesPerStream,
      perMemberMax: config.maxWatches,
    },
    auth: {
      tokenTtlMs: config.authTokenTtl * 1000,
      jwt: jwt && joseCodec(jwt),
      passwords: bcryptPasswords(config.bcryptCost),
      passwordCharsMin: config.passwordMinLength,
    },
    autoCompaction: config.autoCompaction,
    corruptCheckMs: config.corruptCheckMs,
    hotKeys: config.hotKeys,
    membership: { strictReconfigCheck: config.strictReconfigCheck, maxLearners: config.maxLearners },
  };
}

/** Advertised URLs, with the bound ports in place of port 0. */
function advertisedUrls(config: ServerConfig, clients: Listeners): readonly string[] {
  return config.advertiseClientUrls.map((url) => clients.urls[config.listenClientUrls.indexOf(url)] ?? url);
}

/** A lone read on a local network takes this long: see NodeConfig.readLingerMs. */
const READ_LINGER_MS = 0.2;

function nodeConfig(config: ServerConfig): NodeConfig {
  return {
    ...DEFAULT_NODE_CONFIG,
    heartbeatMs: config.heartbeatIntervalMs,
    electionMs: config.electionTimeoutMs,
    leaseMs: config.leaseMs,
    snapshotCount: config.snapshotCount,
    logTailEntries: Math.min(config.snapshotCatchupEntries, config.snapshotCount),
    logFlushBytes: config.walFlushBytes,
    readLingerMs: READ_LINGER_MS,
    preVote: config.preVote,
  };
}
