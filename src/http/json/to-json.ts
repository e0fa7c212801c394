import protobuf from 'protobufjs/minimal.js';
import type { Field, FieldType, MessageType, Scalar } from '../../schema/types.js';
import { asBuffer } from '../../util/bytes.js';
import { assertNever, defined } from '../../util/assert.js';
import { toBigInt } from '../../util/integer.js';

/** A value that was read: a message as its bytes. */
type Found = Uint8Array | string | number | bigint | boolean;

/** Takes the parts of a text, in order. */
export type Print = (text: string) => void;

/**
 * Prints the JSON of an encoded message as Go's jsonpb does for etcd: fields in the order and by the names of the .proto
 * file, 64-bit numbers in quotes, and defaults left out.
 * @throws Error on bytes that are not such a message
 */
export function toJson(type: MessageType, bytes: Uint8Array, print: Print): void {
  const fields = new MessageFields(type);
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) fields.read(reader, reader.uint32());
  fields.dropDefaults();
  let separator = '{';
  for (const [index, field] of type.fields.entries()) {
    const values = fields.of(index);
    if (values === undefined) continue;
    print(`${separator}"${field.name}":`);
    separator = ',';
    printField(field, values, print);
  }
  print(separator === '{' ? '{}' : '}');
}

/** The values of a message, by the index of their field in its type. */
export class MessageFields {
  readonly #type: MessageType;
  readonly #found: (Found[] | undefined)[] = [];
  /** The field of each oneof that was read last. */
  readonly #unions = new Map<string, number>();

  constructor(type: MessageType) {
    this.#type = type;
  }

  of(index: number): readonly Found[] | undefined {
    return this.#found[index];
  }

  /** The bytes of a field that is a message or bytes. */
  last(index: number): Uint8Array {
    const field = defined(this.#type.fields[index], 'a field');
    return lastOf(field, this.#found[index] ?? []) as Uint8Array;
  }

  /** Reads the field behind a tag; skips an unknown one. */
  read(reader: protobuf.Reader, tag: number): void {
    const wireType = tag & 7;
    const index = this.#type.indexOf(tag >>> 3);
    const field = index === undefined ? undefined : this.#type.fields[index];
    if (index === undefined || field === undefined || !fits(field, wireType)) {
      reader.skipType(wireType);
      return;
    }
    if (field.union !== undefined) {
      const before = this.#unions.get(field.union);
      if (before !== undefined && before !== index) this.#found[before] = undefined;
      this.#unions.set(field.union, index);
    }
    const values = (this.#found[index] ??= []);
    if (wireType === 2 && (isVarint(field.type) || isDouble(field.type))) readPacked(reader, field, values);
    else values.push(readValue(reader, field.type));
  }

  /** Leaves out what JSON leaves out. */
  dropDefaults(): void {
    for (const [index, field] of this.#type.fields.entries()) {
      const values = this.#found[index];
      if (values === undefined || field.repeated || field.explicit) continue;
      if (isDefault(field, lastOf(field, values))) this.#found[index] = undefined;
    }
  }
}

export function printField(field: Field, values: readonly Found[], print: Print): void {
  if (field.repeated) printAll(field, values, print);
  else printValue(field.type, lastOf(field, values), print);
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

/** The value of a field that is not repeated: the last one, or all messages merged, which is their bytes in a row. */
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
    case 'double':
      return Number.isFinite(value) ? String(value) : `"${String(value)}"`;
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

/** A string as Go prints it: safe within HTML. */
export function quotedText(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]|\\[bf]/g, (found) => {
    if (found === '\\b') return '\\u0008';
    if (found === '\\f') return '\\u000c';
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function fits({ type, repeated }: Field, wireType: number): boolean {
  if (isVarint(type)) return wireType === 0 || (repeated && wireType === 2);
  if (isDouble(type)) return wireType === 1 || (repeated && wireType === 2);
  return wireType === 2;
}

function isDouble(type: FieldType): boolean {
  return type.kind === 'scalar' && type.scalar === 'double';
}

export function isVarint(type: FieldType): boolean {
  if (type.kind === 'scalar') return !['string', 'bytes', 'double'].includes(type.scalar);
  return type.kind === 'enum';
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
    case 'double':
      return reader.double();
    case 'int64':
      return wide(reader.int64());
    case 'uint64':
      return wide(reader.uint64());
    default:
      return assertNever(type.scalar);
  }
}

/** A 64-bit number without loss; a plain number if it fits. */
function wide(value: Parameters<typeof toBigInt>[0]): number | bigint {
  return typeof value === 'number' ? value : toBigInt(value);
}

/** Messages are never defaults, even empty ones. */
function isDefault({ type }: Field, value: Found): boolean {
  if (type.kind === 'message') return false;
  if (typeof value === 'object' || typeof value === 'string') return value.length === 0;
  return value === 0 || value === 0n || value === false;
}
