import { crc32 } from 'node:zlib';
import { AssertionError } from '../util/assert.js';

/**
 * Layout of a record, in bytes, little-endian, padded with zeros to a multiple of eight:
 *
 *      0  u32  CRC32 of the rest, with padding
 *      4  u32  length of the payload, without padding
 *      8  u8   kind; 0 is invalid, so that zeros are no record
 *      9  u8   type of an entry
 *     10  u16  zero
 *     12  u32  group: which Raft group the record belongs to
 *     16  u32  store: which store of the group it belongs to
 *     20  u64  first field   entry: index
 *     28  u64  second field  entry: term
 *     36       payload       entry: data
 *
 * The checksum depends on nothing outside the record, so a record may be copied as it is: from a segment of the log to
 * a link, and from a link to another member's log. Where it belongs in a log is stated elsewhere (src/wal/batch.ts).
 */
export const RECORD_HEADER_BYTES = 36;
const ALIGNMENT_BYTES = 8;

/** Numbers of the kinds. Only entries leave a member. */
export const KIND = { batch: 1, entry: 2, hardState: 3, cut: 4, successor: 5 } as const;

/** The only Raft group of a process so far. */
export const GROUP = 0;
/** The only store of a group so far. */
export const STORE = 0;

/** Length of a record with this payload, with header and padding. */
export function recordBytes(payloadBytes: number): number {
  return Math.ceil((RECORD_HEADER_BYTES + payloadBytes) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

/** Offset after the intact record at `at`. */
export function recordEnd(source: Buffer, at: number): number {
  return at + recordBytes(source.readUInt32LE(at + 4));
}

/** Stands where the kind will be, in a record that is not written yet. */
const ROOM = 0xff;

/** Marks the place of a record whose payload comes before the rest of it. */
export function markRoom(target: Buffer, at: number, payloadBytes: number): void {
  target.writeUInt32LE(payloadBytes, at + 4);
  target.writeUInt32LE(ROOM, at + 8);
}

/** Whether such a place is marked at `at`. Ends when the record is written. */
export function isRoom(source: Buffer, at: number, payloadBytes: number): boolean {
  return at >= 0 && source.readUInt32LE(at + 8) === ROOM && source.readUInt32LE(at + 4) === payloadBytes;
}

export interface RecordFields {
  readonly kind: number;
  /** Number of the entry's type; 0 for other records. */
  readonly type: number;
  readonly first: number;
  readonly second: number;
  readonly payloadBytes: number;
}

/** Writes header and padding around a payload that is in place, then the checksum. @returns the checksum */
export function sealRecord(target: Buffer, at: number, fields: RecordFields, salt = 0): number {
  const { kind, type, first, second, payloadBytes } = fields;
  const end = at + recordBytes(payloadBytes);
  target.writeUInt32LE(payloadBytes, at + 4);
  target.writeUInt32LE(kind | (type << 8), at + 8);
  target.writeUInt32LE(GROUP, at + 12);
  target.writeUInt32LE(STORE, at + 16);
  writeInteger(target, first, at + 20);
  writeInteger(target, second, at + 28);
  target.fill(0, at + RECORD_HEADER_BYTES + payloadBytes, end);
  const checksum = crc32(target.subarray(at + 4, end), salt);
  target.writeUInt32LE(checksum, at);
  return checksum;
}

/** A record found in a buffer. */
export interface RecordHead extends RecordFields {
  readonly checksum: number;
  /** Offset after the record. */
  readonly end: number;
}

/** Reads the record at `at`. @returns why there is none, if so */
export function readRecord(source: Buffer, at: number, salt = 0): RecordHead | string {
  const reader = new RecordReader(source);
  return reader.read(at, salt) ?? reader;
}

/** Reads records of one buffer. It holds the head of the record that it has read last. */
export class RecordReader implements RecordHead {
  readonly source: Buffer;
  kind = 0;
  type = 0;
  first = 0;
  second = 0;
  payloadBytes = 0;
  checksum = 0;
  end = 0;
  readonly #view: DataView;

  constructor(source: Buffer) {
    this.source = source;
    this.#view = new DataView(source.buffer, source.byteOffset, source.length);
  }

  /** Reads the record at `at`. @returns why there is none; undefined if there is one */
  read(at: number, salt = 0): string | undefined {
    const view = this.#view;
    const { source } = this;
    if (at + RECORD_HEADER_BYTES > source.length) return 'the bytes end inside a record';
    const payloadBytes = view.getUint32(at + 4, true);
    const end = at + recordBytes(payloadBytes);
    if (end > source.length) return 'a record is longer than the bytes';
    const checksum = view.getUint32(at, true);
    if (checksum !== crc32(source.subarray(at + 4, end), salt)) return 'a checksum does not fit';
    if (view.getUint16(at + 10, true) !== 0) return 'a record of a newer format';
    if (view.getUint32(at + 12, true) !== GROUP) return 'a record of an unknown group';
    if (view.getUint32(at + 16, true) !== STORE) return 'a record of an unknown store';
    const first = integerAt(view, at + 20);
    const second = integerAt(view, at + 28);
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second)) return 'an integer beyond 2^53−1';
    this.kind = view.getUint8(at + 8);
    this.type = view.getUint8(at + 9);
    this.first = first;
    this.second = second;
    this.payloadBytes = payloadBytes;
    this.checksum = checksum;
    this.end = end;
    return undefined;
  }
}

function integerAt(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

/** Writes an unsigned 64-bit integer, of which 53 bits are used. */
export function writeInteger(target: Buffer, value: number, at: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new AssertionError(`a record cannot hold the integer ${value}`);
  target.writeUInt32LE(value % 2 ** 32, at);
  target.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

/** Reads an unsigned 64-bit integer. One beyond 2^53−1 is inexact. */
export function readInteger(source: Buffer, at: number): number {
  return source.readUInt32LE(at) + source.readUInt32LE(at + 4) * 2 ** 32;
}
