import { readFile } from 'node:fs/promises';
import { isAlias, isMap, isScalar, parseDocument, type Document, type Pair } from 'yaml';
import { findSetting, type RawSettings } from '../server/startup/settings/table.js';
import { defined } from '../util/assert.js';
import { isSystemError, systemReason } from '../util/system-error.js';
import { CommandError } from './streams.js';

/**
 * The settings in a YAML or JSON file, as text.
 * @param options.namedBy what the user named the file with
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
  // JSON is YAML.
  const document = parseDocument(text);
  // A warning is of what would be read in another way than it is meant.
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined) throw new CommandError(`${file}: ${firstLine(wrong.message)}`, { cause: wrong });
  const { contents } = document;
  if (contents === null) return {};
  if (!isMap(contents)) {
    throw new CommandError(`${file}: NAME: VALUE lines are needed, as in "data-dir: raftkv.data"`);
  }
  return Object.fromEntries(contents.items.map((pair) => settingOf(file, pair, document)));
}

function settingOf(file: string, { key, value }: Pair, document: Document): readonly [string, string] {
  const name = isScalar(key) ? String(key.value) : 'a name that is no text';
  if (findSetting(name) === undefined) throw new CommandError(`${file}: unknown setting ${name}`);
  const node = isAlias(value) ? value.resolve(document) : value;
  if (!isScalar(node)) throw new CommandError(`${file}: ${name} must be a single value`);
  if (node.value === null) throw new CommandError(`${file}: ${name} has no value`);
  // As it is written: a token of 007 is not 7, whatever YAML takes it for, since no flag would be.
  return [name, typeof node.value === 'string' ? node.value : defined(node.source, 'the text of a plain value')];
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').replace(/:$/, '');
}
