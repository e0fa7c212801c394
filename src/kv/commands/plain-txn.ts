import { etcdserverpb } from '../../gen/proto.js';
import { assertNever } from '../../util/assert.js';
import { bytesToLatin1, EMPTY } from '../../util/bytes.js';
import { compareSpans } from '../../util/spans.js';
import { kvError, type KvError } from '../errors.js';
import { decodeRevisions } from '../format/key-value.js';
import type { PlainCompare, PlainTxn } from '../format/plain-txn.js';
import type { PlainPut } from '../format/put-request.js';
import { checkEntries } from '../indexes/entry-bound.js';
import { checkUnique, PlannedWrites } from '../indexes/uniqueness.js';
import { OP_UNITS, putsAnswer, type TxnOutcome } from './txn.js';
import type { Draft } from './draft.js';
import type { Slot } from './draft-rows.js';

const { CompareResult, CompareTarget } = etcdserverpb.Compare;

/** Checks a transaction before it reaches the log, as checkTxn does. @param maxOps limit of comparisons and of puts */
export function checkPlainTxn({ bytes, compares, puts }: PlainTxn, maxOps: number): KvError | undefined {
  if (compares.length > maxOps || puts.length > maxOps) return kvError('too-many-ops');
  if (compares.some(hasEmptyKey) || puts.some(hasEmptyKey)) return kvError('empty-key');
  return areAscending(bytes, puts) || areDistinct(bytes, puts) ? undefined : kvError('duplicate-key');
}

/** The puts of an import are in order: then no two keys need to be kept. */
function areAscending(bytes: Uint8Array, puts: readonly PlainPut[]): boolean {
  let before: PlainPut | undefined;
  for (const put of puts) {
    if (before !== undefined && compareKeys(bytes, before, put) >= 0) return false;
    before = put;
  }
  return true;
}

function compareKeys(bytes: Uint8Array, left: PlainPut, right: PlainPut): number {
  const leftLength = left.keyEnd - left.keyStart;
  return compareSpans(bytes, left.keyStart, leftLength, bytes, right.keyStart, right.keyEnd - right.keyStart);
}

function areDistinct(bytes: Uint8Array, puts: readonly PlainPut[]): boolean {
  const keys = new Set<string>();
  for (const put of puts) keys.add(bytesToLatin1(keyOf(bytes, put)));
  return keys.size === puts.length;
}

/**
 * Executes a transaction as applyTxn does, and looks up each key once: a transaction usually puts the keys that it compares,
 * in the same order.
 * @param isWanted whether a caller waits for the answer on this member
 */
export async function applyPlainTxn(draft: Draft, txn: PlainTxn, isWanted: boolean): Promise<TxnOutcome> {
  const { bytes, compares, puts } = txn;
  const slots: Slot[] = [];
  for (const compare of compares) {
    const slot = draft.slot(keyOf(bytes, compare));
    slots.push(slot);
    const rest = draft.spend(OP_UNITS);
    if (rest !== undefined) await rest;
    if (!holds(compare, slot)) return { kind: 'ok', body: EMPTY };
  }
  if (draft.indexes.maintained.length > 0) {
    const writes = new PlannedWrites();
    for (const put of puts) writes.put(keyOf(bytes, put), valueOf(bytes, put));
    const error = (await checkEntries(draft, writes)) ?? (await checkUnique(draft, writes));
    if (error !== undefined) return { kind: 'error', error };
  }
  for (const [index, put] of puts.entries()) {
    const compare = compares[index];
    const compared = slots[index];
    const isKnown = compare && compared && haveSameKey(bytes, compare, put) && draft.isCurrent(compared);
    draft.put(isKnown === true ? compared : draft.slot(keyOf(bytes, put)), valueOf(bytes, put), 0n);
    const rest = draft.spend(OP_UNITS);
    if (rest !== undefined) await rest;
  }
  return { kind: 'ok', body: isWanted ? putsAnswer(draft.revision, puts.length) : EMPTY };
}

function keyOf(bytes: Uint8Array, { keyStart, keyEnd }: PlainCompare | PlainPut): Uint8Array {
  return bytes.subarray(keyStart, keyEnd);
}

function valueOf(bytes: Uint8Array, { valueStart, valueEnd }: PlainPut): Uint8Array {
  return valueStart === valueEnd ? EMPTY : bytes.subarray(valueStart, valueEnd);
}

function hasEmptyKey({ keyStart, keyEnd }: PlainCompare | PlainPut): boolean {
  return keyStart === keyEnd;
}

function haveSameKey(bytes: Uint8Array, left: PlainCompare, right: PlainPut): boolean {
  const length = left.keyEnd - left.keyStart;
  if (right.keyEnd - right.keyStart !== length) return false;
  for (let at = 0; at < length; at++) {
    if (bytes[left.keyStart + at] !== bytes[right.keyStart + at]) return false;
  }
  return true;
}

/** An absent key compares as zero. */
function holds({ target, result, operand }: PlainCompare, { row }: Slot): boolean {
  const stored = row === undefined ? 0 : fieldOf(row, target);
  switch (result) {
    case CompareResult.EQUAL:
      return stored === operand;
    case CompareResult.NOT_EQUAL:
      return stored !== operand;
    case CompareResult.GREATER:
      return stored > operand;
    case CompareResult.LESS:
      return stored < operand;
    default:
      return assertNever(result, 'relation');
  }
}

function fieldOf(row: Uint8Array, target: PlainCompare['target']): number {
  const { createRevision, modRevision, version } = decodeRevisions(row);
  if (target === CompareTarget.VERSION) return version;
  return target === CompareTarget.CREATE ? createRevision : modRevision;
}
