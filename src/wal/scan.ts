import type { HardState } from '../raft/types.js';
import { entryTypeOf } from '../record/entry-record.js';
import { KIND, RECORD_HEADER_BYTES, readInteger, readRecord } from '../record/record.js';
import type { RecordHead } from '../record/record.js';
import { BATCH_HEAD_BYTES, chainOf, readHead, statedSynced } from './batch.js';
import type { Cut } from './batch.js';
import { SEGMENT_HEADER_BYTES } from './segment.js';

/** A decoded record of a batch. */
export type Item =
  | {
      readonly kind: 'entry';
      readonly index: number;
      readonly term: number;
      readonly offset: number;
      readonly dataBytes: number;
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
  /** Chain of that batch. */
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
  /** Seed of the first batch's chain. */
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
    const batch = readBatch({ bytes, start: end, salt, chain });
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

interface BatchSource {
  readonly bytes: Buffer;
  readonly start: number;
  readonly salt: number;
  /** Chain of the batch before. */
  readonly chain: number;
}

function readBatch({ bytes, start, salt, chain: before }: BatchSource): Batch {
  const head = readHead(bytes, start, salt);
  if (typeof head === 'string') return { kind: 'broken', offset: start, what: head };
  const { synced, chain } = head;
  const items: Item[] = [];
  let at = start + BATCH_HEAD_BYTES;
  const end = at + head.bodyBytes;
  if (end > bytes.length) return { kind: 'broken', offset: start, what: 'a batch is longer than the file' };
  const body = bytes.subarray(0, end);
  while (at < end) {
    const record = readRecord(body, at);
    if (typeof record === 'string') return { kind: 'broken', offset: at, what: record };
    const item = toItem(bytes, at, record);
    if (item === undefined) return { kind: 'broken', offset: at, what: 'a record of an unknown kind' };
    items.push(item);
    at = record.end;
  }
  if (chainOf(bytes, { start: start + BATCH_HEAD_BYTES, end, before }) !== chain)
    return { kind: 'broken', offset: start, what: 'a batch does not follow on the one before' };
  return { kind: 'whole', items, end, chain, synced };
}

function toItem(bytes: Buffer, at: number, record: RecordHead): Item | undefined {
  const { kind, type, first, second, payloadBytes } = record;
  if (kind === KIND.entry) {
    if (entryTypeOf(type) === undefined) return undefined;
    return { kind: 'entry', index: first, term: second, offset: at, dataBytes: payloadBytes };
  }
  if (payloadBytes !== 8) return undefined;
  const payload = readInteger(bytes, at + RECORD_HEADER_BYTES);
  switch (kind) {
    case KIND.hardState:
      return { kind: 'hardState', hardState: { term: second, vote: payload, commit: first } };
    case KIND.cut:
      return { kind: 'cut', cut: { index: first, term: second, oldest: payload } };
    case KIND.successor:
      return { kind: 'successor', sequence: first };
    default:
      return undefined;
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
