import { etcdserverpb } from '../../gen/proto.js';
import { compareBytes, EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { kvError, type KvError } from '../errors.js';
import { isEmptyRange, spanOf } from '../format/key-range.js';
import { decodeKeyValue, keyOf, modRevisionOf, withoutValue, type KeyValue } from '../format/key-value.js';
import type { KeyRange } from '../format/layout.js';
import type { StateReader } from '../state/state-reader.js';
import { CurrentWalk, HistoricWalk, supersededAt, type VersionWalk } from '../state/versions.js';
import { bytesFieldSize, MessageBuilder, tagOf, WIRE_LENGTH, WIRE_VARINT, writeBytesField } from '../format/wire.js';

const { SortOrder, SortTarget } = etcdserverpb.RangeRequest;

/** What a range found: encoded key-values as stored, and etcd's `count` and `more`. */
export interface RangeAnswer {
  readonly kind: 'ok';
  readonly keyValues: readonly Uint8Array[];
  readonly more: boolean;
  /** Keys in the range at the revision, whatever limit and filters leave of them. */
  readonly count: number;
}

export type RangeOutcome = RangeAnswer | { readonly kind: 'error'; readonly error: KvError };

/** Orders key-values; equal ones stay in the order of their keys. */
type Sorting = (left: KeyValue, right: KeyValue) => number;

/** A RangeRequest with its rules resolved. */
export interface Plan {
  /** The revision to read at; undefined for the newest. */
  readonly revision: number | undefined;
  /** Rows to answer at most; Infinity for all. */
  readonly limit: number;
  /** What decides which rows are answered: the first ones by key, the last ones by key, or the first by `sorting`. */
  readonly pick: 'first-keys' | 'last-keys' | 'sorted';
  readonly sorting: Sorting | undefined;
  readonly filter: ((keyValue: KeyValue) => boolean) | undefined;
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
}

/**
 * Answers a range from one state. A single key at the newest revision is answered in this very turn; anything else is
 * walked through in slices, and holds no more than it answers.
 */
export function evaluateRange(
  reader: StateReader,
  request: etcdserverpb.RangeRequest.$Properties,
): RangeOutcome | Promise<RangeOutcome> {
  const span = spanOf(request.key ?? EMPTY, request.rangeEnd ?? EMPTY);
  if (span.kind === 'key') {
    const revision = resolveRevision(reader, clampInteger(request.revision));
    if (typeof revision === 'object') return { kind: 'error', error: revision };
    return evaluateKey(reader, request, revision);
  }
  const plan = planOf(reader, request);
  if ('kind' in plan) return { kind: 'error', error: plan };
  if (isEmptyRange(span.range)) return answerOf(new Picker(plan), 0);
  return plan.countOnly ? evaluateCount(reader, span.range, plan) : evaluateWalk(reader, span.range, plan);
}

/** How a range of many keys is to be answered, or why it cannot be. */
export function planOf(reader: StateReader, request: etcdserverpb.RangeRequest.$Properties): Plan | KvError {
  const revision = resolveRevision(reader, clampInteger(request.revision));
  if (typeof revision === 'object') return revision;
  return planRange(request, revision === reader.revision ? undefined : revision);
}

/** The body of a RangeResponse: the stored bytes stand in it unchanged. */
export function encodeRangeAnswer(answer: RangeAnswer, header?: Uint8Array): Uint8Array {
  const { keyValues, more, count } = answer;
  const single = keyValues.length === 1 && count === 1 && !more && header === undefined ? keyValues[0] : undefined;
  if (single !== undefined) return encodeSingle(single);
  const message = new MessageBuilder();
  if (header !== undefined) message.bytes(1, header);
  for (const keyValue of keyValues) message.bytes(2, keyValue);
  return message.flag(3, more).number(4, count).finish();
}

/** The same for one key-value, in one piece. */
function encodeSingle(keyValue: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(bytesFieldSize(keyValue) + 2);
  const at = writeBytesField(bytes, 0, tagOf(2, WIRE_LENGTH), keyValue);
  bytes[at] = tagOf(4, WIRE_VARINT);
  bytes[at + 1] = 1;
  return bytes;
}

/** etcd: zero and negative revisions mean the newest one. */
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
  // The historic walk only goes forth.
  if (sorting === undefined) return { ...plan, pick: 'first-keys' };
  if (request.sortTarget === SortTarget.KEY) {
    return revision === undefined ? { ...plan, pick: 'last-keys', sorting: undefined } : { ...plan, pick: 'sorted' };
  }
  // etcd: a target without an order sorts ascending what the limit, plus one, has picked by key; with a filter it
  // picks from all.
  return { ...plan, pick: order === SortOrder.NONE && filter === undefined ? 'first-keys' : 'sorted' };
}

/** Undefined: the order of the keys, which is that of the walk. */
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
    default: // an unknown target is refused before it gets here
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

/** One key: no plan is made, for this is the most frequent read. */
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
  const count = plan.revision === undefined ? await reader.count(range) : await reader.countAt(range, plan.revision);
  return answerOf(new Picker(plan), count ?? (await countByWalking(walkOf(reader, range, plan))));
}

async function countByWalking(walk: VersionWalk): Promise<number> {
  let count = 0;
  try {
    for (let slice = await walk.next(); slice.length > 0; slice = await walk.next()) count += slice.length;
  } finally {
    await walk.close();
  }
  return count;
}

export function walkOf(reader: StateReader, range: KeyRange, { revision, pick, limit }: Plan): VersionWalk {
  if (revision !== undefined) return new HistoricWalk(reader, range, revision);
  return new CurrentWalk(reader, range, { reverse: pick === 'last-keys', expected: limit + 1 });
}

async function evaluateWalk(reader: StateReader, range: KeyRange, plan: Plan): Promise<RangeOutcome> {
  const picker = new Picker(plan);
  const walk = walkOf(reader, range, plan);
  let count = 0;
  let asked = false;
  try {
    for (let slice = await walk.next(); slice.length > 0; slice = await walk.next()) {
      count += slice.length;
      for (const keyValue of slice) picker.add(keyValue);
      const last = slice.at(-1);
      if (!picker.full || last === undefined || asked) continue;
      // What is left is only counted, for which it need not be walked through.
      asked = true;
      const left = await restCount(reader, { range, after: keyOf(last), plan });
      if (left === undefined) continue;
      count += left;
      break;
    }
  } finally {
    await walk.close();
  }
  return answerOf(picker, count);
}

/** How many keys a walk has still before it that has come to one; undefined where it has to go on to know. */
export function restCount(
  reader: StateReader,
  { range, after, plan }: { readonly range: KeyRange; readonly after: Uint8Array; readonly plan: Plan },
): Promise<number | undefined> {
  const { start, end } = range;
  const rest = plan.pick === 'last-keys' ? { start, end: after } : { start: Buffer.concat([after, Buffer.of(0)]), end };
  return plan.revision === undefined ? reader.count(rest) : reader.countAt(rest, plan.revision);
}

function answerOf(picker: Picker, count: number): RangeAnswer {
  return { kind: 'ok', ...picker.finish(), count };
}

interface Picked {
  readonly bytes: Uint8Array;
  /** Present where something is sorted by it. */
  readonly decoded: KeyValue | undefined;
}

/** Rows beyond the limit that a sorting picker holds before it throws the losers out. */
const SORT_SLACK_ROWS = 1024;

/** Takes the versions of a walk, and keeps those that are to be answered. */
class Picker {
  readonly #plan: Plan;
  #picked: Picked[] = [];
  #passed = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** No later version can change the answer, but for `count`. */
  get full(): boolean {
    return this.#plan.pick !== 'sorted' && this.#passed > this.#plan.limit;
  }

  add(bytes: Uint8Array): void {
    if (this.full) return;
    const { limit, filter, sorting, pick, keysOnly } = this.#plan;
    const decoded = filter !== undefined || sorting !== undefined ? decodeKeyValue(bytes) : undefined;
    if (filter !== undefined && decoded !== undefined && !filter(decoded)) return;
    this.#passed++;
    // A view of the value would keep it alive; where it is not sorted by, it goes right away.
    this.#picked.push({ bytes: keysOnly && sorting === undefined ? withoutValue(bytes) : bytes, decoded });
    if (pick === 'sorted' && this.#picked.length >= limit * 2 + SORT_SLACK_ROWS) this.#sortAndCut();
  }

  finish(): { readonly keyValues: readonly Uint8Array[]; readonly more: boolean } {
    this.#sortAndCut();
    const { keysOnly, sorting, limit } = this.#plan;
    const strip = keysOnly && sorting !== undefined;
    const keyValues = this.#picked.map(({ bytes }) => (strip ? withoutValue(bytes) : bytes));
    return { keyValues, more: this.#passed > limit };
  }

  #sortAndCut(): void {
    const { sorting, limit } = this.#plan;
    if (sorting !== undefined) {
      this.#picked.sort((left, right) =>
        left.decoded === undefined || right.decoded === undefined ? 0 : sorting(left.decoded, right.decoded),
      );
    }
    if (this.#picked.length > limit) this.#picked.length = limit;
  }
}
