import { LARGEST_REQUEST_BYTES } from '../../kv/snapshot/archive.js';
import { parseDuration } from '../../util/duration.js';
import type { AutoCompaction } from '../integrity/auto-compaction.js';
import { DEFAULT_QUOTA_BYTES } from '../integrity/quota.js';
import { parseHosts, parseOrigins } from './http-settings.js';
import { ConfigError, parseCluster, parseUrls, type MemberUrls } from './urls.js';

/** Everything that `raftkv serve` can be told. Names follow etcd's flags. */
export interface ServerConfig {
  readonly name: string;
  readonly dataDir: string;
  readonly listenClientUrls: readonly string[];
  readonly advertiseClientUrls: readonly string[];
  readonly listenPeerUrls: readonly string[];
  /** Where HTTP is served apart from gRPC, which then has `listenClientUrls` to itself; none if empty. */
  readonly listenClientHttpUrls: readonly string[];
  /** Origins whose pages may call this member over HTTP; `*` admits all of them. */
  readonly cors: readonly string[];
  /** Hosts that HTTP requests may name beyond those of this member's URLs; `*` admits all of them. */
  readonly hostWhitelist: readonly string[];
  readonly enableGrpcGateway: boolean;
  /** `extensive` adds histograms of the duration of calls. */
  readonly metrics: 'basic' | 'extensive';
  /** Where metrics and health are served too; none if empty. */
  readonly listenMetricsUrls: readonly string[];
  readonly initialAdvertisePeerUrls: readonly string[];
  /** Every member of a new cluster with its peer URLs, this one among them. */
  readonly initialCluster: readonly MemberUrls[];
  readonly initialClusterState: 'new' | 'existing';
  readonly initialClusterToken: string;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  readonly leaseMs: number;
  readonly snapshotCount: number;
  readonly snapshotCatchupEntries: number;
  readonly maxRequestBytes: number;
  readonly maxTxnOps: number;
  /** Negative: none. */
  readonly quotaBackendBytes: number;
  readonly autoCompaction: AutoCompaction;
  /** How often members are compared, in ms; 0: never. */
  readonly corruptCheckMs: number;
  /** Whether a start compares this member with the others first. */
  readonly initialCorruptCheck: boolean;
  readonly maxConcurrentStreams: number;
  readonly walSegmentBytes: number;
  readonly engineCacheBytes: number;
  readonly preVote: boolean;
  readonly strictReconfigCheck: boolean;
  readonly maxLearners: number;
  readonly watchProgressIntervalMs: number;
  readonly maxWatchesPerStream: number;
  readonly maxWatches: number;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'pretty';
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One setting: the flag without its dashes, its default as text, and what it means. */
export interface Setting {
  readonly flag: string;
  readonly placeholder: string;
  readonly fallback: string | undefined;
  readonly help: string;
}

const HOUR_MS = 3_600_000;
const YEARS = { min: 0, max: 10 * 365 * 24 * HOUR_MS };
const DURATIONS = { min: 1, max: 24 * HOUR_MS };
const DEFAULT_CLIENT_URL = 'http://localhost:2379';
const DEFAULT_PEER_URL = 'http://localhost:2380';

/** The flags of `raftkv serve`; the same names, in capitals with RAFTKV_ in front, are read from the environment. */
export const SETTINGS = [
  setting('name', 'name', 'default', 'name of this member'),
  setting(
    'data-dir',
    'dir',
    undefined,
    'where the data lies (default: NAME.raftkv, or raftkv.data for the default name)',
  ),
  setting('listen-client-urls', 'urls', DEFAULT_CLIENT_URL, 'where to listen for clients'),
  setting('advertise-client-urls', 'urls', undefined, 'where clients reach this member (default: the listen URLs)'),
  setting('listen-peer-urls', 'urls', DEFAULT_PEER_URL, 'where to listen for other members'),
  setting(
    'listen-client-http-urls',
    'urls',
    undefined,
    'URLs to serve HTTP on, apart from gRPC (default: the client URLs)',
  ),
  setting('cors', 'origins', undefined, 'origins whose web pages may send HTTP requests, or * (default: none)'),
  setting('host-whitelist', 'hosts', undefined, 'hosts that HTTP requests may name beside those of the URLs, or *'),
  setting('enable-grpc-gateway', 'bool', 'true', 'serve the JSON gateway'),
  setting('metrics', 'level', 'basic', '"basic", or "extensive" to add histograms of the duration of calls'),
  setting('listen-metrics-urls', 'urls', undefined, 'where to serve /metrics and /health beside the client URLs'),
  setting('initial-advertise-peer-urls', 'urls', undefined, 'where members reach this one (default: the listen URLs)'),
  setting('initial-cluster', 'members', undefined, 'every member: NAME=URL,NAME=URL,… (default: this member alone)'),
  setting('initial-cluster-state', 'state', 'new', '"new" or "existing"'),
  setting('initial-cluster-token', 'token', 'etcd-cluster', 'tells clusters apart that share URLs'),
  setting('heartbeat-interval', 'ms', '100', 'time between two heartbeats of a leader'),
  setting('election-timeout', 'ms', '1000', 'time without a leader before an election, at least five heartbeats'),
  setting('lease', 'ms', '100', 'how long a leader serves default reads on one answer of a quorum'),
  setting('snapshot-count', 'entries', '100000', 'applied entries after which the log is cut'),
  setting('snapshot-catchup-entries', 'entries', '5000', 'entries kept behind a cut, for members that lag a little'),
  setting('max-request-bytes', 'bytes', '1572864', 'largest request of a client'),
  setting('max-txn-ops', 'count', '128', 'most operations in one transaction'),
  setting(
    'quota-backend-bytes',
    'bytes',
    '0',
    'size of the store from which on writes are refused: 0 for 2 GiB, negative for none',
  ),
  setting('auto-compaction-mode', 'mode', 'periodic', '"periodic" keeps history by age, "revision" by number'),
  setting(
    'auto-compaction-retention',
    'retention',
    '0',
    'history to keep: hours or a duration as 30m, or a number of revisions; 0 keeps all',
  ),
  setting('corrupt-check-time', 'duration', '0s', 'how often the leader compares the members; 0 for never'),
  setting('experimental-corrupt-check-time', 'duration', undefined, "the same, by etcd 3.4's name"),
  setting(
    'experimental-initial-corrupt-check',
    'bool',
    'false',
    'compare this member with the others before it serves, and refuse to start if it differs',
  ),
  setting('max-concurrent-streams', 'count', '4096', 'most calls under way on one connection'),
  setting('wal-segment-bytes', 'bytes', '67108864', 'size of one file of the log'),
  setting('engine-cache-bytes', 'bytes', '67108864', 'memory for cached blocks of the engine'),
  setting('pre-vote', 'bool', 'true', 'ask before an election whether it could be won'),
  setting('strict-reconfig-check', 'bool', 'true', 'refuse changes of the membership that could cost the quorum'),
  setting('max-learners', 'count', '1', 'learners in the cluster at a time'),
  setting(
    'experimental-watch-progress-notify-interval',
    'duration',
    '10m',
    'how long a watch that asked for it stays without word of the progress, as in 30s, 10m or 1h30m',
  ),
  setting('max-watches-per-stream', 'count', '10000', 'most watches on one stream; one more ends it'),
  setting('max-watches', 'count', '200000', 'most watches of this member; one more is refused'),
  setting('log-level', 'level', 'info', LOG_LEVELS.join(', ')),
  setting('log-format', 'format', 'pretty', '"json" or "pretty"'),
] as const;

function setting(flag: string, placeholder: string, fallback: string | undefined, help: string): Setting {
  return { flag, placeholder, fallback, help };
}

/** Settings as text, by flag name; from the command line, the environment or a file. */
export type RawSettings = Readonly<Record<string, string | undefined>>;

/**
 * Checks the settings and fills in the defaults.
 * @throws ConfigError with one line that names the flag and says what is right
 */
export function resolveConfig(raw: RawSettings): ServerConfig {
  for (const flag of Object.keys(raw)) {
    if (!SETTINGS.some((known) => known.flag === flag)) throw new ConfigError(`unknown setting ${flag}`);
  }
  const text = (flag: string): string | undefined =>
    raw[flag] ?? SETTINGS.find((known) => known.flag === flag)?.fallback;
  const name = required(text('name'), 'name');
  const listenClientUrls = parseUrls('listen-client-urls', required(text('listen-client-urls'), 'listen-client-urls'));
  const listenPeerUrls = parseUrls('listen-peer-urls', required(text('listen-peer-urls'), 'listen-peer-urls'));
  const metrics = text('listen-metrics-urls');
  const httpUrls = text('listen-client-http-urls');
  const advertised = text('initial-advertise-peer-urls');
  const initialAdvertisePeerUrls =
    advertised === undefined ? listenPeerUrls : parseUrls('initial-advertise-peer-urls', advertised);
  const advertisedClients = text('advertise-client-urls');
  const cluster = text('initial-cluster');
  const dataDir = text('data-dir');
  const heartbeatIntervalMs = integer(text, 'heartbeat-interval', { min: 1, max: 60_000 });
  const electionTimeoutMs = integer(text, 'election-timeout', { min: 5, max: 50_000 });
  if (electionTimeoutMs < 5 * heartbeatIntervalMs) {
    throw new ConfigError(
      `--election-timeout ${electionTimeoutMs} is less than five times --heartbeat-interval ${heartbeatIntervalMs}`,
    );
  }
  const config: ServerConfig = {
    name,
    dataDir:
      dataDir === undefined ? (name === 'default' ? 'raftkv.data' : `${name}.raftkv`) : required(dataDir, 'data-dir'),
    listenClientUrls,
    advertiseClientUrls:
      advertisedClients === undefined ? listenClientUrls : parseUrls('advertise-client-urls', advertisedClients),
    listenPeerUrls,
    listenClientHttpUrls: httpUrls === undefined ? [] : parseUrls('listen-client-http-urls', httpUrls),
    cors: parseOrigins(text('cors') ?? ''),
    hostWhitelist: parseHosts(text('host-whitelist') ?? ''),
    enableGrpcGateway: oneOf(text, 'enable-grpc-gateway', ['true', 'false']) === 'true',
    metrics: oneOf(text, 'metrics', ['basic', 'extensive']),
    listenMetricsUrls: metrics === undefined ? [] : parseUrls('listen-metrics-urls', metrics),
    initialAdvertisePeerUrls,
    initialCluster: cluster === undefined ? [{ name, peerUrls: initialAdvertisePeerUrls }] : parseCluster(cluster),
    initialClusterState: oneOf(text, 'initial-cluster-state', ['new', 'existing']),
    initialClusterToken: required(text('initial-cluster-token'), 'initial-cluster-token'),
    heartbeatIntervalMs,
    electionTimeoutMs,
    leaseMs: integer(text, 'lease', { min: 0, max: 60_000 }),
    snapshotCount: integer(text, 'snapshot-count', { min: 1, max: 1e9 }),
    snapshotCatchupEntries: integer(text, 'snapshot-catchup-entries', { min: 0, max: 1e9 }),
    maxRequestBytes: integer(text, 'max-request-bytes', { min: 1, max: LARGEST_REQUEST_BYTES }),
    maxTxnOps: integer(text, 'max-txn-ops', { min: 1, max: 1e6 }),
    quotaBackendBytes: quota(text),
    autoCompaction: autoCompaction(text),
    corruptCheckMs: corruptCheckMs(raw, text),
    initialCorruptCheck: oneOf(text, 'experimental-initial-corrupt-check', ['true', 'false']) === 'true',
    maxConcurrentStreams: integer(text, 'max-concurrent-streams', { min: 1, max: 0xffffffff }),
    walSegmentBytes: integer(text, 'wal-segment-bytes', { min: 64 * 1024, max: 1024 ** 3 }),
    engineCacheBytes: integer(text, 'engine-cache-bytes', { min: 0, max: 2 ** 40 }),
    preVote: oneOf(text, 'pre-vote', ['true', 'false']) === 'true',
    strictReconfigCheck: oneOf(text, 'strict-reconfig-check', ['true', 'false']) === 'true',
    maxLearners: integer(text, 'max-learners', { min: 1, max: 64 }),
    watchProgressIntervalMs: duration(text, 'experimental-watch-progress-notify-interval', DURATIONS),
    maxWatchesPerStream: integer(text, 'max-watches-per-stream', { min: 1, max: 1e7 }),
    maxWatches: integer(text, 'max-watches', { min: 1, max: 1e8 }),
    logLevel: oneOf(text, 'log-level', LOG_LEVELS),
    logFormat: oneOf(text, 'log-format', ['json', 'pretty']),
  };
  checkMembership(config);
  return config;
}

function checkMembership(config: ServerConfig): void {
  const own = config.initialCluster.find((member) => member.name === config.name);
  if (own === undefined) {
    throw new ConfigError(
      `--initial-cluster does not name this member: add ${config.name}=${config.initialAdvertisePeerUrls.join(',')} or change --name`,
    );
  }
  if (sorted(own.peerUrls) !== sorted(config.initialAdvertisePeerUrls)) {
    throw new ConfigError(
      `--initial-cluster has ${config.name}=${own.peerUrls.join(',')}, but --initial-advertise-peer-urls is ${config.initialAdvertisePeerUrls.join(',')}`,
    );
  }
}

function sorted(urls: readonly string[]): string {
  return [...urls].sort().join(',');
}

function required(value: string | undefined, flag: string): string {
  if (value === undefined || value === '') throw new ConfigError(`--${flag} must not be empty`);
  return value;
}

/** etcd's: a plain number is hours, or revisions. */
function autoCompaction(text: Lookup): AutoCompaction {
  const flag = 'auto-compaction-retention';
  const mode = oneOf(text, 'auto-compaction-mode', ['periodic', 'revision']);
  const value = required(text(flag), flag);
  if (/^0+$/.test(value)) return { mode: 'off' };
  if (mode === 'revision') return { mode, retention: integer(text, flag, { min: 1, max: Number.MAX_SAFE_INTEGER }) };
  const retentionMs = /^\d+$/.test(value) ? Number(value) * HOUR_MS : duration(text, flag, YEARS);
  if (retentionMs === 0) return { mode: 'off' };
  // What is looked at ten times in each must not become a busy loop.
  if (retentionMs < 1000 || retentionMs > YEARS.max) {
    throw new ConfigError(`--${flag} ${value}: from 1s to ten years are possible`);
  }
  return { mode, retentionMs };
}

function corruptCheckMs(raw: RawSettings, text: Lookup): number {
  const flag = 'corrupt-check-time';
  const older = 'experimental-corrupt-check-time';
  if (raw[older] === undefined) return duration(text, flag, YEARS);
  if (raw[flag] !== undefined) throw new ConfigError(`--${flag} and --${older} say the same: give one of them`);
  return duration(text, older, YEARS);
}

/** etcd's: 0 means the default. */
function quota(text: Lookup): number {
  const value = required(text('quota-backend-bytes'), 'quota-backend-bytes');
  const bytes = Number(value);
  if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(bytes)) {
    throw new ConfigError(`--quota-backend-bytes ${value}: a whole number of bytes is needed`);
  }
  return bytes === 0 ? DEFAULT_QUOTA_BYTES : bytes;
}

type Lookup = (flag: string) => string | undefined;

function integer(text: Lookup, flag: string, range: { min: number; max: number }): number {
  const value = required(text(flag), flag);
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < range.min || number > range.max) {
    throw new ConfigError(`--${flag} ${value}: a whole number from ${range.min} to ${range.max} is needed`);
  }
  return number;
}

/** As Go writes them: 500ms, 30s, 10m0s, 1h30m. @returns milliseconds */
function duration(text: Lookup, flag: string, range: { min: number; max: number }): number {
  const value = required(text(flag), flag);
  const ms = parseDuration(value);
  if (ms === undefined || ms < range.min || ms > range.max) {
    const bounds = `from ${range.min === 0 ? '0' : `${range.min}ms`} to ${range.max / HOUR_MS}h`;
    throw new ConfigError(`--${flag} ${value}: a duration ${bounds} is needed, as in 30s, 10m or 1h30m`);
  }
  return Math.round(ms);
}

function oneOf<const T extends string>(text: Lookup, flag: string, allowed: readonly T[]): T {
  const value = required(text(flag), flag);
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new ConfigError(`--${flag} ${value}: one of ${allowed.join(', ')} is needed`);
  return found;
}
