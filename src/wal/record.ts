import { crc32 } from 'node:zlib';
import { assert } from '../util/assert.js';
import type { EntryType } from '../raft/types.js';

/**
 * Layout of a record, in bytes, little-endian, padded with zeros to a multiple of eight:
 *
 *      0  u32  CRC32 of the rest, with padding, seeded with the CRC of the record before
 *      4  u32  length of the payload, without padding
 *      8  u8   kind; 0 is invalid, so that zeros are no record
 *      9  u8   type of an entry
 *     10  u16  zero
 *     12  u32  group: which Raft group the record belongs to
 *     16  u64  first field   entry: index   hard state: commit   cut: index   batch: offset known to be synced
 *                            successor: sequence of the next segment
 *     24  u64  second field  entry: term    hard state: term     cut: term    batch: the record's own offset
 *     32       payload       entry: data    hard state: vote     cut: oldest segment   batch: see batch.ts
 *
 * The chain of checksums ties a record to all records before it. A record left over from an earlier use of the file
 * does not fit, even if it is intact.
 */
export const RECORD_HEADER_BYTES = 32;
export const ALIGNMENT_BYTES = 8;

/** The only Raft group of a process so far. */
export const GROUP = 0;

export const KIND = { batch: 1, entry: 2, hardState: 3, cut: 4, successor: 5 } as const;

export type RecordKind = keyof typeof KIND;

const KIND_NAMES: readonly (RecordKind | undefined)[] = [undefined, 'batch', 'entry', 'hardState', 'cut', 'successor'];

const ENTRY_TYPES: readonly EntryType[] = ['normal', 'conf-change', 'conf-change-v2'];

/** A decoded record, without its payload. */
export interface RecordHead {
  readonly kind: RecordKind;
  readonly entryType: EntryType;
  readonly first: number;
  readonly second: number;
  readonly payloadBytes: number;
  /** Checksum of the record, which seeds the next one's. */
  readonly crc: number;
}

export function alignedBytes(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

/** Length of a record with this payload, with header and padding. */
export function recordBytes(payloadBytes: number): number {
  return RECORD_HEADER_BYTES + alignedBytes(payloadBytes);
}

/** Fields of a record whose payload is already in place. */
export interface RecordFields {
  readonly kind: RecordKind;
  readonly entryType?: EntryType;
  readonly first: number;
  readonly second: number;
  readonly payloadBytes: number;
}

/** Writes the header of the record at `at`. @returns its checksum */
export function sealRecord(target: Buffer, at: number, fields: RecordFields, seed: number): number {
  const { kind, entryType = 'normal', first, second, payloadBytes } = fields;
  const end = at + recordBytes(payloadBytes);
  target.fill(0, at + RECORD_HEADER_BYTES + payloadBytes, end);
  target.writeUInt32LE(payloadBytes, at + 4);
  target.writeUInt32LE(KIND[kind] | (ENTRY_TYPES.indexOf(entryType) << 8), at + 8);
  target.writeUInt32LE(GROUP, at + 12);
  writeInteger(target, first, at + 16);
  writeInteger(target, second, at + 24);
  const crc = crc32(target.subarray(at + 4, end), seed);
  target.writeUInt32LE(crc, at);
  return crc;
}

/** Reads the record at `at`. @returns why there is no record that continues the chain, if so */
export function readRecord(source: Buffer, at: number, seed: number): RecordHead | string {
  if (at + RECORD_HEADER_BYTES > source.length) return 'the file ends inside a record';
  const payloadBytes = source.readUInt32LE(at + 4);
  const end = at + recordBytes(payloadBytes);
  if (end > source.length) return 'a record is longer than the file';
  const crc = source.readUInt32LE(at);
  if (crc !== crc32(source.subarray(at + 4, end), seed)) return 'a checksum does not fit';
  const kind = KIND_NAMES[source.readUInt8(at + 8)];
  const entryType = ENTRY_TYPES[source.readUInt8(at + 9)];
  if (kind === undefined || entryType === undefined) return 'a record of an unknown kind';
  if (source.readUInt32LE(at + 12) !== GROUP) return 'a record of an unknown group';
  const first = readInteger(source, at + 16);
  const second = readInteger(source, at + 24);
  return { kind, entryType, first, second, payloadBytes, crc };
}

/** Writes an unsigned 64-bit integer, of which 53 bits are used. */
export function writeInteger(target: Buffer, value: number, at: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, `the log cannot hold the integer ${value}`);
  target.writeUInt32LE(value % 2 ** 32, at);
  target.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

export function readInteger(source: Buffer, at: number): number {
  return source.readUInt32LE(at) + source.readUInt32LE(at + 4) * 2 ** 32;
}
