import { raftkvpb } from '../../gen/proto.js';
import { EMPTY, equalBytes } from '../../util/bytes.js';
import { isEmptyRange, spanOf } from '../format/key-range.js';
import type { KeyRange } from '../format/layout.js';
import { KEY_BYTES_MAX, NAME_BYTES_MAX, SOURCE_BYTES_MAX } from './bounds.js';
import { parsePointer } from './json-document.js';
import type { IndexType } from './index-value.js';

/** Where the values of an index come from. */
export type IndexSource =
  | { readonly kind: 'json'; readonly names: readonly string[] }
  | { readonly kind: 'segment'; readonly prefix: Uint8Array; readonly separator: Uint8Array; readonly position: number }
  | { readonly kind: 'value' };

/** A definition that was checked. */
export interface IndexSpec {
  readonly name: string;
  readonly range: KeyRange;
  readonly source: IndexSource;
  readonly type: IndexType;
  readonly multiple: boolean;
  readonly unique: boolean;
  /** As it was created. */
  readonly definition: raftkvpb.IndexDefinition.$Properties;
}

type Definition = raftkvpb.IndexDefinition.$Properties;

export function isName(name: string): boolean {
  return name.length <= NAME_BYTES_MAX && /^[\w.-]+$/.test(name);
}

/** Checks a definition. @returns what is wrong with it, if it is not valid */
export function readDefinition(definition: Definition | null | undefined): IndexSpec | string {
  const name = definition?.name ?? '';
  if (!isName(name)) return `a name has 1 to ${NAME_BYTES_MAX} letters, digits, '.', '_' and '-'`;
  const key = Buffer.from(definition?.key ?? EMPTY);
  const rangeEnd = Buffer.from(definition?.rangeEnd ?? EMPTY);
  if (key.length === 0) return 'a key is required';
  if (Math.max(key.length, rangeEnd.length) > KEY_BYTES_MAX)
    return `a key and a range end have up to ${KEY_BYTES_MAX} bytes`;
  const range = rangeOf(key, rangeEnd);
  if (isEmptyRange(range)) return 'the range is empty';
  const type = definition?.type ?? 0;
  if (!(type in raftkvpb.IndexDefinition.Type)) return `unknown type ${type}`;
  const source = sourceOf(definition?.source);
  if (typeof source === 'string') return source;
  const multiple = definition?.multiple === true;
  if (multiple && source.kind !== 'json') return 'multiple needs a JSON pointer';
  const unique = definition?.unique === true;
  const kept = { name, key, rangeEnd, source: sourceMessage(source, definition), type, multiple, unique };
  return { name, range, source, type, multiple, unique, definition: kept };
}

/** The keys of a definition. */
export function rangeOf(key: Uint8Array, rangeEnd: Uint8Array): KeyRange {
  const span = spanOf(key, rangeEnd);
  return span.kind === 'range' ? span.range : { start: key, end: Buffer.concat([key, Buffer.of(0)]) };
}

function sourceOf(source: raftkvpb.IndexSource.$Properties | null | undefined): IndexSource | string {
  if (typeof source?.json === 'string') {
    if (Buffer.byteLength(source.json) > SOURCE_BYTES_MAX) return `a JSON pointer has up to ${SOURCE_BYTES_MAX} bytes`;
    const names = parsePointer(source.json);
    if (names !== undefined) return { kind: 'json', names };
    return `not a JSON pointer, such as /email or /tags/0: ${JSON.stringify(source.json)}`;
  }
  if (source?.keySegment) {
    const prefix = Buffer.from(source.keySegment.prefix ?? EMPTY);
    const separator = Buffer.from(source.keySegment.separator ?? EMPTY);
    if (separator.length === 0) return 'a separator is required';
    if (Math.max(prefix.length, separator.length) > SOURCE_BYTES_MAX) {
      return `a prefix and a separator have up to ${SOURCE_BYTES_MAX} bytes`;
    }
    return { kind: 'segment', prefix, separator, position: source.keySegment.position ?? 0 };
  }
  return source?.wholeValue === true ? { kind: 'value' } : 'a source is required';
}

function sourceMessage(
  source: IndexSource,
  definition: Definition | null | undefined,
): raftkvpb.IndexSource.$Properties {
  if (source.kind === 'json') return { json: definition?.source?.json ?? '' };
  if (source.kind === 'value') return { wholeValue: true };
  const { prefix, separator, position } = source;
  return { keySegment: { prefix, separator, position } };
}

/** Whether two definitions are the same. */
export function isSame(left: Definition, right: Definition): boolean {
  const encode = (one: Definition): Uint8Array => raftkvpb.IndexDefinition.encode(one).finish();
  return equalBytes(encode(left), encode(right));
}
