import { readFile } from 'node:fs/promises';
import { isAlias, isMap, isScalar, isSeq, Pair, parseDocument, Scalar, type Document } from 'yaml';
import { findEtcdSetting } from '../../server/settings/etcd-settings.js';
import { findSetting, SETTING_NAMES, type RawSettings } from '../../server/settings/table.js';
import { defined } from '../../util/assert.js';
import { suggestion } from '../../util/suggestion.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { CommandError } from '../process/streams.js';

/** Sections of etcd's file: each entry has the meaning of a flag. */
const NESTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'client-transport-security': {
    'cert-file': 'cert-file',
    'key-file': 'key-file',
    'client-cert-file': 'client-cert-file',
    'client-key-file': 'client-key-file',
    'client-cert-auth': 'client-cert-auth',
    'trusted-ca-file': 'trusted-ca-file',
    'auto-tls': 'auto-tls',
    'allowed-hostname': 'client-cert-allowed-hostname',
  },
  'peer-transport-security': {
    'cert-file': 'peer-cert-file',
    'key-file': 'peer-key-file',
    'client-cert-file': 'peer-client-cert-file',
    'client-key-file': 'peer-client-key-file',
    'client-cert-auth': 'peer-client-cert-auth',
    'trusted-ca-file': 'peer-trusted-ca-file',
    'auto-tls': 'peer-auto-tls',
    'allowed-cn': 'peer-cert-allowed-cn',
    'allowed-hostname': 'peer-cert-allowed-hostname',
    'skip-client-san-verification': 'peer-skip-client-san-verification',
  },
  'socket-options': { 'reuse-port': 'socket-reuse-port', 'reuse-address': 'socket-reuse-address' },
};

/**
 * Reads the settings of a YAML or JSON file, as text.
 * @param options.namedBy the flag or variable that names the file
 * @throws CommandError with one line that names the file
 */
export async function readConfigFile(file: string, options: { readonly namedBy: string }): Promise<RawSettings> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new CommandError(`${options.namedBy} ${file} cannot be read: ${systemReason(error)}`, { cause: error });
  }
  return parseSettings(file, text);
}

function parseSettings(file: string, text: string): RawSettings {
  // YAML includes JSON.
  const document = parseDocument(text);
  // A warning means that the file is not read as its author intended.
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined) throw new CommandError(`${file}: ${oneLine(wrong.message)}`, { cause: wrong });
  const { contents } = document;
  if (contents === null) return {};
  if (!isMap(contents)) {
    throw new CommandError(`${file}: expected lines of NAME: VALUE, such as "data-dir: raftkv.data"`);
  }
  return Object.fromEntries(contents.items.flatMap((pair) => settingsOf(file, pair, document)));
}

/** The settings of one entry; none if it has no value, as in etcd's sample file. */
function settingsOf(file: string, { key, value }: Pair, document: Document): readonly (readonly [string, string])[] {
  if (!isScalar(key) || key.value === null) {
    throw new CommandError(`${file}: the name of a setting must be text, such as data-dir`);
  }
  const name = textOf(key);
  const node = isAlias(value) ? value.resolve(document) : value;
  const nested = NESTED[name];
  if (nested !== undefined) {
    if (isScalar(node) && node.value === null) return [];
    if (!isMap(node)) throw new CommandError(`${file}: ${name} must have settings of its own, indented below it`);
    return node.items.flatMap((pair) =>
      settingsOf(file, renamed(file, pair, { section: name, names: nested }), document),
    );
  }
  const setting = findSetting(name) ?? findEtcdSetting(name);
  if (setting === undefined) {
    const advice =
      suggestion(name, [...SETTING_NAMES, ...Object.keys(NESTED)]) || ': "raftkv serve --help" lists the settings';
    throw new CommandError(`${file}: unknown setting ${name}${advice}`);
  }
  if (isSeq(node) && (setting.kind === 'list' || setting.kind === 'urls' || name === 'cipher-suites')) {
    const texts = node.items.map((item) => (isScalar(item) ? textOf(item) : undefined));
    if (texts.includes(undefined)) throw new CommandError(`${file}: ${name} must be a list of single values`);
    return texts.length === 0 ? [] : [[name, texts.join(',')]];
  }
  if (!isScalar(node)) throw new CommandError(`${file}: ${name} must be a single value, not a list or a section`);
  if (node.value === null) return [];
  // etcd reads a duration that is a number as nanoseconds.
  if (setting.kind === 'duration' && typeof node.value === 'number') return [[name, `${node.value}ns`]];
  return [[name, textOf(node)]];
}

/** The text as written: a token of 007 stays 007 although YAML reads a number, as it would for a flag. */
function textOf(node: Scalar): string {
  if (typeof node.value === 'string' || typeof node.value === 'boolean') return String(node.value);
  return defined(node.source, 'the text of a plain value');
}

/** An entry of a section, under the name of the flag with the same meaning. */
function renamed(
  file: string,
  { key, value }: Pair,
  { section, names }: { readonly section: string; readonly names: Readonly<Record<string, string>> },
): Pair {
  const inner = isScalar(key) ? String(key.value) : '';
  const flag = names[inner];
  if (flag === undefined) {
    const advice = suggestion(inner, Object.keys(names)) || `: it takes ${Object.keys(names).join(', ')}`;
    throw new CommandError(`${file}: unknown setting ${inner} in ${section}${advice}`);
  }
  return new Pair(new Scalar(flag), value);
}

/** The message of the YAML parser without its excerpt of the file, and with the position in front. */
function oneLine(text: string): string {
  const first = (text.split('\n', 1)[0] ?? '').replace(/:$/, '');
  const [, what = first, position] = /^(.*) at (line \d+, column \d+)$/.exec(first) ?? [];
  const sentence = /^[A-Z][a-z ]/.test(what) ? what.charAt(0).toLowerCase() + what.slice(1) : what;
  return position === undefined ? sentence : `${position}: ${sentence}`;
}
