import protobuf from 'protobufjs/minimal.js';
import type { EnumType, Field, MessageType, Scalar } from '../../schema/types.js';
import { assertNever } from '../../util/assert.js';
import { fromBigInt } from '../../util/integer.js';
import type { Steps } from '../../util/slices.js';
import { base64Steps, fromBase64 } from './base64.js';
import { excerpt, JsonError } from './json-error.js';
import { JsonReader } from './json-reader.js';
import { JsonText, type JsonKind, type JsonValue } from './json-text.js';
import { repairSteps, unescapeSteps } from './string-steps.js';

type Writer = protobuf.Writer;

/** Deepest nesting of messages: that of protobuf's own readers. */
const NESTING_MAX = 100;

/** Longest string that may hold a number, in bytes. */
const NUMBER_STRING_BYTES_MAX = 1024;
/** Longest name of a field or a value of an enum, with its escapes, in bytes; all are far shorter. */
const NAME_BYTES_MAX = 1024;
/** Strings that are longer are decoded in steps, in bytes. */
const LONG_STRING_BYTES = 16 * 1024;

/**
 * Encodes the JSON text of a message, by the rules of Go's jsonpb: members come in any order and under either name, unknown
 * ones are skipped, null is the same as an absent member. Of several errors, reports the one of the field that comes first
 * in the .proto file.
 * @throws JsonError
 */
export function* fromJson(type: MessageType, json: JsonValue): Steps<Uint8Array> {
  const writer = protobuf.Writer.create();
  yield* writeMessage(writer, { text: new JsonText(json), type, at: 0, depth: 0 });
  return writer.finish();
}

interface Source {
  readonly text: JsonText;
  readonly at: number;
  readonly depth: number;
}

function* writeMessage(
  writer: Writer,
  { text, at, depth, type }: Source & { readonly type: MessageType },
): Steps<void> {
  const kind = text.kindAt(at);
  if (kind === 'null') return;
  if (kind !== 'object') throw mismatch(kind, 'map[string]json.RawMessage');
  if (depth > NESTING_MAX) throw new JsonError('exceeded max depth');
  const byName: (number | undefined)[] = [];
  const byCamelName: (number | undefined)[] = [];
  for (let keyAt = text.firstIn(at); keyAt !== undefined;) {
    const valueAt = text.valueOf(keyAt);
    const isName = text.rawStringAt(keyAt).length <= NAME_BYTES_MAX;
    const found = isName ? type.named(text.stringAt(keyAt)) : undefined;
    if (found !== undefined) (found.camel ? byCamelName : byName)[found.index] = valueAt;
    keyAt = text.nextAfter(valueAt);
    yield;
  }
  for (const [index, field] of type.fields.entries()) {
    const valueAt = byCamelName[index] ?? byName[index];
    if (valueAt !== undefined && text.kindAt(valueAt) !== 'null') {
      yield* writeField(writer, field, { text, at: valueAt, depth });
    }
  }
}

function* writeField(writer: Writer, field: Field, source: Source): Steps<void> {
  if (!field.repeated) {
    yield* writeValue(writer, field, source);
    return;
  }
  const { text, at } = source;
  const kind = text.kindAt(at);
  if (kind !== 'array') throw mismatch(kind, '[]json.RawMessage');
  const item = { ...field, explicit: true };
  for (let itemAt = text.firstIn(at); itemAt !== undefined; itemAt = text.nextAfter(itemAt)) {
    yield* writeValue(writer, item, { ...source, at: itemAt });
    yield;
  }
}

function* writeValue(writer: Writer, field: Field, source: Source): Steps<void> {
  const { id, type, explicit } = field;
  switch (type.kind) {
    case 'message':
      writer.uint32((id << 3) | 2).fork();
      yield* writeMessage(writer, { ...source, type: type.message, depth: source.depth + 1 });
      writer.ldelim();
      return;
    case 'enum': {
      const number = enumNumber(type.enum, source);
      if (number !== 0 || explicit) writer.uint32(id << 3).int32(number);
      return;
    }
    case 'scalar':
      if (type.scalar === 'bytes') yield* writeBytes(writer, field, source);
      else if (type.scalar === 'string') yield* writeString(writer, field, source);
      else writeScalar(writer, type.scalar, { id, explicit, source });
      return;
    default:
      assertNever(type);
  }
}

function* writeBytes(writer: Writer, { id, explicit }: Field, { text, at }: Source): Steps<void> {
  const kind = text.kindAt(at);
  if (kind !== 'string') throw mismatch(kind, '[]uint8');
  const raw = text.rawStringAt(at);
  const isLong = raw.length > LONG_STRING_BYTES;
  const value = isLong ? yield* base64Steps(yield* unescapeSteps(raw)) : fromBase64(text.stringAt(at));
  if (value.length > 0 || explicit) writer.uint32((id << 3) | 2).bytes(value);
}

function* writeString(writer: Writer, { id, explicit }: Field, { text, at }: Source): Steps<void> {
  const kind = text.kindAt(at);
  if (kind !== 'string') throw mismatch(kind, 'string');
  const raw = text.rawStringAt(at);
  if (raw.length > LONG_STRING_BYTES) {
    writer.uint32((id << 3) | 2).bytes(yield* repairSteps(yield* unescapeSteps(raw)));
    return;
  }
  const value = text.stringAt(at);
  if (value !== '' || explicit) writer.uint32((id << 3) | 2).string(value);
}

function writeScalar(
  writer: Writer,
  scalar: Exclude<Scalar, 'bytes' | 'string'>,
  { id, explicit, source }: { readonly id: number; readonly explicit: boolean; readonly source: Source },
): void {
  const { text, at } = source;
  const kind = text.kindAt(at);
  switch (scalar) {
    case 'bool': {
      if (kind !== 'bool') throw mismatch(kind, 'bool');
      const value = text.wordAt(at) === 'true';
      if (value || explicit) writer.uint32(id << 3).bool(value);
      return;
    }
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64': {
      const value = integer(scalar, source);
      // All four are varints of 64 bits.
      if (value !== 0n || explicit) writer.uint32(id << 3).uint64(fromBigInt(value, true));
      return;
    }
    case 'double': {
      if (kind !== 'number') throw mismatch(kind, 'float64');
      const value = Number(text.wordAt(at));
      if (!Number.isFinite(value)) throw mismatch(`number ${excerpt(text.wordAt(at))}`, 'float64');
      if (value !== 0 || explicit) writer.uint32((id << 3) | 1).double(value);
      return;
    }
    default:
      return assertNever(scalar);
  }
}

const RANGES = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

/** A number, or a string that holds one: JavaScript's own numbers do not have 64 bits. */
function integer(scalar: keyof typeof RANGES, { text, at }: Source): bigint {
  const kind = text.kindAt(at);
  if (kind === 'string') {
    if (text.rawStringAt(at).length > NUMBER_STRING_BYTES_MAX) throw mismatch('string', scalar);
    return integerIn(text.stringAt(at), scalar);
  }
  if (kind === 'null') return 0n;
  if (kind !== 'number') throw mismatch(kind, scalar);
  return inRange(text.wordAt(at), RANGES[scalar], scalar);
}

/** @param text must hold one JSON value and nothing else */
function integerIn(text: string, scalar: keyof typeof RANGES): bigint {
  const reader = new JsonReader(Infinity);
  // A number ends with the byte behind it.
  const bytes = Buffer.from(`${text} `);
  const end = reader.take(bytes);
  if (!reader.complete) throw new JsonError('unexpected end of JSON input');
  const rest = bytes.toString('latin1', end).trimStart();
  if (rest !== '') throw new JsonError(`invalid character '${rest.charAt(0)}' after top-level value`);
  const inner = new JsonText(reader.value());
  if (inner.kindAt(0) === 'string') throw mismatch('string', scalar);
  return integer(scalar, { text: inner, at: 0, depth: 0 });
}

function inRange(word: string, [min, max]: readonly [bigint, bigint], type: string): bigint {
  const value = /^-?\d{1,20}$/.test(word) ? BigInt(word) : undefined;
  if (value === undefined || value < min || value > max) throw mismatch(`number ${excerpt(word)}`, type);
  return value;
}

/** A name, or a number, which may be an unknown one. */
function enumNumber(type: EnumType, { text, at }: Source): number {
  const kind = text.kindAt(at);
  const goName = nameInGo(type.name);
  if (kind === 'string') {
    const raw = text.rawStringAt(at);
    // An error quotes the beginning of a long name as it was sent.
    const name = raw.length <= NAME_BYTES_MAX ? text.stringAt(at) : raw.toString('utf8', 0, NAME_BYTES_MAX);
    const number = type.numbers.get(name);
    if (number === undefined) throw new JsonError(`unknown value ${JSON.stringify(excerpt(name))} for enum ${goName}`);
    return number;
  }
  if (kind !== 'number') throw mismatch(kind, goName);
  return Number(inRange(text.wordAt(at), RANGES.int32, goName));
}

/** The Go type of `package.Outer.Inner`. */
function nameInGo(name: string): string {
  const [scope, ...rest] = name.split('.');
  return `${scope}.${rest.join('_')}`;
}

function mismatch(what: JsonKind | `number ${string}`, type: string): JsonError {
  return new JsonError(`json: cannot unmarshal ${what} into Go value of type ${type}`);
}
