import { raftkvpb } from '../../gen/proto.js';
import { assertNever } from '../../util/assert.js';
import { asBuffer } from '../../util/bytes.js';
import { VALUE_BYTES_MAX } from './bounds.js';
import { decodeUtf8 } from '../../util/utf8.js';
import { escapedLength, writeEscaped } from '../format/layout.js';

const { Type } = raftkvpb.IndexDefinition;
export type IndexType = raftkvpb.IndexDefinition.Type;

/** A value, by its type. */
export type IndexValue = string | number | boolean | Uint8Array;

/**
 * Encodes a value as part of a row's key: the bytes have the order of the values, and none are a prefix of others.
 *
 * | type           | encoding                                                                                     |
 * |----------------|----------------------------------------------------------------------------------------------|
 * | string, bytes  | the bytes (of UTF-8), in which 00 becomes 00 FF, and then 00 00                              |
 * | number         | the big-endian double; with all bits inverted if negative, else the sign bit. −0 is 0        |
 * | boolean        | 00 or 01                                                                                     |
 *
 * @returns undefined for a value of another type, one that is too long, and a number that is not finite
 */
export function encodeValue(type: IndexType, value: unknown): Buffer | undefined {
  switch (type) {
    case Type.STRING:
      // A lone surrogate has no UTF-8.
      if (typeof value !== 'string' || value.length > VALUE_BYTES_MAX || /\p{Surrogate}/u.test(value)) return undefined;
      return withinBound(Buffer.from(value));
    case Type.BYTES:
      return value instanceof Uint8Array ? withinBound(value) : undefined;
    case Type.NUMBER:
      return typeof value === 'number' && Number.isFinite(value) ? encodeNumber(value) : undefined;
    case Type.BOOLEAN:
      return typeof value === 'boolean' ? Buffer.from([value ? 1 : 0]) : undefined;
    default:
      return assertNever(type, 'type of an index');
  }
}

function withinBound(bytes: Uint8Array): Buffer | undefined {
  return bytes.length > VALUE_BYTES_MAX ? undefined : escaped(bytes);
}

function encodeNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value === 0 ? 0 : value);
  if (value < 0) for (let at = 0; at < 8; at++) bytes[at] = ~(bytes[at] ?? 0);
  else bytes[0] = (bytes[0] ?? 0) ^ 0x80;
  return bytes;
}

/** Escapes bytes and ends them. @param ends whether to write the end; without, they begin those of which they are a prefix */
export function escaped(bytes: Uint8Array, ends = true): Buffer {
  const length = escapedLength(bytes);
  const target = Buffer.alloc(length + (ends ? 2 : 0));
  writeEscaped(target, 0, bytes, length);
  return target;
}

/** Reads escaped bytes up to their end. @returns them, and the offset behind the end @throws RangeError if they have no end */
export function unescaped(source: Uint8Array, offset: number): { readonly bytes: Buffer; readonly end: number } {
  const bytes = Buffer.allocUnsafe(source.length - offset);
  let to = 0;
  for (let at = offset; at < source.length; at++) {
    const byte = source[at] ?? 0;
    if (byte === 0) {
      const next = source[++at];
      if (next === 0) return { bytes: bytes.subarray(0, to), end: at + 1 };
      if (next !== 0xff) break;
    }
    bytes[to++] = byte;
  }
  throw new RangeError('escaped bytes without an end');
}

/** Decodes what `encodeValue` wrote. @returns it, and the offset behind it @throws RangeError on other bytes */
export function decodeValue(
  type: IndexType,
  source: Uint8Array,
  offset: number,
): { readonly value: IndexValue; readonly end: number } {
  switch (type) {
    case Type.STRING: {
      const { bytes, end } = unescaped(source, offset);
      return { value: decodeUtf8(bytes), end };
    }
    case Type.BYTES: {
      const { bytes, end } = unescaped(source, offset);
      return { value: bytes, end };
    }
    case Type.NUMBER: {
      const bytes = Buffer.from(source.subarray(offset, offset + 8));
      if (((bytes[0] ?? 0) & 0x80) !== 0) bytes[0] = (bytes[0] ?? 0) ^ 0x80;
      else for (let at = 0; at < 8; at++) bytes[at] = ~(bytes[at] ?? 0);
      return { value: bytes.readDoubleBE(0), end: offset + 8 };
    }
    case Type.BOOLEAN:
      return { value: asBuffer(source).readUInt8(offset) === 1, end: offset + 1 };
    default:
      return assertNever(type, 'type of an index');
  }
}

/** The value of a message; undefined if it has none. */
export function valueOf(message: raftkvpb.IndexValue.$Properties | null | undefined): IndexValue | undefined {
  return message?.stringValue ?? message?.numberValue ?? message?.booleanValue ?? message?.bytesValue ?? undefined;
}

export function toMessage(value: IndexValue): raftkvpb.IndexValue.$Properties {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  return typeof value === 'boolean' ? { booleanValue: value } : { bytesValue: value };
}

/** Characters of a value in a message. */
const TEXT_MAX = 200;

/** The beginning of a text. A character that would be cut in two is replaced. */
export function cut(text: string, chars: number): string {
  return Buffer.from(text.slice(0, chars)).toString();
}

/** A value for a message of one line. */
export function textOf(value: IndexValue): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? JSON.stringify(value) : `0x${asBuffer(value).toString('hex')}`;
  return text.length > TEXT_MAX ? `${cut(text, TEXT_MAX)}…` : text;
}
