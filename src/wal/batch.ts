import { crc32 } from 'node:zlib';
import type { Entry, HardState } from '../raft/types.js';
import { assertNever } from '../util/assert.js';
import { KIND, RECORD_HEADER_BYTES, readInteger, recordBytes, sealRecord, writeInteger } from './record.js';
import type { RecordFields } from './record.js';

/**
 * A batch is the unit of one write to the file: a head record, then the records of all appends that waited. It is valid
 * as a whole or not at all, so that a torn batch leaves neither entries without their term nor a commit index beyond
 * the entries.
 *
 * The head states up to which offset the file was synced when the batch was written. Its payload is the length of the
 * records after it, and a checksum of its own, seeded with the segment's salt: so a head can be found and trusted after
 * a place where the chain is broken, and user data cannot look like one by accident.
 */
export const BATCH_HEAD_BYTES = recordBytes(8);

/** Where the log begins: index and term of the last removed entry, and the oldest segment that is still needed. */
export interface Cut {
  readonly index: number;
  readonly term: number;
  readonly oldest: number;
}

export type Change =
  | { readonly kind: 'append'; readonly entries: readonly Entry[]; readonly hardState: HardState | undefined }
  | { readonly kind: 'cut'; readonly cut: Cut }
  /** The log continues in this segment. It is the last record of a full segment. */
  | { readonly kind: 'successor'; readonly sequence: number };

export interface BatchPlace {
  /** Offset of the batch in the segment. */
  readonly offset: number;
  /** Offset up to which the segment is synced. */
  readonly synced: number;
  /** Checksum of the record before. */
  readonly chain: number;
  readonly salt: number;
}

/** What the index table records for each entry of a batch, in order. */
export interface Placement {
  /** Offsets in the segment. */
  readonly offsets: readonly number[];
  /** Seeds of the entries' checksums: with them an entry can be verified without the ones before it. */
  readonly seeds: readonly number[];
  /** Checksum of the last record. */
  readonly chain: number;
}

export function batchBytes(changes: readonly Change[]): number {
  return BATCH_HEAD_BYTES + changes.reduce((sum, change) => sum + changeBytes(change), 0);
}

export function changeBytes(change: Change): number {
  switch (change.kind) {
    case 'append': {
      let bytes = change.hardState === undefined ? 0 : recordBytes(8);
      for (const { data } of change.entries) bytes += recordBytes(data.length);
      return bytes;
    }
    case 'cut':
    case 'successor':
      return recordBytes(8);
    default:
      return assertNever(change);
  }
}

/** Room that a segment keeps for the batch that names its successor, in bytes. */
export const SUCCESSOR_BYTES = BATCH_HEAD_BYTES + recordBytes(8);

/** Fills `target` with the batch. `batchBytes` returns the required length. */
export function encodeBatch(target: Buffer, changes: readonly Change[], place: BatchPlace): Placement {
  const offsets: number[] = [];
  const seeds: number[] = [];
  let chain = encodeHead(target, place);
  let at = BATCH_HEAD_BYTES;
  const seal = (fields: RecordFields): void => {
    chain = sealRecord(target, at, fields, chain);
    at += recordBytes(fields.payloadBytes);
  };
  const sealInteger = (fields: Omit<RecordFields, 'payloadBytes'>, payload: number): void => {
    writeInteger(target, payload, at + RECORD_HEADER_BYTES);
    seal({ ...fields, payloadBytes: 8 });
  };
  for (const change of changes) {
    switch (change.kind) {
      case 'append':
        for (const { type: entryType, index, term, data } of change.entries) {
          offsets.push(place.offset + at);
          seeds.push(chain);
          target.set(data, at + RECORD_HEADER_BYTES);
          seal({ kind: 'entry', entryType, first: index, second: term, payloadBytes: data.length });
        }
        if (change.hardState !== undefined) {
          const { commit, term, vote } = change.hardState;
          sealInteger({ kind: 'hardState', first: commit, second: term }, vote);
        }
        break;
      case 'cut':
        sealInteger({ kind: 'cut', first: change.cut.index, second: change.cut.term }, change.cut.oldest);
        break;
      case 'successor':
        sealInteger({ kind: 'successor', first: change.sequence, second: 0 }, 0);
        break;
      default:
        assertNever(change);
    }
  }
  return { offsets, seeds, chain };
}

function encodeHead(target: Buffer, { offset, synced, chain, salt }: BatchPlace): number {
  const fields = { kind: 'batch', first: synced, second: offset, payloadBytes: 8 } as const;
  target.writeUInt32LE(target.length - BATCH_HEAD_BYTES, RECORD_HEADER_BYTES);
  // Sealed twice, as the head's own checksum covers the head and is covered by the chained one.
  sealRecord(target, 0, fields, chain);
  target.writeUInt32LE(ownChecksum(target, 0, salt), RECORD_HEADER_BYTES + 4);
  return sealRecord(target, 0, fields, chain);
}

/** The head's checksum of its own, which covers neither itself nor the chained checksum. */
function ownChecksum(source: Buffer, at: number, salt: number): number {
  return crc32(source.subarray(at + 4, at + RECORD_HEADER_BYTES + 4), salt);
}

/** Length of the records after the head at `at`. */
export function bodyBytes(source: Buffer, at: number): number {
  return source.readUInt32LE(at + RECORD_HEADER_BYTES);
}

/** Bytes 4 to 11 of every head: payload length and kind. */
const HEAD_MARK = Buffer.from([8, 0, 0, 0, KIND.batch, 0, 0, 0]);

/**
 * The largest synced offset that any head from `from` on states, even if the chain is broken; 0 if there is no head. A
 * head on disk is always right, as it states what had been synced before it was written.
 */
export function statedSynced(source: Buffer, from: number, salt: number): number {
  let synced = 0;
  for (let mark = source.indexOf(HEAD_MARK, from); mark !== -1; mark = source.indexOf(HEAD_MARK, mark + 1)) {
    const at = mark - 4;
    if (at < from || at + BATCH_HEAD_BYTES > source.length || readInteger(source, at + 24) !== at) continue;
    if (source.readUInt32LE(at + RECORD_HEADER_BYTES + 4) !== ownChecksum(source, at, salt)) continue;
    synced = Math.max(synced, readInteger(source, at + 16));
  }
  return synced;
}
