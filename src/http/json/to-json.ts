import protobuf from 'protobufjs/minimal.js';
import type { Field, FieldType, MessageType, Scalar } from '../../schema/types.js';
import { asBuffer } from '../../util/bytes.js';
import { assertNever } from '../../util/assert.js';
import { toBigInt } from '../../util/integer.js';

/** What was met of a field: its value, or its values; a message's are its bytes, which follow each other where it comes again. */
type Found = Uint8Array | string | number | bigint | boolean;

/** Takes the parts of a text, one after the other. */
export type Print = (text: string) => void;

/**
 * Prints the JSON of an encoded message as Go's jsonpb does for etcd: fields in the order of the .proto file, by the names
 * that they have there, 64-bit numbers in quotes, and without what holds its default.
 * @throws Error on bytes that are no such message
 */
export function toJson(type: MessageType, bytes: Uint8Array, print: Print): void {
  const found = read(type, bytes);
  let separator = '{';
  for (const [index, field] of type.fields.entries()) {
    const values = found[index];
    if (values === undefined) continue;
    print(`${separator}"${field.name}":`);
    separator = ',';
    if (field.repeated) printAll(field, values, print);
    else printValue(field.type, lastOf(field, values), print);
  }
  print(separator === '{' ? '{}' : '}');
}

function printAll(field: Field, values: readonly Found[], print: Print): void {
  let separator = '[';
  for (const value of values) {
    print(separator);
    separator = ',';
    printValue(field.type, value, print);
  }
  print(']');
}

/** Of a value that comes again the last one counts; a message is merged, which its bytes in a row are. */
function lastOf({ type }: Field, values: readonly Found[]): Found {
  const [first = '', ...others] = values;
  if (others.length === 0) return first;
  return type.kind === 'message' ? Buffer.concat(values as Uint8Array[]) : (values.at(-1) ?? first);
}

function printValue(type: FieldType, value: Found, print: Print): void {
  switch (type.kind) {
    case 'message':
      return toJson(type.message, value as Uint8Array, print);
    case 'enum': {
      const name = type.enum.names.get(value as number);
      return print(name === undefined ? String(value) : `"${name}"`);
    }
    case 'scalar':
      return print(scalarText(type.scalar, value));
    default:
      return assertNever(type);
  }
}

function scalarText(scalar: Scalar, value: Found): string {
  switch (scalar) {
    case 'bool':
    case 'int32':
    case 'uint32':
      return String(value);
    case 'int64':
    case 'uint64':
      return `"${String(value)}"`;
    case 'string':
      return quotedText(value as string);
    case 'bytes':
      return `"${asBuffer(value as Uint8Array).toString('base64')}"`;
    default:
      return assertNever(scalar);
  }
}

/** A string as Go prints it: fit for HTML too. */
export function quotedText(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]|\\[bf]/g, (found) => {
    if (found === '\\b') return '\\u0008';
    if (found === '\\f') return '\\u000c';
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** What is to be printed of each field, by its index in the type. */
function read(type: MessageType, bytes: Uint8Array): (Found[] | undefined)[] {
  const reader = protobuf.Reader.create(bytes);
  const found: (Found[] | undefined)[] = [];
  const unions = new Map<string, number>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    const index = type.indexOf(tag >>> 3);
    const field = index === undefined ? undefined : type.fields[index];
    if (index === undefined || field === undefined || !fits(field, wireType)) {
      reader.skipType(wireType);
      continue;
    }
    if (field.union !== undefined) {
      const before = unions.get(field.union);
      if (before !== undefined && before !== index) found[before] = undefined;
      unions.set(field.union, index);
    }
    const values = (found[index] ??= []);
    if (wireType === 2 && isVarint(field.type)) readPacked(reader, field, values);
    else values.push(readValue(reader, field.type));
  }
  for (const [index, field] of type.fields.entries()) {
    const values = found[index];
    if (values === undefined || field.repeated || field.explicit) continue;
    if (isDefault(field, lastOf(field, values))) found[index] = undefined;
  }
  return found;
}

function fits({ type, repeated }: Field, wireType: number): boolean {
  if (isVarint(type)) return wireType === 0 || (repeated && wireType === 2);
  return wireType === 2;
}

function isVarint(type: FieldType): boolean {
  return type.kind === 'enum' || (type.kind === 'scalar' && type.scalar !== 'string' && type.scalar !== 'bytes');
}

function readPacked(reader: protobuf.Reader, field: Field, values: Found[]): void {
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) values.push(readValue(reader, field.type));
}

function readValue(reader: protobuf.Reader, type: FieldType): Found {
  if (type.kind === 'message') return reader.bytes();
  if (type.kind === 'enum') return reader.int32();
  switch (type.scalar) {
    case 'bool':
      return reader.bool();
    case 'string':
      return reader.string();
    case 'bytes':
      return reader.bytes();
    case 'int32':
      return reader.int32();
    case 'uint32':
      return reader.uint32();
    case 'int64':
      return wide(reader.int64());
    case 'uint64':
      return wide(reader.uint64());
    default:
      return assertNever(type.scalar);
  }
}

/** A 64-bit number whole; a plain number where it fits one. */
function wide(value: Parameters<typeof toBigInt>[0]): number | bigint {
  return typeof value === 'number' ? value : toBigInt(value);
}

/** Messages that are there are shown, whatever is in them. */
function isDefault({ type }: Field, value: Found): boolean {
  if (type.kind === 'message') return false;
  if (typeof value === 'object' || typeof value === 'string') return value.length === 0;
  return value === 0 || value === 0n || value === false;
}
