import type { HardState } from '../raft/types.js';
import { entryTypeOf } from '../record/entry-record.js';
import { KIND, RECORD_HEADER_BYTES, readInteger, readRecord } from '../record/record.js';
import type { RecordHead } from '../record/record.js';
import { isZero } from '../util/bytes.js';
import { BATCH_HEAD_BYTES, chainOf, readHead, statedSynced } from './batch.js';
import type { Cut, Part } from './batch.js';
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

/** Reads the batches of a segment, in one part or several. */
export class SegmentScan {
  readonly #salt: number;
  readonly #onItem: (item: Item) => void;
  #end = SEGMENT_HEADER_BYTES;
  #chain: number;
  #synced = 0;
  #successor: { readonly sequence: number; readonly end: number } | undefined;

  /**
   * @param start salt of the segment, and seed of the first batch's chain
   * @param onItem called for each record of each whole batch, in order
   */
  constructor(start: { readonly salt: number; readonly chain: number }, onItem: (item: Item) => void) {
    this.#salt = start.salt;
    this.#chain = start.chain;
    this.#onItem = onItem;
  }

  /** Offset after the last whole batch. */
  get next(): number {
    return this.#successor?.end ?? this.#end;
  }

  /** Reads batches up to the first place without one, which may be where the part ends. */
  read(part: Part): Broken {
    while (this.#successor === undefined) {
      const batch = readBatch(part, { start: this.#end, salt: this.#salt, chain: this.#chain });
      if (batch.kind === 'broken') return batch;
      this.#synced = Math.max(this.#synced, batch.synced);
      const [item] = batch.items;
      if (item?.kind === 'successor') {
        this.#successor = { sequence: item.sequence, end: batch.end };
      } else {
        for (const item of batch.items) this.#onItem(item);
        this.#end = batch.end;
        this.#chain = batch.chain;
      }
    }
    return { kind: 'broken', offset: this.next, what: 'a batch follows the last one' };
  }

  /** @param rest bytes up to the end of the segment, from `next` or before; undefined if only zeros follow `next` */
  result({ offset, what }: Broken, rest: Part | undefined): Scan {
    const { next } = this;
    const end = rest === undefined ? next : endOfData(rest, next);
    const fault =
      rest === undefined || end === next
        ? undefined
        : { offset, what, synced: Math.max(this.#synced, statedSynced(rest, next, this.#salt)), end };
    const successor = this.#successor?.sequence;
    return { end: this.#end, chain: this.#chain, synced: this.#synced, successor, fault };
  }
}

/** What stands in place of a batch. */
export interface Broken {
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

interface BatchPlace {
  /** Offset of the batch in the segment. */
  readonly start: number;
  readonly salt: number;
  /** Chain of the batch before. */
  readonly chain: number;
}

function readBatch(part: Part, { start, salt, chain: before }: BatchPlace): Batch {
  const { bytes, base } = part;
  const head = readHead(part, start, salt);
  if (typeof head === 'string') return { kind: 'broken', offset: start, what: head };
  const { synced, chain } = head;
  const items: Item[] = [];
  const first = start + BATCH_HEAD_BYTES - base;
  const end = first + head.bodyBytes;
  if (end > bytes.length) return { kind: 'broken', offset: start, what: 'a batch is longer than the file' };
  const body = bytes.subarray(0, end);
  for (let at = first; at < end;) {
    const record = readRecord(body, at);
    if (typeof record === 'string') return { kind: 'broken', offset: base + at, what: record };
    const item = toItem(part, at, record);
    if (item === undefined) return { kind: 'broken', offset: base + at, what: 'a record of an unknown kind' };
    items.push(item);
    at = record.end;
  }
  if (chainOf(bytes, { start: first, end, before }) !== chain)
    return { kind: 'broken', offset: start, what: 'a batch does not follow on the one before' };
  return { kind: 'whole', items, end: base + end, chain, synced };
}

function toItem({ bytes, base }: Part, at: number, record: RecordHead): Item | undefined {
  const { kind, type, first, second, payloadBytes } = record;
  if (kind === KIND.entry) {
    if (entryTypeOf(type) === undefined) return undefined;
    return { kind: 'entry', index: first, term: second, offset: base + at, dataBytes: payloadBytes };
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
function endOfData({ bytes, base }: Part, from: number): number {
  const first = from - base;
  let end = bytes.length;
  while (end - STEP_BYTES >= first && isZero(bytes.subarray(end - STEP_BYTES, end))) end -= STEP_BYTES;
  while (end > first && bytes[end - 1] === 0) end -= 1;
  return base + end;
}
