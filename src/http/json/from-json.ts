import protobuf from 'protobufjs/minimal.js';
import type { EnumType, Field, MessageType, Scalar } from '../../schema/types.js';
import { assertNever } from '../../util/assert.js';
import { fromBigInt } from '../../util/integer.js';
import { fromBase64 } from './base64.js';
import { JsonError } from './json-error.js';
import { JsonScanner } from './json-scanner.js';
import { JsonText, type JsonKind } from './json-text.js';

type Writer = protobuf.Writer;

/** As deep as protobuf's own readers go. */
const NESTING_MAX = 100;

/**
 * The bytes of a message from its JSON text, with the rules of Go's jsonpb: members in any order, by either name, unknown
 * ones left out, null like an absent one; of several errors, that of the field which the .proto file has first.
 * @param json one value that a scanner has found to be in order
 * @throws JsonError
 */
export function fromJson(type: MessageType, json: Buffer): Uint8Array {
  const text = new JsonText(json);
  const writer = protobuf.Writer.create();
  writeMessage(writer, { text, type, at: text.valueAt(0), depth: 0 });
  return writer.finish();
}

interface Source {
  readonly text: JsonText;
  readonly at: number;
  readonly depth: number;
}

function writeMessage(writer: Writer, { text, at, depth, type }: Source & { readonly type: MessageType }): void {
  const kind = text.kindAt(at);
  if (kind === 'null') return;
  if (kind !== 'object') throw mismatch(kind, 'map[string]json.RawMessage');
  if (depth > NESTING_MAX) throw new JsonError('exceeded max depth');
  const byName: (number | undefined)[] = [];
  const byCamelName: (number | undefined)[] = [];
  text.members(at, (name, valueAt) => {
    const found = type.named(name);
    if (found !== undefined) (found.camel ? byCamelName : byName)[found.index] = valueAt;
  });
  for (const [index, field] of type.fields.entries()) {
    const valueAt = byCamelName[index] ?? byName[index];
    if (valueAt !== undefined && text.kindAt(valueAt) !== 'null') {
      writeField(writer, field, { text, at: valueAt, depth });
    }
  }
}

function writeField(writer: Writer, field: Field, source: Source): void {
  if (!field.repeated) return writeValue(writer, field, source);
  const { text, at } = source;
  const kind = text.kindAt(at);
  if (kind !== 'array') throw mismatch(kind, '[]json.RawMessage');
  text.items(at, (itemAt) => writeValue(writer, { ...field, explicit: true }, { ...source, at: itemAt }));
}

function writeValue(writer: Writer, { id, type, explicit }: Field, source: Source): void {
  switch (type.kind) {
    case 'message':
      writer.uint32((id << 3) | 2).fork();
      writeMessage(writer, { ...source, type: type.message, depth: source.depth + 1 });
      writer.ldelim();
      return;
    case 'enum': {
      const number = enumNumber(type.enum, source);
      if (number !== 0 || explicit) writer.uint32(id << 3).int32(number);
      return;
    }
    case 'scalar':
      return writeScalar(writer, type.scalar, { id, explicit, source });
    default:
      return assertNever(type);
  }
}

function writeScalar(
  writer: Writer,
  scalar: Scalar,
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
    case 'string': {
      if (kind !== 'string') throw mismatch(kind, 'string');
      const value = text.stringAt(at);
      if (value !== '' || explicit) writer.uint32((id << 3) | 2).string(value);
      return;
    }
    case 'bytes': {
      if (kind !== 'string') throw mismatch(kind, '[]uint8');
      const value = fromBase64(text.stringAt(at));
      if (value.length > 0 || explicit) writer.uint32((id << 3) | 2).bytes(value);
      return;
    }
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64': {
      const value = integer(scalar, source);
      // All four are written alike: as the low seven bits, and so on, of 64.
      if (value !== 0n || explicit) writer.uint32(id << 3).uint64(fromBigInt(value, true));
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

/** A number, or one in a string: JavaScript's own numbers do not hold 64 bits. */
function integer(scalar: keyof typeof RANGES, { text, at }: Source): bigint {
  const kind = text.kindAt(at);
  if (kind === 'string') {
    const inner = Buffer.from(text.stringAt(at));
    checkWhole(inner);
    const innerText = new JsonText(inner);
    const innerAt = innerText.valueAt(0);
    if (innerText.kindAt(innerAt) === 'string') throw mismatch('string', scalar);
    return integer(scalar, { text: innerText, at: innerAt, depth: 0 });
  }
  if (kind === 'null') return 0n;
  if (kind !== 'number') throw mismatch(kind, scalar);
  return inRange(text.wordAt(at), RANGES[scalar], scalar);
}

function inRange(word: string, [min, max]: readonly [bigint, bigint], type: string): bigint {
  const value = /^-?\d{1,20}$/.test(word) ? BigInt(word) : undefined;
  if (value === undefined || value < min || value > max) throw mismatch(`number ${word}`, type);
  return value;
}

/** A string that holds a JSON value of its own, and nothing else. */
function checkWhole(bytes: Buffer): void {
  const scanner = new JsonScanner();
  // A number ends with the byte behind it.
  const spaced = Buffer.concat([bytes, Buffer.from(' ')]);
  const end = scanner.scan(spaced, 0);
  if (end === undefined) {
    throw new JsonError('unexpected end of JSON input');
  }
  const rest = spaced.toString('latin1', end).trimStart();
  if (rest !== '') throw new JsonError(`invalid character '${rest.charAt(0)}' after top-level value`);
}

/** By name, or by number, known or not. */
function enumNumber(type: EnumType, { text, at }: Source): number {
  const kind = text.kindAt(at);
  const goName = nameInGo(type.name);
  if (kind === 'string') {
    const name = text.stringAt(at);
    const number = type.numbers.get(name);
    if (number === undefined) throw new JsonError(`unknown value ${JSON.stringify(name)} for enum ${goName}`);
    return number;
  }
  if (kind !== 'number') throw mismatch(kind, goName);
  return Number(inRange(text.wordAt(at), RANGES.int32, goName));
}

/** `package.Outer.Inner` as the Go type that is made of it. */
function nameInGo(name: string): string {
  const [scope, ...rest] = name.split('.');
  return `${scope}.${rest.join('_')}`;
}

function mismatch(what: JsonKind | `number ${string}`, type: string): JsonError {
  return new JsonError(`json: cannot unmarshal ${what} into Go value of type ${type}`);
}
