import type { AnswerGrowth } from '../../util/answer-growth.js';
import { etcdserverpb } from '../../gen/proto.js';
import { ByteSlabs } from '../../util/byte-slabs.js';
import { compareBytes, EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { kvError, type KvError } from '../errors.js';
import { isEmptyRange, spanOf } from '../format/key-range.js';
import { decodeKeyValue, modRevisionOf, withoutValue, type KeyValue } from '../format/key-value.js';
import type { KeyRange } from '../format/layout.js';
import type { StateReader } from '../state/state-reader.js';
import { supersededAt } from '../state/versions.js';
import {
  bytesFieldSize,
  FieldPacker,
  MessageBuilder,
  tagOf,
  WIRE_LENGTH,
  WIRE_VARINT,
  writeBytesField,
  type EncodedBody,
} from '../format/wire.js';
import { RangeWalk, type WalkPlan } from './range-walk.js';
import { sortInSlices } from './sliced-sort.js';

const { SortOrder, SortTarget } = etcdserverpb.RangeRequest;

/** The result of a range: encoded key-values as stored, and etcd's `count` and `more`. */
export interface RangeAnswer {
  readonly kind: 'ok';
  readonly keyValues: readonly Uint8Array[];
  readonly more: boolean;
  /** Number of keys in the range at the revision, regardless of limit and filters. */
  readonly count: number;
}

export type RangeOutcome = RangeAnswer | { readonly kind: 'error'; readonly error: KvError };

/** Compares key-values. Equal ones keep the order of their keys. */
type Sorting = (left: KeyValue, right: KeyValue) => number;

/** A RangeRequest with its rules resolved. */
export interface Plan extends WalkPlan {
  /** The order of the pick `sorted`. */
  readonly sorting: Sorting | undefined;
  readonly filter: ((keyValue: KeyValue) => boolean) | undefined;
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
}

/**
 * Evaluates a range on one state. A single key at the newest revision takes no promise. Anything else is a walk in
 * slices that keeps only the rows of the answer.
 * @param growth counts the rows that the walk gathers
 */
export function evaluateRange(
  reader: StateReader,
  request: etcdserverpb.RangeRequest.$Properties,
  growth?: Pick<AnswerGrowth, 'holds'>,
): RangeOutcome | Promise<RangeOutcome> {
  const span = spanOf(request.key ?? EMPTY, request.rangeEnd ?? EMPTY);
  if (span.kind === 'key') {
    const revision = resolveRevision(reader, clampInteger(request.revision));
    if (typeof revision === 'object') return { kind: 'error', error: revision };
    return evaluateKey(reader, request, revision);
  }
  const plan = planOf(reader, request);
  if ('kind' in plan) return { kind: 'error', error: plan };
  if (isEmptyRange(span.range)) return { kind: 'ok', keyValues: [], more: false, count: 0 };
  return plan.countOnly ? evaluateCount(reader, span.range, plan) : evaluateWalk(reader, span.range, { plan, growth });
}

/** The plan of a range of many keys, or the error that refuses it. */
export function planOf(reader: StateReader, request: etcdserverpb.RangeRequest.$Properties): Plan | KvError {
  const revision = resolveRevision(reader, clampInteger(request.revision));
  if (typeof revision === 'object') return revision;
  return planRange(request, revision === reader.revision ? undefined : revision);
}

/** Key-values up to which an answer is encoded in one turn, unless they are large. */
const SMALL_ANSWER_ROWS = 512;

/**
 * The body of a RangeResponse: the stored bytes stand in it unchanged. A large answer is encoded in slices, and small
 * key-values are copied together into pieces.
 */
export function encodeRangeAnswer(
  reader: Pick<StateReader, 'spend'>,
  answer: RangeAnswer,
  header?: Uint8Array,
): EncodedBody | Promise<EncodedBody> {
  const { keyValues, more, count } = answer;
  const single = keyValues.length === 1 && count === 1 && !more && header === undefined ? keyValues[0] : undefined;
  if (single !== undefined) return encodeSingle(single);
  const finish = (fields: EncodedBody): EncodedBody => {
    const message = new MessageBuilder();
    if (header !== undefined) message.bytes(1, header);
    return message.fields(fields).flag(3, more).number(4, count).finishInPieces();
  };
  if (keyValues.length > SMALL_ANSWER_ROWS) return packInSlices(reader, keyValues).then(finish);
  const packer = new FieldPacker();
  for (const keyValue of keyValues) packer.add(2, keyValue);
  return finish(packer.finish());
}

async function packInSlices(
  reader: Pick<StateReader, 'spend'>,
  keyValues: readonly Uint8Array[],
): Promise<EncodedBody> {
  const packer = new FieldPacker();
  for (const keyValue of keyValues) {
    packer.add(2, keyValue);
    const rest = reader.spend(1 + (keyValue.length >> 8));
    if (rest !== undefined) await rest;
  }
  return packer.finish();
}

/** The same for one key-value, with one allocation. */
function encodeSingle(keyValue: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(bytesFieldSize(keyValue) + 2);
  const at = writeBytesField(bytes, 0, tagOf(2, WIRE_LENGTH), keyValue);
  bytes[at] = tagOf(4, WIRE_VARINT);
  bytes[at + 1] = 1;
  return bytes;
}

/** Whether a request asks for one key as it is now, and nothing else: the most frequent read. */
export function isPlainKey(request: etcdserverpb.RangeRequest.$Properties): boolean {
  return (
    (request.rangeEnd ?? EMPTY).length === 0 &&
    clampInteger(request.revision) <= 0 &&
    request.keysOnly !== true &&
    request.countOnly !== true &&
    filterOf(request) === undefined
  );
}

/** The body of the answer to such a request. */
export function encodeKeyAnswer(keyValue: Uint8Array | undefined): Uint8Array {
  return keyValue === undefined ? EMPTY : encodeSingle(keyValue);
}

/** As in etcd, zero and negative revisions mean the newest one. */
function resolveRevision(reader: StateReader, asked: number): number | KvError {
  if (asked > reader.revision) return kvError('future-revision');
  const revision = asked <= 0 ? reader.revision : asked;
  return revision < reader.compactedRevision ? kvError('compacted') : revision;
}

function planRange(request: etcdserverpb.RangeRequest.$Properties, revision: number | undefined): Plan {
  const limit = clampInteger(request.limit);
  const order = request.sortOrder ?? SortOrder.NONE;
  const sorting = sortingOf(request);
  const filter = filterOf(request);
  const plan = {
    revision,
    limit: limit > 0 ? limit : Infinity,
    sorting,
    filter,
    keysOnly: request.keysOnly ?? false,
    countOnly: request.countOnly ?? false,
  };
  // A historic walk cannot run in reverse.
  if (sorting === undefined) return { ...plan, pick: 'first-keys' };
  if (request.sortTarget === SortTarget.KEY) {
    return revision === undefined ? { ...plan, pick: 'last-keys', sorting: undefined } : { ...plan, pick: 'sorted' };
  }
  // As in etcd, a target without an order sorts the first rows by key, limit plus one of them; with a filter, all rows.
  return { ...plan, pick: order === SortOrder.NONE && filter === undefined ? 'first-keys' : 'sorted' };
}

/** @returns undefined for the order of the keys, which is that of the walk */
function sortingOf(request: etcdserverpb.RangeRequest.$Properties): Sorting | undefined {
  const ascending = sortingBy(request.sortTarget ?? SortTarget.KEY);
  if (request.sortOrder === SortOrder.DESCEND) return (left, right) => ascending(right, left);
  return (request.sortTarget ?? SortTarget.KEY) === SortTarget.KEY ? undefined : ascending;
}

function sortingBy(target: etcdserverpb.RangeRequest.SortTarget): Sorting {
  switch (target) {
    case SortTarget.VERSION:
      return (left, right) => left.version - right.version;
    case SortTarget.CREATE:
      return (left, right) => left.createRevision - right.createRevision;
    case SortTarget.MOD:
      return (left, right) => left.modRevision - right.modRevision;
    case SortTarget.VALUE:
      return (left, right) => compareBytes(left.value, right.value);
    case SortTarget.KEY:
    default: // unknown targets are refused before
      return (left, right) => compareBytes(left.key, right.key);
  }
}

function filterOf(request: etcdserverpb.RangeRequest.$Properties): Plan['filter'] {
  const minMod = clampInteger(request.minModRevision);
  const maxMod = clampInteger(request.maxModRevision);
  const minCreate = clampInteger(request.minCreateRevision);
  const maxCreate = clampInteger(request.maxCreateRevision);
  if (minMod === 0 && maxMod === 0 && minCreate === 0 && maxCreate === 0) return undefined;
  return ({ modRevision, createRevision }) =>
    (minMod === 0 || modRevision >= minMod) &&
    (maxMod === 0 || modRevision <= maxMod) &&
    (minCreate === 0 || createRevision >= minCreate) &&
    (maxCreate === 0 || createRevision <= maxCreate);
}

/** Evaluates one key, without a plan: this is the most frequent read. */
function evaluateKey(
  reader: StateReader,
  request: etcdserverpb.RangeRequest.$Properties,
  revision: number,
): RangeOutcome | Promise<RangeOutcome> {
  const key = request.key ?? EMPTY;
  const newest = reader.current(key);
  if (revision === reader.revision || (newest !== undefined && modRevisionOf(newest) <= revision)) {
    return answerKey(newest, request);
  }
  return supersededAt(reader, key, revision).then((found) => answerKey(found, request));
}

function answerKey(found: Uint8Array | undefined, request: etcdserverpb.RangeRequest.$Properties): RangeAnswer {
  if (found === undefined) return { kind: 'ok', keyValues: [], more: false, count: 0 };
  const filter = filterOf(request);
  const passes = request.countOnly !== true && (filter === undefined || filter(decodeKeyValue(found)));
  if (!passes) return { kind: 'ok', keyValues: [], more: false, count: 1 };
  return { kind: 'ok', keyValues: [request.keysOnly === true ? withoutValue(found) : found], more: false, count: 1 };
}

async function evaluateCount(reader: StateReader, range: KeyRange, plan: Plan): Promise<RangeOutcome> {
  const known = plan.revision === undefined ? await reader.count(range) : await reader.countAt(range, plan.revision);
  const count = known ?? (await countByWalking(new RangeWalk(reader, range, plan)));
  return { kind: 'ok', keyValues: [], more: false, count };
}

async function countByWalking(walk: RangeWalk): Promise<number> {
  try {
    while ((await walk.next(false)).length > 0);
    return walk.count;
  } finally {
    await walk.close();
  }
}

async function evaluateWalk(
  reader: StateReader,
  range: KeyRange,
  { plan, growth }: { readonly plan: Plan; readonly growth: Pick<AnswerGrowth, 'holds'> | undefined },
): Promise<RangeOutcome> {
  const picker = new Picker(plan, (units) => reader.spend(units));
  const walk = new RangeWalk(reader, range, plan);
  try {
    for (let slice = await walk.next(false); slice.length > 0; slice = await walk.next(picker.full)) {
      for (const keyValue of slice) picker.add(keyValue);
      if (picker.hasTooMany) await picker.cut();
      const room = growth?.holds(picker.bytes);
      if (room !== undefined && !(await room)) return { kind: 'error', error: kvError('answer-too-large') };
    }
  } finally {
    await walk.close();
  }
  return { kind: 'ok', ...(await picker.finish()), count: walk.count };
}

interface Picked {
  readonly bytes: Uint8Array;
  /** Present if rows are sorted. */
  readonly decoded: KeyValue | undefined;
}

/** Rows beyond the limit that a sorting picker holds before it drops the losers. */
const SORT_SLACK_ROWS = 1024;

/** Takes the versions of a walk, and keeps those to answer. */
class Picker {
  readonly #plan: Plan;
  readonly #spend: (units: number) => Promise<void> | undefined;
  /** Undefined if rows may be dropped again: one of them would keep the memory of many. */
  readonly #slabs: ByteSlabs | undefined;
  #picked: Picked[] = [];
  #passed = 0;
  #bytes = 0;

  constructor(plan: Plan, spend: (units: number) => Promise<void> | undefined) {
    this.#plan = plan;
    this.#spend = spend;
    this.#slabs = plan.pick === 'sorted' && plan.limit < Infinity ? undefined : new ByteSlabs();
  }

  /** Size of the versions that it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** No later version can change the answer, except for `count`. */
  get full(): boolean {
    return this.#plan.pick !== 'sorted' && this.#passed > this.#plan.limit;
  }

  /** Whether `cut` is due. */
  get hasTooMany(): boolean {
    return this.#plan.pick === 'sorted' && this.#picked.length >= this.#plan.limit * 2 + SORT_SLACK_ROWS;
  }

  add(bytes: Uint8Array): void {
    if (this.full) return;
    const { filter, sorting, keysOnly } = this.#plan;
    if (filter !== undefined && !filter(decodeKeyValue(bytes))) return;
    this.#passed++;
    // A view of the value would keep it in memory. Unless rows are sorted by it, it is dropped here.
    const wanted = keysOnly && sorting === undefined ? withoutValue(bytes) : bytes;
    const kept = this.#slabs?.copy(wanted) ?? wanted;
    this.#picked.push({ bytes: kept, decoded: sorting === undefined ? undefined : decodeKeyValue(kept) });
    this.#bytes += kept.length;
  }

  /** Sorts what was picked, in slices, and drops what the limit leaves out. */
  async cut(): Promise<void> {
    const { sorting, limit } = this.#plan;
    if (sorting !== undefined) {
      const compare = (left: Picked, right: Picked): number =>
        left.decoded === undefined || right.decoded === undefined ? 0 : sorting(left.decoded, right.decoded);
      this.#picked = await sortInSlices(this.#picked, compare, this.#spend);
    }
    if (this.#picked.length <= limit) return;
    for (const { bytes } of this.#picked.splice(limit)) this.#bytes -= bytes.length;
  }

  async finish(): Promise<{ readonly keyValues: readonly Uint8Array[]; readonly more: boolean }> {
    await this.cut();
    const { keysOnly, sorting, limit } = this.#plan;
    const strip = keysOnly && sorting !== undefined;
    const keyValues: Uint8Array[] = [];
    for (const { bytes } of this.#picked) {
      keyValues.push(strip ? withoutValue(bytes) : bytes);
      // Without a copy, a row costs a tenth.
      const rest = this.#spend(strip ? 1 : 0.1);
      if (rest !== undefined) await rest;
    }
    return { keyValues, more: this.#passed > limit };
  }
}
