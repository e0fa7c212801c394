import { etcdserverpb } from '../../gen/proto.js';
import { compareBytes, EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { kvError, type KvError } from '../errors.js';
import type { KeyValue } from '../format/key-value.js';
import type { StateReader } from '../state/state-reader.js';
import type { WalkPlan } from './range-walk.js';

const { SortOrder, SortTarget } = etcdserverpb.RangeRequest;

/** Compares key-values. Equal ones keep the order of their keys. */
type Sorting = (left: KeyValue, right: KeyValue) => number;

/** A RangeRequest with its rules resolved. */
export interface Plan extends WalkPlan {
  /** The order of the pick `sorted`. */
  readonly sorting: Sorting | undefined;
  /** Whether that order is of the values. */
  readonly sortsValues: boolean;
  readonly filter: ((keyValue: KeyValue) => boolean) | undefined;
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
}

/** The plan of a range of many keys; an error if the revision cannot be read. */
export function planOf(reader: StateReader, request: etcdserverpb.RangeRequest.$Properties): Plan | KvError {
  const revision = resolveRevision(reader, clampInteger(request.revision));
  if (typeof revision === 'object') return revision;
  return planRange(request, revision === reader.revision ? undefined : revision);
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

/** The revision to read at: as in etcd, the newest for 0 or less. An error if it is compacted or in the future. */
export function resolveRevision(reader: StateReader, asked: number): number | KvError {
  if (asked > reader.revision) return kvError('future-revision');
  const revision = asked <= 0 ? reader.revision : asked;
  return revision < reader.compactedRevision ? kvError('compacted') : revision;
}

/** @param revision undefined for the newest one */
function planRange(request: etcdserverpb.RangeRequest.$Properties, revision: number | undefined): Plan {
  const limit = clampInteger(request.limit);
  const order = request.sortOrder ?? SortOrder.NONE;
  const sorting = sortingOf(request);
  const filter = filterOf(request);
  const plan = {
    revision,
    limit: limit > 0 ? limit : Infinity,
    sorting,
    sortsValues: request.sortTarget === SortTarget.VALUE,
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

/** The bounds of modRevision and createRevision as a filter: 0 is no bound, as in etcd. Undefined without bounds. */
export function filterOf(request: etcdserverpb.RangeRequest.$Properties): Plan['filter'] {
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
