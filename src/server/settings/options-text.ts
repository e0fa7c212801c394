import { ConfigError, type MemberUrls } from './urls.js';
import { findEtcdSetting, type EtcdSetting } from './etcd-settings.js';
import { durationText } from './kinds.js';
import type { Setting } from './setting.js';
import { asError } from '../../util/error.js';
import { suggestion } from '../../util/suggestion.js';
import { findSetting, SETTING_NAMES, type RawSettings, type ServerOptions } from './table.js';

/**
 * The text of each option that a program passes, by flag name.
 * @throws ConfigError if there is no object, a name is unknown or given twice, a value has a wrong type, or a getter throws
 */
export function textsOf(options: ServerOptions): RawSettings {
  try {
    return readTexts(options);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`resolveConfig cannot read its settings: ${asError(error).message}`, { cause: error });
  }
}

function readTexts(options: ServerOptions): RawSettings {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigError("resolveConfig needs an object of settings, as in resolveConfig({ dataDir: 'my-data' })");
  }
  const texts: Record<string, string> = {};
  for (const [name, input] of Object.entries(options)) {
    if (input === undefined) continue;
    const flag = flagOf(name);
    const known = findSetting(flag) ?? findEtcdSetting(flag);
    if (known === undefined) throw new ConfigError(`unknown setting ${name}${suggestionFor(name)}`);
    if (texts[flag] !== undefined) throw new ConfigError(`${flag} is given twice, once in camel case`);
    texts[flag] = textOf(input, known);
  }
  return texts;
}

function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** In the form in which the name was given. */
function suggestionFor(name: string): string {
  return suggestion(name, name.includes('-') ? SETTING_NAMES : SETTING_NAMES.map(camelCaseOf));
}

function camelCaseOf(flag: string): string {
  return flag.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function textOf(input: unknown, { flag, kind }: Setting | EtcdSetting): string {
  if (typeof input === 'string') return input;
  if (typeof input === 'number' && kind === 'duration') return durationText(input);
  if (typeof input === 'number' || typeof input === 'boolean') return String(input);
  if (Array.isArray(input)) {
    if ((kind === 'urls' || kind === 'list') && input.every((item) => typeof item === 'string')) return input.join(',');
    if (kind === 'members' && input.every(isMember)) return input.map(memberText).join(',');
  }
  const type = input === null ? 'null' : Array.isArray(input) ? 'array' : typeof input;
  throw new ConfigError(`--${flag}: a value of type ${type} is not valid`);
}

function isMember(input: unknown): input is MemberUrls {
  return (
    typeof input === 'object' &&
    input !== null &&
    'name' in input &&
    'peerUrls' in input &&
    Array.isArray(input.peerUrls)
  );
}

function memberText({ name, peerUrls }: MemberUrls): string {
  return peerUrls.map((url) => `${name}=${url}`).join(',');
}
