import { parseGoBoolean } from '../../util/go-boolean.js';

/** A setting of etcd without a counterpart in raftkv. It is accepted, so that etcd's command lines and files work. */
export interface EtcdSetting {
  readonly flag: string;
  readonly kind: 'boolean' | 'text';
  /** `ignored`: logged as having no effect. `refused`: a member without it would be less safe than its operator expects. */
  readonly effect: 'ignored' | 'refused';
  /** A clause that says why. */
  readonly reason: string;
  /** Values, besides the empty one and `false`, that are equivalent to omitting the setting. */
  readonly neutral: readonly string[];
}

type Part = Pick<EtcdSetting, 'kind' | 'effect' | 'reason'>;

const DISCOVERY: Part = {
  kind: 'text',
  effect: 'refused',
  reason: 'there is no discovery service: name the members with --initial-cluster, or use --discovery-srv',
};

function ignored(reason: string, kind: EtcdSetting['kind'] = 'text'): Part {
  return { kind, effect: 'ignored', reason };
}

const BBOLT = ignored('the store is not bbolt');
const TRACING = ignored('there is no distributed tracing');
const COMPACT_HASH = 'members are compared with --corrupt-check-time';
const V2 = 'there is no v2 API';
const NO_PROXY = ignored('there is no v2 proxy');
const FILES = ignored('old files are removed as soon as no member needs them');

const PARTS: readonly (readonly [flags: readonly string[], part: Part, neutral?: readonly string[]])[] = [
  [['client-cert-file', 'client-key-file'], ignored('the JSON gateway makes no connections')],
  [['discovery', 'discovery-token', 'discovery-endpoints'], DISCOVERY],
  [
    ['discovery-fallback', 'discovery-proxy', 'discovery-user', 'discovery-password'],
    ignored(DISCOVERY.reason),
    ['proxy'],
  ],
  [['discovery-cert', 'discovery-key', 'discovery-cacert'], ignored(DISCOVERY.reason)],
  [['discovery-dial-timeout', 'discovery-request-timeout'], ignored(DISCOVERY.reason)],
  [['discovery-keepalive-time', 'discovery-keepalive-timeout'], ignored(DISCOVERY.reason)],
  [
    ['discovery-insecure-transport', 'discovery-insecure-skip-tls-verify'],
    ignored(DISCOVERY.reason, 'boolean'),
    ['true'],
  ],
  [['max-snapshots', 'max-wals'], FILES, ['5']],
  [['backend-batch-interval', 'backend-batch-limit', 'backend-bbolt-freelist-type'], BBOLT],
  [['bootstrap-defrag-threshold-megabytes', 'experimental-bootstrap-defrag-threshold-megabytes'], BBOLT, ['0']],
  [['memory-mlock', 'experimental-memory-mlock'], { ...BBOLT, kind: 'boolean' }],
  [['experimental-txn-mode-write-with-shared-buffer'], { ...BBOLT, kind: 'boolean' }, ['true']],
  [['experimental-stop-grpc-service-on-defrag'], ignored('a member serves during its defragmentation', 'boolean')],
  [
    ['compaction-batch-limit', 'compaction-sleep-interval'].flatMap(withExperimental),
    ignored('compactions yield by themselves'),
  ],
  [
    ['initial-election-tick-advance'],
    ignored('the first election of a start does not wait for a full timeout', 'boolean'),
    ['true'],
  ],
  [['raft-read-timeout', 'raft-write-timeout'], ignored('links between members have timeouts of their own')],
  [['compact-hash-check-enabled'].flatMap(withExperimental), ignored(COMPACT_HASH, 'boolean')],
  [['compact-hash-check-time'].flatMap(withExperimental), ignored(COMPACT_HASH)],
  [['downgrade-check-time'].flatMap(withExperimental), ignored('there are no downgrades')],
  [
    ['experimental-enable-lease-checkpoint', 'experimental-enable-lease-checkpoint-persist'],
    ignored('a new leader extends all leases by their TTL', 'boolean'),
  ],
  [['enable-distributed-tracing'].flatMap(withExperimental), { ...TRACING, kind: 'boolean' }],
  [
    ['address', 'service-name', 'instance-id', 'sampling-rate']
      .map((part) => `distributed-tracing-${part}`)
      .flatMap(withExperimental),
    TRACING,
  ],
  [['enable-pprof'], ignored("profiles are made with Node's own --cpu-prof and --heap-prof", 'boolean')],
  [['enable-log-rotation'], ignored('log files are rotated by logrotate with copytruncate', 'boolean')],
  [['log-rotation-config-json'], ignored('log files are rotated by logrotate with copytruncate')],
  [['disable-log-sampling'], ignored('the log is not sampled', 'boolean')],
  [['unsafe-no-fsync'], ignored('the log is always synced', 'boolean')],
  [['enable-v2'], ignored(V2, 'boolean')],
  [['experimental-enable-v2v3'], ignored(V2)],
  [['v2-deprecation'], ignored(V2), ['not-yet', 'write-only', 'write-only-drop-data', 'gone']],
  [['proxy'], { ...NO_PROXY, effect: 'refused' }, ['off']],
  [['proxy-failure-wait', 'proxy-refresh-interval'], NO_PROXY, ['5000', '30000']],
  [['proxy-dial-timeout', 'proxy-write-timeout', 'proxy-read-timeout'], NO_PROXY, ['1000', '5000', '0']],
];

/** The settings of etcd 3.4 to 3.7 that have no counterpart. */
export const ETCD_SETTINGS: readonly EtcdSetting[] = PARTS.flatMap(([flags, part, neutral = []]) =>
  flags.map((flag): EtcdSetting => ({ flag, ...part, neutral })),
);

const BY_FLAG: ReadonlyMap<string, EtcdSetting> = new Map(ETCD_SETTINGS.map((setting) => [setting.flag, setting]));

export function findEtcdSetting(flag: string): EtcdSetting | undefined {
  return BY_FLAG.get(flag);
}

/** Whether a value requires no feature that raftkv lacks. */
export function isNeutral({ kind, neutral }: EtcdSetting, value: string): boolean {
  const text = kind === 'boolean' ? String(parseGoBoolean(value) ?? value) : value;
  return text === '' || text === 'false' || neutral.includes(text);
}

function withExperimental(flag: string): string[] {
  return [flag, `experimental-${flag}`];
}
