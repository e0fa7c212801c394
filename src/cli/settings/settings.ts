import type { Command } from 'commander';
import { resolveConfig, type ServerConfig } from '../../server/settings/config.js';
import { findEtcdSetting } from '../../server/settings/etcd-settings.js';
import { findSetting, SETTING_NAMES, type RawSettings } from '../../server/settings/table.js';
import { ConfigError } from '../../server/settings/urls.js';
import { readConfigFile } from './config-file.js';
import { CommandError } from '../process/streams.js';
import { FILE_VARIABLE, variableOf, type Variables } from './variables.js';

/** etcd's variable for the same. */
const ETCD_FILE_VARIABLE = 'ETCD_CONFIG_FILE';

/** The place where the user gave a setting. */
interface Place {
  /** The name there: --name, RAFTKV_NAME, or a name in the file. */
  readonly name: string;
  /** The configuration file; undefined for flags and variables. */
  readonly file?: string;
}

/** Settings as given, by flag name, and the place of each. */
export interface GivenSettings {
  readonly values: RawSettings;
  readonly places: ReadonlyMap<string, Place>;
}

/** One source of settings: texts by flag name or an older name of it, and how the user names them there. */
interface Source {
  readonly texts: RawSettings;
  readonly placeOf: (name: string) => Place;
}

export function addConfigFileOption(command: Command): void {
  command.option(
    '--config-file <file>',
    'YAML or JSON file of settings by the same names; flags and environment override it',
  );
}

/**
 * Reads the settings of a member. Flags win over RAFTKV_ variables, those over ETCD_ variables, and those over a file.
 * @throws CommandError if the file cannot be read, or a source gives one setting under two names
 */
export async function readSettings(command: Command, variables: Variables): Promise<GivenSettings> {
  const { 'config-file': namedFile, ...flags } = flagsOf(command);
  const variable = nonEmpty(variables[FILE_VARIABLE]) === undefined ? ETCD_FILE_VARIABLE : FILE_VARIABLE;
  const file = namedFile ?? nonEmpty(variables[variable]);
  const namedBy = namedFile === undefined ? variable : '--config-file';
  const fromFile = file === undefined ? {} : await readConfigFile(file, { namedBy });
  return merged([
    { texts: fromFile, placeOf: (name) => ({ name, ...(file !== undefined && { file }) }) },
    { texts: settingsOf(variables, etcdVariableOf), placeOf: (name) => ({ name: etcdVariableOf(name) }) },
    { texts: settingsOf(variables, variableOf), placeOf: (name) => ({ name: variableOf(name) }) },
    { texts: flags, placeOf: (name) => ({ name: `--${name}` }) },
  ]);
}

/** Later sources win. */
function merged(sources: readonly Source[]): GivenSettings {
  const values: Record<string, string> = {};
  const places = new Map<string, Place>();
  for (const { texts, placeOf } of sources) {
    const own = new Map<string, string>();
    for (const [name, text] of Object.entries(texts)) {
      const flag = (findSetting(name) ?? findEtcdSetting(name))?.flag;
      if (flag === undefined || text === undefined) continue;
      const other = own.get(flag);
      if (other !== undefined) {
        const [first, second] = [placeOf(other), placeOf(name)];
        const names = `${first.name} and ${second.name}`;
        throw new CommandError(inFile(first.file, `${names} are the same setting: give one of them`));
      }
      own.set(flag, name);
      values[flag] = text;
      places.set(flag, placeOf(name));
    }
  }
  return { values, places };
}

/** @throws CommandError with one line that names the setting as the user has given it */
export function configOf({ values, places }: GivenSettings): ServerConfig {
  try {
    return resolveConfig(values);
  } catch (error) {
    throw error instanceof ConfigError ? refused(error, places) : error;
  }
}

/**
 * The server names settings as flags; this message names them as the user gave them. It begins with the file if the
 * first of them is in one.
 */
export function refused(error: ConfigError, places: GivenSettings['places']): CommandError {
  const pattern = /(?<!\S)--([a-z-]+)/g;
  const first = places.get(pattern.exec(error.message)?.[1] ?? '');
  const message = error.message.replaceAll(pattern, (flag, name: string) => {
    const place = places.get(name);
    if (place === undefined) return flag;
    return place.file === first?.file || place.file === undefined ? place.name : `${place.name} in ${place.file}`;
  });
  return new CommandError(inFile(first?.file, message), { cause: error });
}

function inFile(file: string | undefined, message: string): string {
  return file === undefined ? message : `${file}: ${message}`;
}

/** The settings on the command line, and --config-file. */
function flagsOf(command: Command): Record<string, string> {
  const given: Record<string, string> = {};
  for (const option of command.options) {
    const flag = option.long?.slice(2) ?? '';
    if (flag !== 'config-file' && !isKnown(flag)) continue;
    const value: unknown = command.getOptionValue(option.attributeName());
    if (typeof value === 'string') given[flag] = value;
    // A boolean flag without a value means true, as in Go.
    if (value === true) given[flag] = 'true';
  }
  return given;
}

function isKnown(name: string): boolean {
  return (findSetting(name) ?? findEtcdSetting(name)) !== undefined;
}

function etcdVariableOf(flag: string): string {
  return variableOf(flag).replace(/^RAFTKV_/, 'ETCD_');
}

function settingsOf(variables: Variables, variableOfName: (name: string) => string): RawSettings {
  const found: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const value = nonEmpty(variables[variableOfName(name)]);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** An empty variable counts as not set. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
