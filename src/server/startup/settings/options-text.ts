import { ConfigError, type MemberUrls } from '../urls.js';
import { findEtcdSetting, type EtcdSetting } from './etcd-settings.js';
import { durationText } from './kinds.js';
import type { Setting } from './setting.js';
import { findSetting, type RawSettings, type ServerOptions } from './table.js';

/**
 * The text of each option that a program passes, by flag name.
 * @throws ConfigError if a name is unknown or given twice, or a value has a wrong type
 */
export function textsOf(options: ServerOptions): RawSettings {
  const texts: Record<string, string> = {};
  for (const [name, input] of Object.entries(options)) {
    if (input === undefined) continue;
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const known = findSetting(flag) ?? findEtcdSetting(flag);
    if (known === undefined) throw new ConfigError(`unknown setting ${name}`);
    if (texts[flag] !== undefined) throw new ConfigError(`${flag} is given twice, once in camel case`);
    texts[flag] = textOf(input, known);
  }
  return texts;
}

function textOf(input: unknown, { flag, kind }: Setting | EtcdSetting): string {
  if (typeof input === 'string') return input;
  if (typeof input === 'number' && kind === 'duration') return durationText(input);
  if (typeof input === 'number' || typeof input === 'boolean') return String(input);
  if (Array.isArray(input)) {
    if ((kind === 'urls' || kind === 'list') && input.every((item) => typeof item === 'string')) return input.join(',');
    if (kind === 'members' && input.every(isMember)) return input.map(memberText).join(',');
  }
  throw new ConfigError(`--${flag}: a value of type ${Array.isArray(input) ? 'array' : typeof input} is not valid`);
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
