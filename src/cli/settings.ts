import type { Command } from 'commander';
import { resolveConfig, SETTINGS, type RawSettings, type ServerConfig } from '../server/startup/config.js';
import { ConfigError } from '../server/startup/urls.js';
import { readConfigFile } from './config-file.js';
import { CommandError } from './streams.js';
import { variableOf } from './text.js';

/** Variables of a process, by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Names the file that holds settings. */
const FILE_VARIABLE = 'RAFTKV_CONFIG_FILE';

/** Variables of the same beginning that are not settings of a server. */
const OTHER_VARIABLES: readonly string[] = [FILE_VARIABLE, 'RAFTKV_ENDPOINTS'];

/** Settings that were given, and where each of them stands if not on the command line: RAFTKV_NAME, or FILE:name. */
export interface GivenSettings {
  readonly values: RawSettings;
  readonly places: ReadonlyMap<string, string>;
}

export function addConfigFileOption(command: Command): void {
  command.option('--config-file <file>', 'YAML or JSON with the same names; flags and environment win over it');
}

/**
 * What a member is told: by flags, which win over variables, which win over a file.
 * @throws CommandError where the file cannot be read
 */
export async function readSettings(command: Command, variables: Variables): Promise<GivenSettings> {
  const { 'config-file': namedFile, ...flags } = flagsOf(command);
  const file = namedFile ?? nonEmpty(variables[FILE_VARIABLE]);
  const namedBy = namedFile === undefined ? FILE_VARIABLE : '--config-file';
  const fromFile = file === undefined ? {} : await readConfigFile(file, { namedBy });
  const fromVariables = settingsOf(variables);
  const places = new Map<string, string>();
  for (const flag of Object.keys(fromFile)) places.set(flag, `${file}:${flag}`);
  for (const flag of Object.keys(fromVariables)) places.set(flag, variableOf(flag));
  for (const flag of Object.keys(flags)) places.delete(flag);
  return { values: { ...fromFile, ...fromVariables, ...flags }, places };
}

/** @throws CommandError with one line that names the setting as the user has given it */
export function configOf({ values, places }: GivenSettings): ServerConfig {
  try {
    return resolveConfig(values);
  } catch (error) {
    throw error instanceof ConfigError ? refused(error, places) : error;
  }
}

/** A refusal, in the server's words, names settings as flags. What was given in another way is called by its place. */
export function refused(error: ConfigError, places: GivenSettings['places']): CommandError {
  const message = error.message.replaceAll(/(?<!\S)--([a-z-]+)/g, (name, flag: string) => places.get(flag) ?? name);
  return new CommandError(message, { cause: error });
}

/** Variables that look like settings and are none: a typo must not go unnoticed. */
export function unknownVariables(variables: Variables): readonly string[] {
  const known = new Set([...SETTINGS.map(({ flag }) => variableOf(flag)), ...OTHER_VARIABLES]);
  return Object.keys(variables).filter((name) => name.startsWith('RAFTKV_') && !known.has(name));
}

/** What was given on the command line, by flag name: settings, and the name of a file. */
function flagsOf(command: Command): Record<string, string> {
  const given: Record<string, string> = {};
  for (const option of command.options) {
    const flag = option.long?.slice(2) ?? '';
    if (flag !== 'config-file' && !SETTINGS.some((setting) => setting.flag === flag)) continue;
    const value: unknown = command.getOptionValue(option.attributeName());
    if (typeof value === 'string') given[flag] = value;
  }
  return given;
}

function settingsOf(variables: Variables): RawSettings {
  const found: Record<string, string> = {};
  for (const { flag } of SETTINGS) {
    const value = nonEmpty(variables[variableOf(flag)]);
    if (value !== undefined) found[flag] = value;
  }
  return found;
}

/** A variable that is empty counts as one that is not there. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
