import { etcdserverpb } from '../../gen/proto.js';
import { compareBytes, EMPTY } from '../../util/bytes.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { isEmptyRange, spanOf } from '../format/key-range.js';
import { decodeKeyValue, type KeyValue } from '../format/key-value.js';
import type { KeyRange } from '../format/layout.js';
import type { StateReader } from '../state/state-reader.js';
import { CurrentWalk } from '../state/versions.js';

type Compare = etcdserverpb.Compare.$Properties;
const { CompareResult, CompareTarget } = etcdserverpb.Compare;

/** The version of an absent key. A comparison of its value always fails. */
const ABSENT: KeyValue = {
  key: EMPTY,
  createRevision: 0,
  modRevision: 0,
  version: 0,
  value: EMPTY,
  lease: 0n,
};

/**
 * Whether a comparison holds for every key of its range, or for an absent key if the range is empty. Takes no promise for
 * a single key.
 */
export function compareHolds(reader: StateReader, compare: Compare): boolean | Promise<boolean> {
  const span = spanOf(compare.key ?? EMPTY, compare.rangeEnd ?? EMPTY);
  if (span.kind === 'key') {
    const row = reader.current(span.key);
    return row === undefined ? holdsForAbsent(compare) : holds(compare, decodeKeyValue(row));
  }
  return isEmptyRange(span.range) ? holdsForAbsent(compare) : holdsInRange(reader, span.range, compare);
}

async function holdsInRange(reader: StateReader, range: KeyRange, compare: Compare): Promise<boolean> {
  const walk = new CurrentWalk(reader, range, { reverse: false });
  let found = false;
  try {
    for (let slice = await walk.next(); slice.length > 0; slice = await walk.next()) {
      found = true;
      if (!slice.every((row) => holds(compare, decodeKeyValue(row)))) return false;
    }
  } finally {
    await walk.close();
  }
  return found || holdsForAbsent(compare);
}

function holdsForAbsent(compare: Compare): boolean {
  return compare.target === CompareTarget.VALUE ? false : holds(compare, ABSENT);
}

function holds(compare: Compare, stored: KeyValue): boolean {
  const order = orderOf(compare, stored);
  switch (compare.result ?? CompareResult.EQUAL) {
    case CompareResult.EQUAL:
      return order === 0;
    case CompareResult.NOT_EQUAL:
      return order !== 0;
    case CompareResult.GREATER:
      return order > 0;
    case CompareResult.LESS:
      return order < 0;
    default:
      return true; // as in etcd, for a comparison of a newer client
  }
}

/** Negative if the stored side is smaller. A missing operand counts as zero. */
function orderOf(compare: Compare, stored: KeyValue): number {
  switch (compare.target ?? CompareTarget.VERSION) {
    case CompareTarget.VERSION:
      return Math.sign(stored.version - clampInteger(compare.version));
    case CompareTarget.CREATE:
      return Math.sign(stored.createRevision - clampInteger(compare.createRevision));
    case CompareTarget.MOD:
      return Math.sign(stored.modRevision - clampInteger(compare.modRevision));
    case CompareTarget.VALUE:
      return compareBytes(stored.value, compare.value ?? EMPTY);
    case CompareTarget.LEASE:
      return orderOfLeases(stored.lease, toBigInt(compare.lease));
    default:
      return 0;
  }
}

/** Compares lease ids as signed 64-bit integers. */
function orderOfLeases(left: bigint, right: bigint): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
