import { parseDuration } from '../../util/duration.js';
import { parseGoBoolean } from '../../util/go-boolean.js';
import { ConfigError, parseCluster, parseUrls, type MemberUrls, type UrlOptions } from './urls.js';
import type { Group, Kind, Setting } from './setting.js';

/** What each builder of a setting takes. */
interface Options<Flag extends string, Default> {
  readonly flag: Flag;
  readonly aliases?: readonly string[];
  readonly group: Group;
  /** Default: none, and the value is undefined unless the setting is given. */
  readonly default?: Default;
  readonly placeholder?: string;
  readonly help: string;
}

interface Bounds {
  /** Smallest and largest value, both included. */
  readonly min: number;
  readonly max: number;
}

/** Undefined is among the values of a setting without a default. */
type Absent<Default> = Default extends undefined ? undefined : never;

const HOUR_MS = 3_600_000;

/** Any text but the empty one. */
export function text<const Flag extends string, Default extends string | undefined = undefined>(
  options: Options<Flag, Default>,
): Setting<Flag, string | Absent<Default>> {
  return setting(options, { kind: 'text', placeholder: 'text', parse: required });
}

/** A whole number. */
export function integer<const Flag extends string, Default extends number | undefined = undefined>(
  options: Options<Flag, Default> & Bounds & { readonly unit?: string },
): Setting<Flag, number | Absent<Default>> {
  const { min, max, unit } = options;
  return setting(options, {
    kind: 'integer',
    placeholder: unit ?? 'count',
    unit,
    parse: (value, name) => parseInteger(required(value, name), { name, min, max }),
  });
}

/** A duration as Go writes it: 500ms, 30s, 10m0s, 1h30m. The value, and the input of a program, are milliseconds. */
export function duration<const Flag extends string, Default extends string | undefined = undefined>(
  options: Options<Flag, Default> & Bounds,
): Setting<Flag, number | Absent<Default>> {
  const { min, max } = options;
  return setting(options, {
    kind: 'duration',
    placeholder: 'duration',
    parse: (value, name) => parseDurationMs(required(value, name), { name, min, max }),
  });
}

/** True or false, in each form that Go takes. The flag alone means true, as in Go. */
export function boolean<const Flag extends string, Default extends boolean>(
  options: Options<Flag, Default>,
): Setting<Flag, boolean> {
  const parse = (value: string, name: string): boolean =>
    parseGoBoolean(value) ?? parseChoice(value, name, ['true', 'false']) === 'true';
  return setting(options, { kind: 'boolean', placeholder: 'bool', parse });
}

/** One of some words. */
export function choice<const Flag extends string, const Word extends string>(
  options: Options<Flag, NoInfer<Word>> & { readonly words: readonly Word[] },
): Setting<Flag, Word> {
  const { words } = options;
  const parse = (value: string, name: string): Word => parseChoice(value, name, words);
  return setting(options, { kind: 'choice', placeholder: words.join('|'), parse });
}

/** URLs, separated by commas; a program passes an array. */
export function urls<const Flag extends string, Default extends string | undefined = undefined>(
  options: Options<Flag, Default> & Partial<UrlOptions>,
): Setting<Flag, readonly string[] | Absent<Default>> {
  const { sockets = false } = options;
  return setting(options, {
    kind: 'urls',
    placeholder: 'urls',
    parse: (value, name) => parseUrls(name, value, { sockets }),
  });
}

/** @throws ConfigError if a part is empty */
export function parseTexts(value: string, name: string): readonly string[] {
  return [...new Set(value.split(',').map((part) => required(part.trim(), name)))];
}

/** Texts, separated by commas; a program passes an array. Default: empty. */
export function list<const Flag extends string>(
  options: Options<Flag, undefined> & { readonly parse: (text: string, name: string) => readonly string[] },
): Setting<Flag, readonly string[] | undefined> {
  return setting(options, { kind: 'list', placeholder: 'list', parse: options.parse });
}

/** Members with their peer URLs: NAME=URL,NAME=URL,…; a program passes an array. */
export function members<const Flag extends string>(
  options: Options<Flag, undefined>,
): Setting<Flag, readonly MemberUrls[] | undefined> {
  return setting(options, {
    kind: 'members',
    placeholder: 'members',
    parse: (value, name) => parseCluster(name, value),
  });
}

/** The same setting, where an empty text means the default, and none if there is no default. */
export function emptyMeansDefault<Flag extends string, Value>(setting: Setting<Flag, Value>): Setting<Flag, Value> {
  const { defaultText, parse } = setting;
  return {
    ...setting,
    // Without a default, undefined is a value of the setting.
    parse: (value, name) => {
      const text = value === '' ? defaultText : value;
      return text === undefined ? (undefined as Value) : parse(text, name);
    },
  };
}

/** @throws ConfigError if the text is empty */
export function required(value: string, name: string): string {
  if (value === '') throw new ConfigError(`${name} must not be empty`);
  return value;
}

/** @throws ConfigError if the text is not a whole number between the bounds */
export function parseInteger(value: string, { name, min, max }: Bounds & { readonly name: string }): number {
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || number < min || number > max) {
    throw new ConfigError(`${name} ${value}: must be a whole number from ${min} to ${max}`);
  }
  return number;
}

/** @returns milliseconds. @throws ConfigError if the text is not a duration between the bounds, which are milliseconds */
export function parseDurationMs(value: string, { name, min, max }: Bounds & { readonly name: string }): number {
  const ms = parseDuration(value);
  if (ms === undefined || ms < min || ms > max) {
    const bounds = `from ${durationText(min)} to ${durationText(max)}`;
    throw new ConfigError(`${name} ${value}: must be a duration ${bounds}, as in 30s, 10m or 1h30m`);
  }
  // Zero often means "never", which no positive duration may become.
  return ms > 0 ? Math.max(1, Math.round(ms)) : 0;
}

function parseChoice<Word extends string>(value: string, name: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === required(value, name));
  if (found === undefined) throw new ConfigError(`${name} ${value}: must be one of ${words.join(', ')}`);
  return found;
}

/** Milliseconds as a duration, in the largest unit of hours, seconds and milliseconds that keeps it whole. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s';
  if (ms % HOUR_MS === 0) return `${ms / HOUR_MS}h`;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

interface Reading<Value> {
  readonly kind: Kind;
  readonly placeholder: string;
  readonly unit?: string | undefined;
  readonly parse: (text: string, name: string) => Value;
}

function setting<Flag extends string, Value>(
  options: Options<Flag, string | number | boolean | undefined>,
  { kind, placeholder, unit, parse }: Reading<Value>,
): Setting<Flag, Value> {
  const { flag, aliases = [], group, help, default: fallback } = options;
  const defaultText = fallback === undefined ? undefined : String(fallback);
  return {
    flag,
    aliases,
    group,
    kind,
    placeholder: options.placeholder ?? placeholder,
    unit,
    defaultText,
    help,
    parse,
  };
}
