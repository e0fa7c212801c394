import type { EntryType, HardState } from '../raft/types.js';
import { assertNever } from '../util/assert.js';
import { BATCH_HEAD_BYTES, bodyBytes, statedSynced } from './batch.js';
import type { Cut } from './batch.js';
import { RECORD_HEADER_BYTES, readInteger, readRecord, recordBytes } from './record.js';
import type { RecordHead } from './record.js';
import { SEGMENT_HEADER_BYTES } from './segment.js';

/** A decoded record of a batch. */
export type Item =
  | {
      readonly kind: 'entry';
      readonly index: number;
      readonly term: number;
      readonly type: EntryType;
      readonly offset: number;
      readonly dataBytes: number;
      readonly seed: number;
    }
  | { readonly kind: 'hardState'; readonly hardState: HardState }
  | { readonly kind: 'cut'; readonly cut: Cut }
  | { readonly kind: 'successor'; readonly sequence: number };

/** Bytes after the last whole batch that are neither zeros nor a batch. */
export interface Fault {
  readonly offset: number;
  readonly what: string;
  /** The largest offset that a batch, before or after the fault, states as synced. */
  readonly synced: number;
  /** Offset of the last non-zero byte plus one. */
  readonly end: number;
}

export interface Scan {
  /** End of the last whole batch, not counting the one that names a successor. */
  readonly end: number;
  /** Checksum of that batch's last record. */
  readonly chain: number;
  /** Largest offset that a whole batch states as synced. */
  readonly synced: number;
  /** Sequence of the next segment, if this one names it. */
  readonly successor: number | undefined;
  readonly fault: Fault | undefined;
}

export interface ScanOptions {
  /** The whole segment. */
  readonly bytes: Buffer;
  readonly salt: number;
  /** Seed of the first record's checksum. */
  readonly chain: number;
  /** Called for each record of each whole batch, in order. */
  readonly onItem: (item: Item) => void;
}

/** Reads the batches of a segment, up to the first place without one. */
export function scanSegment({ bytes, salt, chain: seed, onItem }: ScanOptions): Scan {
  let end = SEGMENT_HEADER_BYTES;
  let chain = seed;
  let synced = 0;
  for (;;) {
    const batch = readBatch(bytes, end, chain);
    if (batch.kind === 'broken') {
      const fault = faultAt(batch, { bytes, from: end, synced, salt });
      return { end, chain, synced, successor: undefined, fault };
    }
    synced = Math.max(synced, batch.synced);
    const [item] = batch.items;
    if (item?.kind === 'successor') {
      const broken: Broken = { kind: 'broken', offset: batch.end, what: 'a batch follows the last one' };
      const fault = faultAt(broken, { bytes, from: batch.end, synced, salt });
      return { end, chain, synced, successor: item.sequence, fault };
    }
    for (const item of batch.items) onItem(item);
    ({ end, chain } = batch);
  }
}

/** @returns undefined if only zeros follow */
function faultAt(
  { offset, what }: Broken,
  { bytes, from, synced, salt }: { bytes: Buffer; from: number; synced: number; salt: number },
): Fault | undefined {
  const end = endOfData(bytes, from);
  if (end === from) return undefined;
  return { offset, what, synced: Math.max(synced, statedSynced(bytes, from, salt)), end };
}

interface Broken {
  readonly kind: 'broken';
  readonly offset: number;
  readonly what: string;
}

type Batch =
  | {
      readonly kind: 'whole';
      readonly items: readonly Item[];
      readonly end: number;
      readonly chain: number;
      readonly synced: number;
    }
  | Broken;

function readBatch(bytes: Buffer, start: number, seed: number): Batch {
  const head = readRecord(bytes, start, seed);
  if (typeof head === 'string') return { kind: 'broken', offset: start, what: head };
  if (head.kind !== 'batch' || head.second !== start)
    return { kind: 'broken', offset: start, what: 'a batch has no head' };
  const items: Item[] = [];
  let at = start + BATCH_HEAD_BYTES;
  const end = at + bodyBytes(bytes, start);
  if (end > bytes.length) return { kind: 'broken', offset: start, what: 'a batch is longer than the file' };
  let chain = head.crc;
  while (at < end) {
    const record = readRecord(bytes, at, chain);
    if (typeof record === 'string') return { kind: 'broken', offset: at, what: record };
    const item = toItem({ record, payloadAt: at + RECORD_HEADER_BYTES, bytes, seed: chain });
    if (item === undefined) return { kind: 'broken', offset: at, what: 'a batch inside a batch' };
    items.push(item);
    at += recordBytes(record.payloadBytes);
    chain = record.crc;
  }
  return { kind: 'whole', items, end, chain, synced: head.first };
}

interface Found {
  readonly record: RecordHead;
  readonly payloadAt: number;
  readonly bytes: Buffer;
  readonly seed: number;
}

function toItem({ record, payloadAt, bytes, seed }: Found): Item | undefined {
  const { kind, entryType: type, first, second, payloadBytes: dataBytes } = record;
  switch (kind) {
    case 'entry':
      return { kind, index: first, term: second, type, offset: payloadAt - RECORD_HEADER_BYTES, dataBytes, seed };
    case 'hardState':
      return { kind, hardState: { term: second, vote: readInteger(bytes, payloadAt), commit: first } };
    case 'cut':
      return { kind, cut: { index: first, term: second, oldest: readInteger(bytes, payloadAt) } };
    case 'successor':
      return { kind, sequence: first };
    case 'batch':
      return undefined;
    default:
      return assertNever(kind);
  }
}

const STEP_BYTES = 64 * 1024;

/** Offset of the last non-zero byte plus one; `from` if all bytes after it are zero. */
function endOfData(bytes: Buffer, from: number): number {
  const zeros = Buffer.alloc(STEP_BYTES);
  let end = bytes.length;
  while (end - STEP_BYTES >= from && bytes.compare(zeros, 0, STEP_BYTES, end - STEP_BYTES, end) === 0)
    end -= STEP_BYTES;
  while (end > from && bytes[end - 1] === 0) end -= 1;
  return end;
}
