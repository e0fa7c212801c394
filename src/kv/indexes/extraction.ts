import { raftkvpb } from '../../gen/proto.js';
import { asBuffer, compareBytes } from '../../util/bytes.js';
import { KEY_BYTES_MAX, VALUES_PER_KEY_MAX } from './bounds.js';
import type { IndexSource, IndexSpec } from './definition.js';
import { encodeValue } from './index-value.js';
import { isArray, parseDocument, partAt, type Json } from './json-document.js';
import { decodeUtf8 } from '../../util/utf8.js';

const { Type } = raftkvpb.IndexDefinition;

/** The grammar of RFC 8259. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
/** More characters than any number needs. */
const NUMBER_CHARS_MAX = 400;
const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/** A version of a key from which values are taken. A JSON document is parsed once, whatever the number of indexes. */
export class IndexedVersion {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  #document: Json | undefined;
  #isParsed = false;

  constructor(key: Uint8Array, value: Uint8Array) {
    this.key = key;
    this.value = value;
  }

  get document(): Json | undefined {
    if (!this.#isParsed) this.#document = parseDocument(this.value);
    this.#isParsed = true;
    return this.#document;
  }
}

/** The encoded values that an index takes from a version, in their order, each once; none if the key is left out. */
export function valuesOf(spec: IndexSpec, version: IndexedVersion): readonly Buffer[] {
  const { source } = spec;
  if (version.key.length > KEY_BYTES_MAX) return [];
  if (source.kind !== 'json') {
    const bytes = source.kind === 'value' ? version.value : segmentOf(source, version.key);
    const value = bytes === undefined ? undefined : encodeValue(spec.type, fromBytes(spec, bytes));
    return value === undefined ? [] : [value];
  }
  const { document } = version;
  const part = document === undefined ? undefined : partAt(document, source.names);
  if (part === undefined) return [];
  const parts = spec.multiple && isArray(part) ? part : [part];
  if (parts.length > VALUES_PER_KEY_MAX) return [];
  const values = parts.flatMap((one) => encodeValue(spec.type, fromJson(spec, one)) ?? []);
  if (values.length < 2) return values;
  values.sort(compareBytes);
  return values.filter((value, at) => at === 0 || !value.equals(values[at - 1] ?? value));
}

/** The values that others lack, in linear time. Both as `valuesOf` gives them. */
export function without(values: readonly Buffer[], others: readonly Buffer[]): readonly Buffer[] {
  let at = 0;
  return values.filter((value) => {
    let order = -1;
    for (; at < others.length; at++) {
      order = compareBytes(others[at] ?? value, value);
      if (order >= 0) break;
    }
    return order !== 0;
  });
}

/** Cost of a value, in units of `StateReader.spend`. */
const VALUE_UNITS = 8;
/** Bytes of a key that are searched for separators at the cost of a unit, however many there are. */
const SEARCHED_PER_UNIT = 16;

/** Cost of taking values, beside that of parsing a document, in units of `StateReader.spend`. */
export function unitsOfValues({ source }: IndexSpec, key: Uint8Array, values: number): number {
  const searched = source.kind === 'segment' ? Math.min(key.length, KEY_BYTES_MAX) : 0;
  return VALUE_UNITS * values + searched / SEARCHED_PER_UNIT;
}

function fromJson({ type }: IndexSpec, part: Json): unknown {
  if (type !== Type.BYTES) return part;
  return typeof part === 'string' && BASE64.test(part) ? Buffer.from(part, 'base64') : undefined;
}

function fromBytes({ type }: IndexSpec, bytes: Uint8Array): unknown {
  if (type === Type.BYTES) return bytes;
  if (type === Type.STRING) return textIn(bytes);
  const text = bytes.length > NUMBER_CHARS_MAX ? '' : asBuffer(bytes).toString('latin1');
  if (type === Type.NUMBER) return NUMBER.test(text) ? Number(text) : undefined;
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

function textIn(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function segmentOf(
  { prefix, separator, position }: Extract<IndexSource, { kind: 'segment' }>,
  key: Uint8Array,
): Uint8Array | undefined {
  const bytes = asBuffer(key);
  if (bytes.length < prefix.length || compareBytes(bytes.subarray(0, prefix.length), prefix) !== 0) return undefined;
  let from = prefix.length;
  for (let at = 0; ; at++) {
    const end = bytes.indexOf(separator, from);
    if (at === position) return bytes.subarray(from, end < 0 ? bytes.length : end);
    if (end < 0) return undefined;
    from = end + separator.length;
  }
}
