import { etcdserverpb } from '../../gen/proto.js';
import type { RaftNode } from '../../node/node.js';
import type { HealthSource } from '../../http/health-routes.js';
import type { KvStore } from '../../kv/store.js';
import type { Clock } from '../../ports/clock.js';
import { NONE } from '../../raft/types.js';
import { LocalCall } from '../../rpc/local-call.js';
import { Errors } from '../requests/errors.js';
import type { Reader } from '../requests/reader.js';
import { ETCD_API_VERSION, ETCD_CLUSTER_VERSION, ETCD_STORAGE_VERSION } from '../settings/version.js';

export interface HealthChecksOptions {
  readonly node: RaftNode;
  readonly reader: Reader;
  readonly store: KvStore;
  readonly clock: Clock;
  readonly isLearner: () => boolean;
  readonly wasRemoved: () => boolean;
  readonly onHealth: (healthy: boolean) => void;
  readonly onCheck: (type: string, name: string, ok: boolean) => void;
}

/** Time limit of a read that only proves that reads work, in ms: etcd's. */
const READ_MS = 1_000;
const { AlarmType } = etcdserverpb;
const PROBED_KEY = Buffer.from('health');

/** The health of a member, for /health, /livez and /readyz. */
export function healthSource(options: HealthChecksOptions): HealthSource {
  const { node, reader, store, clock, isLearner, wasRemoved, onHealth, onCheck } = options;
  return {
    hasLeader: () => node.status().leader !== NONE,
    isLearner,
    alarms: () => store.alarms().map(({ kind }) => AlarmType[kind] ?? String(kind)),
    onHealth,
    onCheck,
    read: async (level) => {
      // It may still be able to read until it stops, but clients should leave it.
      if (level === 'consistent' && wasRemoved()) return Errors.removed.message;
      const call = new LocalCall({ limitMs: READ_MS, now: () => clock.now() });
      const levelOptions = { level, maxStalenessMs: undefined, atLeastRevision: 0, extended: false, trailers: false };
      // The key need not exist.
      reader.serve(call, levelOptions, () => store.range({ key: PROBED_KEY, keysOnly: true }));
      const outcome = await call.outcome;
      return outcome.kind === 'ok' ? undefined : outcome.status.message;
    },
    version: { etcdserver: ETCD_API_VERSION, etcdcluster: ETCD_CLUSTER_VERSION, storage: ETCD_STORAGE_VERSION },
  };
}
