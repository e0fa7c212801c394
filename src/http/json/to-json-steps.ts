import protobuf from 'protobufjs/minimal.js';
import type { Field, FieldType, MessageType } from '../../schema/types.js';
import { asBuffer } from '../../util/bytes.js';
import type { Steps } from '../../util/slices.js';
import { PieceReader, type Position } from './piece-reader.js';
import { isVarint, MessageFields, printField, toJson, type Print } from './to-json.js';

/** Messages up to this size are printed in one step, in bytes. */
const STEP_BYTES = 16 * 1024;
/** Bytes of a value that are printed as base64 in one step; a multiple of three. */
const BASE64_STEP_BYTES = 24 * 1024;

/**
 * As `toJson`, in steps of bounded length, for messages of any size. Repeated fields are read again when they are printed,
 * so that a message with many items takes no memory beyond its bytes.
 * @param pieces the message, cut anywhere
 * @throws Error on bytes that are not such a message
 */
export function* toJsonSteps(type: MessageType, pieces: readonly Uint8Array[], print: Print): Steps<void> {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1 && only.length <= STEP_BYTES) {
    toJson(type, only, print);
    return;
  }
  const { fields, spans } = yield* survey(type, pieces);
  let separator = '{';
  for (const [index, field] of type.fields.entries()) {
    const span = spans[index];
    const values = fields.of(index);
    if (span === undefined && values === undefined) continue;
    print(`${separator}"${field.name}":`);
    separator = ',';
    if (span !== undefined) yield* printItems(field, { pieces, span }, print);
    else if (values !== undefined && canBeLong(field.type)) yield* printValue(field.type, fields.last(index), print);
    else if (values !== undefined) printField(field, values, print);
    yield;
  }
  print(separator === '{' ? '{}' : '}');
}

/** The bytes from the tag of a field's first item to the end of its last one. */
interface Span {
  readonly from: Position;
  to: Position;
}

interface Survey {
  readonly fields: MessageFields;
  /** For each repeated field whose items can be long, by the index of the field. */
  readonly spans: readonly (Span | undefined)[];
}

function* survey(type: MessageType, pieces: readonly Uint8Array[]): Steps<Survey> {
  const fields = new MessageFields(type);
  const spans: (Span | undefined)[] = [];
  const reader = new PieceReader(pieces);
  while (!reader.atEnd) {
    const from = reader.position;
    const tag = reader.varint();
    const index = type.indexOf(tag >>> 3);
    const field = index === undefined ? undefined : type.fields[index];
    if (index !== undefined && field !== undefined && isLongItem(field, tag & 7)) {
      reader.skipContent(tag & 7);
      const span = (spans[index] ??= { from, to: from });
      span.to = reader.position;
    } else fields.read(protobuf.Reader.create(reader.content(tag & 7)), tag);
    yield;
  }
  fields.dropDefaults();
  return { fields, spans };
}

function* printItems(
  field: Field,
  { pieces, span }: { readonly pieces: readonly Uint8Array[]; readonly span: Span },
  print: Print,
): Steps<void> {
  const reader = new PieceReader(pieces, span.from);
  let separator = '[';
  while (reader.isBefore(span.to)) {
    const tag = reader.varint();
    if (tag >>> 3 === field.id && isLongItem(field, tag & 7)) {
      print(separator);
      separator = ',';
      yield* printValue(field.type, reader.take(reader.varint()), print);
    } else reader.skipContent(tag & 7);
    yield;
  }
  print(']');
}

/** @param value an encoded message, or the value of a field of bytes */
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

function canBeLong(type: FieldType): boolean {
  return type.kind === 'message' || (type.kind === 'scalar' && type.scalar === 'bytes');
}

function isLongItem(field: Field, wireType: number): boolean {
  return field.repeated && canBeLong(field.type) && wireType === 2 && !isVarint(field.type);
}
