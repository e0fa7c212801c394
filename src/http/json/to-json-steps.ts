import protobuf from 'protobufjs/minimal.js';
import type { Field, FieldType, MessageType } from '../../schema/types.js';
import { asBuffer } from '../../util/bytes.js';
import type { Steps } from '../../util/slices.js';
import { isVarint, MessageFields, printField, toJson, type Print } from './to-json.js';

/** Messages up to this size are printed in one step, in bytes. */
const STEP_BYTES = 16 * 1024;
/** Bytes of a value that become base64 in one step; a multiple of three. */
const BASE64_STEP_BYTES = 24 * 1024;

/**
 * As `toJson`, in steps of bounded length, for messages of any size. Repeated fields are read again when they are printed,
 * so that a message with many items takes no memory beyond its bytes.
 * @param parts the message, in one or more parts that hold whole fields
 * @throws Error on bytes that are not such a message
 */
export function* toJsonSteps(type: MessageType, parts: readonly Uint8Array[], print: Print): Steps<void> {
  const [only] = parts;
  if (only !== undefined && parts.length === 1 && only.length <= STEP_BYTES) {
    toJson(type, only, print);
    return;
  }
  const { fields, spans } = yield* survey(type, parts);
  let separator = '{';
  for (const [index, field] of type.fields.entries()) {
    const span = spans[index];
    const values = fields.of(index);
    if (span === undefined && values === undefined) continue;
    print(`${separator}"${field.name}":`);
    separator = ',';
    if (span !== undefined) yield* printItems(field, { parts, span }, print);
    else if (values !== undefined && isLong(field.type)) yield* printValue(field.type, fields.last(index), print);
    else if (values !== undefined) printField(field, values, print);
    yield;
  }
  print(separator === '{' ? '{}' : '}');
}

interface Position {
  readonly part: number;
  readonly at: number;
}

/** From the tag of the first item to the end of the last one. */
interface Span {
  readonly from: Position;
  to: Position;
}

interface Survey {
  readonly fields: MessageFields;
  /** Of repeated fields whose items can be long. */
  readonly spans: readonly (Span | undefined)[];
}

function* survey(type: MessageType, parts: readonly Uint8Array[]): Steps<Survey> {
  const fields = new MessageFields(type);
  const spans: (Span | undefined)[] = [];
  for (const [part, bytes] of parts.entries()) {
    const reader = protobuf.Reader.create(bytes);
    while (reader.pos < reader.len) {
      const from = { part, at: reader.pos };
      const tag = reader.uint32();
      const index = type.indexOf(tag >>> 3);
      const field = index === undefined ? undefined : type.fields[index];
      if (index !== undefined && field !== undefined && isLongItem(field, tag & 7)) {
        reader.skipType(tag & 7);
        const span = (spans[index] ??= { from, to: from });
        span.to = { part, at: reader.pos };
      } else fields.read(reader, tag);
      yield;
    }
  }
  fields.dropDefaults();
  return { fields, spans };
}

function* printItems(
  field: Field,
  { parts, span: { from, to } }: { readonly parts: readonly Uint8Array[]; readonly span: Span },
  print: Print,
): Steps<void> {
  let separator = '[';
  for (let part = from.part; part <= to.part; part++) {
    const reader = protobuf.Reader.create(parts[part] ?? Buffer.alloc(0));
    if (part === from.part) reader.pos = from.at;
    const end = part === to.part ? to.at : reader.len;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag >>> 3 === field.id && isLongItem(field, tag & 7)) {
        print(separator);
        separator = ',';
        yield* printValue(field.type, reader.bytes(), print);
      } else reader.skipType(tag & 7);
      yield;
    }
  }
  print(']');
}

/** @param value of a message, or of a field of bytes */
function* printValue(type: FieldType, value: Uint8Array, print: Print): Steps<void> {
  if (type.kind === 'message') {
    yield* toJsonSteps(type.message, [value], print);
    return;
  }
  const bytes = asBuffer(value);
  print('"');
  for (let at = 0; at < bytes.length; at += BASE64_STEP_BYTES) {
    print(bytes.toString('base64', at, at + BASE64_STEP_BYTES));
    yield;
  }
  print('"');
}

function isLong(type: FieldType): boolean {
  return type.kind === 'message' || (type.kind === 'scalar' && type.scalar === 'bytes');
}

function isLongItem(field: Field, wireType: number): boolean {
  return field.repeated && isLong(field.type) && wireType === 2 && !isVarint(field.type);
}
