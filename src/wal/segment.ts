import { crc32 } from 'node:zlib';
import type { DiskFile } from '../ports/disk.js';
import type { LogIdentity } from '../ports/log.js';
import { asBuffer } from '../util/bytes.js';
import { LogError, damagedError } from './errors.js';
import { readInteger, writeInteger } from '../record/record.js';

/**
 * Format of a segment. Version 3 has the records of src/record/. Versions 1 and 2, which chained the checksums of
 * records, are refused.
 *
 * The header has a sector of its own, so that no append ever rewrites it:
 *
 *      0  8 B  magic
 *      8  u32  format version
 *     12  u32  chain of the last batch of the previous segment, which seeds the first batch's
 *     16  u64  cluster id
 *     24  u64  member id
 *     32  u64  sequence, from 1
 *     40  u32  CRC32 of the 40 bytes before; also the salt of batch heads
 *
 * Batches follow, then zeros. The first batch repeats the cut and the hard state, so that earlier segments can be
 * removed.
 */
export const SEGMENT_HEADER_BYTES = 512;
export const FORMAT_VERSION = 3;

const OLD_FORMAT_ADVICE =
  'take a snapshot with the raftkv that wrote it, and restore it into new data directories with this one';

const MAGIC = Buffer.from('RAFTKVWL', 'latin1');
const CHECKED_BYTES = 40;

export interface SegmentHeader {
  readonly identity: LogIdentity;
  readonly sequence: number;
  readonly chain: number;
  readonly salt: number;
}

/** An open segment of the log. */
export interface Segment {
  readonly sequence: number;
  readonly file: DiskFile;
  readonly salt: number;
  /** Length of the file, in bytes. A batch longer than a whole segment may extend it. */
  readonly bytes: number;
}

const NAME = /^(\d{16})\.(wal|tmp)$/;

export function segmentName(sequence: number): string {
  return `${String(sequence).padStart(16, '0')}.wal`;
}

/** Name of a segment that is being prepared. */
export function spareName(sequence: number): string {
  return `${String(sequence).padStart(16, '0')}.tmp`;
}

export interface SegmentNames {
  /** Sequences of the segments, ascending. */
  readonly segments: readonly number[];
  /** Names of segments that were being prepared. */
  readonly spares: readonly string[];
}

/** Finds the segments among the names of a folder, and ignores other names. */
export function segmentNames(names: readonly string[]): SegmentNames {
  const segments: number[] = [];
  const spares: string[] = [];
  for (const name of names) {
    const match = NAME.exec(name);
    if (match === null) continue;
    if (match[2] === 'tmp') spares.push(name);
    else segments.push(Number(match[1]));
  }
  return { segments: segments.sort((left, right) => left - right), spares: spares.sort() };
}

export function encodeSegmentHeader(target: Buffer, header: Omit<SegmentHeader, 'salt'>): SegmentHeader {
  target.fill(0, 0, SEGMENT_HEADER_BYTES);
  MAGIC.copy(target);
  target.writeUInt32LE(FORMAT_VERSION, 8);
  target.writeUInt32LE(header.chain, 12);
  writeInteger(target, header.identity.clusterId, 16);
  writeInteger(target, header.identity.memberId, 24);
  writeInteger(target, header.sequence, 32);
  const salt = crc32(target.subarray(0, CHECKED_BYTES));
  target.writeUInt32LE(salt, CHECKED_BYTES);
  return { ...header, salt };
}

/** @throws LogError if it is not the header of that segment in a known format */
export function decodeSegmentHeader(bytes: Uint8Array, sequence: number): SegmentHeader {
  const source = asBuffer(bytes);
  const file = segmentName(sequence);
  if (source.length < SEGMENT_HEADER_BYTES)
    throw damagedError({ file, offset: source.length, what: 'the file is cut' });
  if (!source.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw damagedError({ file, offset: 0, what: 'it does not begin like a segment of a log' });
  }
  // Every format has the checksum at this place, so a version that it does not cover is damage.
  const salt = source.readUInt32LE(CHECKED_BYTES);
  if (salt !== crc32(source.subarray(0, CHECKED_BYTES)))
    throw damagedError({ file, offset: 0, what: 'its header is broken' });
  const version = source.readUInt32LE(8);
  if (version !== FORMAT_VERSION && version > 0) {
    const [age, advice] =
      version > FORMAT_VERSION ? ['a newer', 'use a newer raftkv'] : ['an older', OLD_FORMAT_ADVICE];
    throw new LogError(
      'version',
      `${file} has ${age} format, ${version}, and this raftkv reads format ${FORMAT_VERSION}: ${advice}`,
    );
  }
  if (readInteger(source, 32) !== sequence || version < 1) {
    throw damagedError({ file, offset: 0, what: 'its header is broken' });
  }
  const identity = { clusterId: readInteger(source, 16), memberId: readInteger(source, 24) };
  return { identity, sequence, chain: source.readUInt32LE(12), salt };
}
