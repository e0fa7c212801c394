import { crc32 } from 'node:zlib';
import type { Entry, HardState } from '../raft/types.js';
import { entryRecordBytes, recordPieces } from '../record/entry-record.js';
import { KIND, RECORD_HEADER_BYTES, readRecord, recordBytes, sealRecord, writeInteger } from '../record/record.js';
import type { RecordHead } from '../record/record.js';
import { assertNever } from '../util/assert.js';

/**
 * A batch is the unit of one write to the file: a head record, then the records of all appends that waited. It is valid
 * as a whole or not at all, so that a torn batch leaves neither entries without their term nor a commit index beyond
 * the entries.
 *
 * The records after the head do not depend on their place. The head ties them to it: its first field is the offset up
 * to which the file was synced when the batch was written, its second field its own offset. Its payload is, u32 each:
 *
 * - the length of the records after it, in bytes;
 * - the chain: CRC32 of that length and of the checksums of the records, seeded with the chain of the batch before. A
 *   batch left over from an earlier use of its place does not fit, even if it is intact.
 *
 * The head's checksum is seeded with the segment's salt: so a head can be found and trusted after a place where the
 * chain is broken, and user data cannot look like one by accident.
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
  /** Chain of the batch before. */
  readonly chain: number;
  readonly salt: number;
}

/** Where a batch was put. */
export interface Placement {
  /** Offsets of the entries in the segment, in order. */
  readonly offsets: readonly number[];
  /** Chain of the batch. */
  readonly chain: number;
}

export function batchBytes(changes: readonly Change[]): number {
  return BATCH_HEAD_BYTES + changes.reduce((sum, change) => sum + changeBytes(change), 0);
}

export function changeBytes(change: Change): number {
  switch (change.kind) {
    case 'append': {
      let bytes = change.hardState === undefined ? 0 : recordBytes(8);
      for (const entry of change.entries) bytes += entryRecordBytes(entry);
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
  let at = BATCH_HEAD_BYTES;
  const sealInteger = (kind: keyof typeof KIND, first: number, second: number, payload: number): void => {
    writeInteger(target, payload, at + RECORD_HEADER_BYTES);
    sealRecord(target, at, { kind: KIND[kind], type: 0, first, second, payloadBytes: 8 });
    at += recordBytes(8);
  };
  for (const change of changes) {
    switch (change.kind) {
      case 'append': {
        const { entries, hardState } = change;
        let offset = place.offset + at;
        for (const entry of entries) {
          offsets.push(offset);
          offset += entryRecordBytes(entry);
        }
        for (const piece of recordPieces(entries)) at += piece.copy(target, at);
        if (hardState !== undefined) sealInteger('hardState', hardState.commit, hardState.term, hardState.vote);
        break;
      }
      case 'cut':
        sealInteger('cut', change.cut.index, change.cut.term, change.cut.oldest);
        break;
      case 'successor':
        sealInteger('successor', change.sequence, 0, 0);
        break;
      default:
        assertNever(change);
    }
  }
  return { offsets, chain: sealHead(target, place) };
}

function sealHead(target: Buffer, { offset, synced, chain: before, salt }: BatchPlace): number {
  const bodyBytes = target.length - BATCH_HEAD_BYTES;
  const chain = chainOf(target, { start: BATCH_HEAD_BYTES, end: target.length, before });
  target.writeUInt32LE(bodyBytes, RECORD_HEADER_BYTES);
  target.writeUInt32LE(chain, RECORD_HEADER_BYTES + 4);
  sealRecord(target, 0, { kind: KIND.batch, type: 0, first: synced, second: offset, payloadBytes: 8 }, salt);
  return chain;
}

/** A part of what a chain covers. */
const linked = Buffer.alloc(4 * 1024);

/** The chain of a batch whose records, which must be valid, lie in [start, end). */
export function chainOf(
  source: Buffer,
  { start, end, before }: { readonly start: number; readonly end: number; readonly before: number },
): number {
  let chain = before;
  let filled = linked.writeUInt32LE(end - start, 0);
  for (let at = start; at < end; at += recordBytes(source.readUInt32LE(at + 4))) {
    if (filled === linked.length) {
      chain = crc32(linked, chain);
      filled = 0;
    }
    filled = linked.writeUInt32LE(source.readUInt32LE(at), filled);
  }
  return crc32(linked.subarray(0, filled), chain);
}

/** The head of a batch. */
export interface BatchHead {
  /** Offset that it states as synced. */
  readonly synced: number;
  /** Length of the records after it. */
  readonly bodyBytes: number;
  readonly chain: number;
}

/** Consecutive bytes of a segment. */
export interface Part {
  readonly bytes: Buffer;
  /** Offset of the first byte in the segment. */
  readonly base: number;
}

/** Reads the head at this offset of the segment. @returns why there is none, if so */
export function readHead({ bytes, base }: Part, offset: number, salt: number): BatchHead | string {
  const at = offset - base;
  const head = readRecord(bytes, at, salt);
  if (typeof head === 'string') return head;
  if (!isHead(head) || head.second !== offset) return 'a batch has no head';
  return {
    synced: head.first,
    bodyBytes: bytes.readUInt32LE(at + RECORD_HEADER_BYTES),
    chain: bytes.readUInt32LE(at + RECORD_HEADER_BYTES + 4),
  };
}

function isHead({ kind, payloadBytes }: RecordHead): boolean {
  return kind === KIND.batch && payloadBytes === 8;
}

/** Bytes 4 to 11 of every head: payload length and kind. */
const HEAD_MARK = Buffer.from([8, 0, 0, 0, KIND.batch, 0, 0, 0]);

/**
 * The largest synced offset that any head from the offset `from` on states, even if the chain is broken; 0 if there is no
 * head. A head on disk is always right, as it states what had been synced before it was written.
 */
export function statedSynced(part: Part, from: number, salt: number): number {
  const { bytes, base } = part;
  let synced = 0;
  for (let mark = bytes.indexOf(HEAD_MARK, from - base); mark !== -1; mark = bytes.indexOf(HEAD_MARK, mark + 1)) {
    const offset = base + mark - 4;
    const head = offset < from ? 'before' : readHead(part, offset, salt);
    if (typeof head !== 'string') synced = Math.max(synced, head.synced);
  }
  return synced;
}
