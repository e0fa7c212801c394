import type { IndexInfo, IndexValue } from '../../../client/index.js';
import { prefixEnd } from '../../../util/bytes.js';
import { field } from '../../output/fields.js';
import { isOpen } from '../../output/role.js';
import { cell, renderTable } from '../../output/table.js';

// Indexes in the formats of -w. JSON has the field names of proto/raftkvpb/index.proto.

const HEAD = ['NAME', 'STATE', 'TYPE', 'SOURCE', 'KEYS', 'UNIQUE'];

export function indexTable(indexes: readonly IndexInfo[], hex: boolean): string {
  return renderTable(
    HEAD,
    indexes.map((index) => cells(index, hex)),
  );
}

/** The cells of the table on one line. */
export function indexLine(index: IndexInfo, hex: boolean): string {
  return cells(index, hex).join(', ');
}

function cells(index: IndexInfo, hex: boolean): readonly string[] {
  const { name, state, type, multiple, unique } = index;
  return [name, state, multiple ? `${type}s` : type, sourceText(index, hex), keysText(index, hex), String(unique)];
}

function sourceText({ source }: IndexInfo, hex: boolean): string {
  if ('json' in source) return source.json === '' ? 'json' : `json ${cell(Buffer.from(source.json), false)}`;
  if ('wholeValue' in source) return 'value';
  const { position, separator, prefix = '' } = source.segment;
  const behind = prefix.length === 0 ? '' : ` behind ${cell(Buffer.from(prefix), hex)}`;
  return `segment ${position} at ${cell(Buffer.from(separator), hex)}${behind}`;
}

function keysText({ key, rangeEnd }: IndexInfo, hex: boolean): string {
  if (rangeEnd.length === 0) return cell(key, hex);
  if (isOpen(rangeEnd)) return isOpen(key) ? 'all' : `from ${cell(key, hex)}`;
  if (rangeEnd.equals(prefixEnd(key))) return `prefix ${cell(key, hex)}`;
  return `from ${cell(key, hex)} to ${cell(rangeEnd, hex)}`;
}

export function indexJson(index: IndexInfo): object {
  const { name, key, rangeEnd, type, multiple, unique, id, state, readyRevision } = index;
  return {
    definition: {
      name,
      key: key.toString('base64'),
      range_end: rangeEnd.length === 0 ? undefined : rangeEnd.toString('base64'),
      source: sourceJson(index),
      type: type.toUpperCase(),
      multiple: multiple || undefined,
      unique: unique || undefined,
    },
    id,
    state: state.toUpperCase(),
    ready_revision: readyRevision === 0 ? undefined : readyRevision,
  };
}

function sourceJson({ source }: IndexInfo): object {
  if ('json' in source) return { json: source.json };
  if ('wholeValue' in source) return { whole_value: true };
  const { position, separator, prefix = '' } = source.segment;
  const segment = { separator: Buffer.from(separator).toString('base64'), position: position || undefined };
  return { key_segment: { prefix: Buffer.from(prefix).toString('base64') || undefined, ...segment } };
}

export function indexFields(index: IndexInfo): readonly string[] {
  return [
    field('Name', index.name),
    field('ID', index.id),
    field('State', index.state.toUpperCase()),
    field('ReadyRevision', index.readyRevision),
    field('Key', index.key),
    field('RangeEnd', index.rangeEnd),
    field('Source', sourceText(index, false)),
    field('Type', index.type.toUpperCase()),
    field('Multiple', index.multiple),
    field('Unique', index.unique),
  ];
}

/** A value of an index, as its field of `IndexValue`. */
export function valueJson(value: IndexValue | undefined): object {
  if (typeof value === 'string') return { string_value: value };
  if (typeof value === 'number') return { number_value: value };
  if (typeof value === 'boolean') return { boolean_value: value };
  return value === undefined ? {} : { bytes_value: value.toString('base64') };
}

/** A value of an index as the text of a cell. */
export function valueText(value: IndexValue | undefined, hex: boolean): string {
  if (typeof value === 'string') return cell(Buffer.from(value), hex);
  return Buffer.isBuffer(value) ? cell(value, hex) : String(value);
}
