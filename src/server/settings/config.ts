import { parseAuthToken } from './auth-token.js';
import { findEtcdSetting, isNeutral } from './etcd-settings.js';
import { parseFeatureGates } from './feature-gates.js';
import { DEFAULT_QUOTA_BYTES, LONGEST_MS, type AutoCompaction } from './history-settings.js';
import { parseDurationMs, parseInteger } from './kinds.js';
import { textsOf } from './options-text.js';
import { checkTls, tlsWithoutEffect } from './tls-checks.js';
import { SETTINGS_TABLE, type RawSettings, type ServerOptions, type SettingValues } from './table.js';
import { ConfigError, isUnspecified, parseCluster, type MemberUrls } from './urls.js';

/** Values that depend on several settings. */
interface DerivedValues {
  readonly dataDir: string;
  readonly advertiseClientUrls: readonly string[];
  /** Further URLs for metrics and health; may be empty. */
  readonly listenMetricsUrls: readonly string[];
  /** URLs on which HTTP is served apart from gRPC, which then has `listenClientUrls` to itself; may be empty. */
  readonly listenClientHttpUrls: readonly string[];
  /** Origins whose pages may call this member over HTTP; `*` admits all. */
  readonly cors: readonly string[];
  /** Hosts that HTTP requests may name, besides those of this member's URLs; `*` admits all. */
  readonly hostWhitelist: readonly string[];
  /** `stderr`, `stdout`, or paths of files. */
  readonly logOutputs: readonly string[];
  readonly initialAdvertisePeerUrls: readonly string[];
  /** All members of a new cluster with their peer URLs, this one among them; empty if it is malformed. */
  readonly initialCluster: readonly MemberUrls[];
  /** The fault of a malformed `initial-cluster`. A member with data ignores it, as in etcd; others throw it. */
  readonly initialClusterFault: ConfigError | undefined;
  /** Negative: no quota. */
  readonly quotaBackendBytes: number;
  readonly autoCompaction: AutoCompaction;
  /** Settings of etcd that were given and have no effect, with the reason. */
  readonly withoutEffect: readonly { readonly setting: string; readonly reason: string }[];
}

type Replaced = keyof DerivedValues | 'autoCompactionMode' | 'autoCompactionRetention' | 'featureGates';

/** The configuration of a member: the values of all settings, checked and with their defaults. */
export interface ServerConfig extends Omit<SettingValues, Replaced>, DerivedValues {}

/**
 * Checks settings and fills in the defaults. A malformed `initialCluster` is refused later, by a start without data.
 * @param options settings by flag name or in camel case, as text or typed values
 * @throws ConfigError with one line that names the setting and the values it takes
 */
export function resolveConfig(options: ServerOptions): ServerConfig {
  const texts = textsOf(options);
  const { 'initial-cluster': clusterText, ...others } = texts;
  const values = parseSettings(others);
  if (values.discoverySrv !== undefined && clusterText !== undefined) {
    throw new ConfigError('--initial-cluster and --discovery-srv both name the members: give one of them');
  }
  const gates = parseFeatureGates(values.featureGates ?? '');
  const initialAdvertisePeerUrls = values.initialAdvertisePeerUrls ?? values.listenPeerUrls;
  const { featureGates: _gates, autoCompactionMode: _mode, autoCompactionRetention: _retention, ...rest } = values;
  const config: ServerConfig = {
    ...rest,
    dataDir: values.dataDir ?? (values.name === 'default' ? 'raftkv.data' : `${values.name}.raftkv`),
    advertiseClientUrls: values.advertiseClientUrls ?? values.listenClientUrls,
    listenMetricsUrls: values.listenMetricsUrls ?? [],
    listenClientHttpUrls: values.listenClientHttpUrls ?? [],
    cors: values.cors ?? [],
    logOutputs: values.logOutputs ?? ['stderr'],
    hostWhitelist: values.hostWhitelist ?? [],
    initialAdvertisePeerUrls,
    ...initialClusterOf(clusterText, { name: values.name, peerUrls: initialAdvertisePeerUrls }),
    quotaBackendBytes: values.quotaBackendBytes === 0 ? DEFAULT_QUOTA_BYTES : values.quotaBackendBytes,
    autoCompaction: autoCompaction(values),
    initialCorruptCheck: values.initialCorruptCheck || gates.get('InitialCorruptCheck') === true,
    withoutEffect: [...withoutEffect(texts), ...gatesWithoutEffect(gates), ...tlsWithoutEffect(values)],
  };
  parseAuthToken(config.authToken);
  checkTiming(config);
  checkAdvertised(config);
  checkTls(values);
  return config;
}

function initialClusterOf(
  text: string | undefined,
  own: MemberUrls,
): Pick<ServerConfig, 'initialCluster' | 'initialClusterFault'> {
  if (text === undefined) return { initialCluster: [own], initialClusterFault: undefined };
  try {
    return { initialCluster: parseCluster('--initial-cluster', text), initialClusterFault: undefined };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { initialCluster: [], initialClusterFault: error };
  }
}

function parseSettings(texts: RawSettings): SettingValues {
  const values = Object.entries(SETTINGS_TABLE).map(([key, setting]) => {
    const given = [setting.flag, ...setting.aliases].filter((name) => texts[name] !== undefined);
    const [name = setting.flag, second] = given;
    if (second !== undefined) {
      throw new ConfigError(`--${name} and --${second} are the same setting: give one of them`);
    }
    const value = texts[name] ?? setting.defaultText;
    return [key, value === undefined ? undefined : setting.parse(value, `--${name}`)];
  });
  // Each entry was parsed by the setting of its key.
  return Object.fromEntries(values) as SettingValues;
}

/** @throws ConfigError for a setting that must not be ignored: the member would be less safe than expected */
function withoutEffect(texts: RawSettings): ServerConfig['withoutEffect'] {
  return Object.entries(texts).flatMap(([flag, value = '']) => {
    const known = findEtcdSetting(flag);
    if (known === undefined || isNeutral(known, value)) return [];
    const { effect, reason } = known;
    if (effect === 'refused') throw new ConfigError(`--${flag} cannot be used: ${reason}`);
    return [{ setting: flag, reason }];
  });
}

function gatesWithoutEffect(gates: ReadonlyMap<string, boolean>): ServerConfig['withoutEffect'] {
  const enabled = [...gates].filter(([gate, on]) => on && gate !== 'InitialCorruptCheck');
  return enabled.map(([gate]) => ({ setting: 'feature-gates', reason: `${gate} changes nothing here` }));
}

function checkTiming({ electionTimeoutMs, heartbeatIntervalMs }: ServerConfig): void {
  if (electionTimeoutMs >= 5 * heartbeatIntervalMs) return;
  throw new ConfigError(
    `--election-timeout ${electionTimeoutMs} is less than five times --heartbeat-interval ${heartbeatIntervalMs}`,
  );
}

/** @throws ConfigError if an unspecified address, such as 0.0.0.0, would be advertised to clients */
function checkAdvertised({ advertiseClientUrls, listenClientUrls }: ServerConfig): void {
  if (advertiseClientUrls !== listenClientUrls) return;
  const unspecified = listenClientUrls.find(isUnspecified);
  if (unspecified === undefined) return;
  throw new ConfigError(
    `--listen-client-urls ${unspecified} is not an address that clients can connect to: ` +
      'set --advertise-client-urls to the address of this machine',
  );
}

/** As in etcd, a number without a unit means hours in the mode "periodic", and revisions in the mode "revision". */
function autoCompaction({ autoCompactionMode: mode, autoCompactionRetention: value }: SettingValues): AutoCompaction {
  const name = '--auto-compaction-retention';
  if (/^0+$/.test(value)) return { mode: 'off' };
  if (mode === 'revision') {
    return { mode, retention: parseInteger(value, { name, min: 1, max: Number.MAX_SAFE_INTEGER }) };
  }
  const text = /^\d+$/.test(value) ? `${value}h` : value;
  const retentionMs = parseDurationMs(text, { name, min: 0, max: LONGEST_MS });
  if (retentionMs === 0) return { mode: 'off' };
  // The compactor looks ten times in each period: a short one would be a busy loop.
  if (retentionMs < 1000) throw new ConfigError(`${name} ${value}: must be at least 1s`);
  return { mode, retentionMs };
}
