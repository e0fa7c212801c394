import { AUTH_SETTINGS } from './auth-settings.js';
import { CONNECTION_SETTINGS } from './connection-settings.js';
import { ETCD_SETTINGS } from './etcd-settings.js';
import { FEATURE_GATE_SETTINGS } from './feature-gates.js';
import { HISTORY_SETTINGS } from './history-settings.js';
import { HTTP_SETTINGS } from './http-settings.js';
import { HOT_KEY_SETTINGS, LIMIT_SETTINGS, WATCH_SETTINGS } from './limit-settings.js';
import { LOGGING_SETTINGS } from './logging-settings.js';
import { CLUSTER_SETTINGS, MEMBER_SETTINGS } from './member-settings.js';
import { RAFT_SETTINGS } from './raft-settings.js';
import type { Setting, ValueOf } from './setting.js';
import { STORAGE_SETTINGS } from './storage-settings.js';
import { CLIENT_TLS_SETTINGS, PEER_TLS_SETTINGS, TLS_SETTINGS } from './tls-settings.js';
import { UNSAFE_SETTINGS } from './unsafe-settings.js';

/**
 * Every setting of `raftkv serve`, by the name of its value in `ServerConfig`. An entry here is all that a new setting
 * needs: flag, variable, file, help and the type of the configuration follow from it.
 */
export const SETTINGS_TABLE = {
  ...MEMBER_SETTINGS,
  ...HTTP_SETTINGS,
  ...CLUSTER_SETTINGS,
  ...RAFT_SETTINGS,
  ...STORAGE_SETTINGS,
  ...HISTORY_SETTINGS,
  ...LIMIT_SETTINGS,
  ...HOT_KEY_SETTINGS,
  ...WATCH_SETTINGS,
  ...AUTH_SETTINGS,
  ...CONNECTION_SETTINGS,
  ...CLIENT_TLS_SETTINGS,
  ...PEER_TLS_SETTINGS,
  ...TLS_SETTINGS,
  ...LOGGING_SETTINGS,
  ...FEATURE_GATE_SETTINGS,
  ...UNSAFE_SETTINGS,
};

type Table = typeof SETTINGS_TABLE;
type Entry = Table[keyof Table];

/** The values of all settings, after parsing. */
export type SettingValues = { readonly [Key in keyof Table]: ValueOf<Table[Key]> };

/** Settings as text, by flag name: from the command line, the environment or a file. */
export type RawSettings = Readonly<Record<string, string | undefined>>;

type CamelCase<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text;

/**
 * Settings that an embedding program passes, by flag name or the same in camel case: `data-dir` or `dataDir`. Each takes
 * its text, or a value: a number (durations in ms), a boolean, an array of URLs. Undefined counts as not given.
 */
export type ServerOptions = {
  readonly [E in Entry as E['flag'] | CamelCase<E['flag']>]?: ValueOf<E> | string | undefined;
};

/** The settings in the order of the help. */
export const SETTINGS: readonly Setting[] = Object.values(SETTINGS_TABLE);

/** All names that are accepted: flags, their older names, and the settings that only etcd has. */
export const SETTING_NAMES: readonly string[] = [
  ...SETTINGS.flatMap(({ flag, aliases }) => [flag, ...aliases]),
  ...ETCD_SETTINGS.map(({ flag }) => flag),
];

const BY_NAME: ReadonlyMap<string, Setting> = new Map(
  SETTINGS.flatMap((setting) => [setting.flag, ...setting.aliases].map((name) => [name, setting] as const)),
);

/** @param name a flag without its dashes, or an older name of it */
export function findSetting(name: string): Setting | undefined {
  return BY_NAME.get(name);
}
