import { etcdserverpb } from '../../../src/gen/proto.js';
import { checkTxn, hasPuts, isReadOnlyTxn } from '../../../src/kv/commands/checks.js';
import { hasDuplicateKeys } from '../../../src/kv/commands/duplicate-keys.js';
import { readPlainTxn } from '../../../src/kv/format/plain-txn.js';
import { hasTooManyOps } from '../../../src/server/requests/txn-size.js';
import { allowDeepMessages } from '../../../src/util/deep-messages.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { messageType, randomMessage } from '../framework/messages.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';

const INPUTS = 60;

/** Transactions: the reader of plain ones, and the count of operations before decoding, agree with the codec. */
export function transactions(trial: Trial): void {
  const { random } = trial;
  allowDeepMessages();
  const type = messageType('etcdserverpb.TxnRequest');
  const known: Buffer[] = [];
  for (let count = 0; count < INPUTS; count += 1) {
    const made = chance(random, 0.5) ? nestedTxn(random, 0) : undefined;
    const valid =
      made !== undefined
        ? Buffer.from(etcdserverpb.TxnRequest.encode(made).finish())
        : chance(random, 0.5)
          ? plainTxn(random)
          : randomMessage(random, type);
    known.push(valid);
    const maxOps = pick(random, [1, 2, 4, 128]);
    trial.feed(chance(random, 0.5) ? valid : mutated(random, valid, known), (bytes) => checkTxnBytes(bytes, maxOps));
  }
}

function plainTxn(random: Random): Buffer {
  const key = (): Buffer => Buffer.from(pick(random, ['', 'a', 'b', 'k']));
  const compare = Array.from({ length: randomSize(random, 3) }, () => {
    const target = randomInteger(random, 0, 3);
    const operand = randomInteger(random, 0, 2 ** 48);
    return {
      key: key(),
      target,
      result: randomInteger(random, 0, 4),
      ...[{ version: operand }, { createRevision: operand }, { modRevision: operand }][target],
    };
  });
  const success = Array.from({ length: randomSize(random, 4) }, () => ({
    requestPut: {
      key: key(),
      value: randomBytesOf(random, randomSize(random, 30)),
      lease: randomSize(random, 5),
      prevKv: chance(random, 0.2),
    },
  }));
  return Buffer.from(etcdserverpb.TxnRequest.encode({ compare, success }).finish());
}

function checkTxnBytes(bytes: Buffer, maxOps: number): void {
  let wanted: etcdserverpb.TxnRequest | undefined;
  try {
    wanted = etcdserverpb.TxnRequest.decode(bytes);
  } catch (error) {
    check(error instanceof Error, String(error));
  }
  let isTooLong = false;
  try {
    isTooLong = hasTooManyOps(bytes, maxOps);
  } catch (error) {
    check(error instanceof Error && wanted === undefined, `the codec accepts it: ${String(error)}`);
  }
  // The parts of an operation that is given twice count apart here, and together once they are decoded and checked again.
  const isPlain = wanted !== undefined && Buffer.from(etcdserverpb.TxnRequest.encode(wanted).finish()).equals(bytes);
  if (wanted !== undefined && isPlain && isTooLong)
    check(checkTxn(wanted, maxOps) !== undefined, 'a transaction within the limit is refused');
  if (wanted !== undefined && isPlain && !isTooLong)
    check(checkTxn(wanted, maxOps)?.kind !== 'too-many-ops', 'a transaction beyond the limit is accepted');
  const plain = readPlainTxn(bytes);
  if (plain === undefined) return;
  check(wanted !== undefined, 'the codec refuses a plain transaction');
  if (wanted === undefined) return;
  check(
    plain.compares.length === wanted.compare.length &&
      plain.puts.length === wanted.success.length &&
      wanted.failure.length === 0,
    'other operations',
  );
  for (const [at, { keyStart, keyEnd, target, result }] of plain.compares.entries()) {
    const other = wanted.compare[at];
    check(
      bytes.subarray(keyStart, keyEnd).equals(Buffer.from(other?.key ?? [])) &&
        target === (other?.target ?? 0) &&
        result === (other?.result ?? 0),
      'another comparison',
    );
  }
}

type Txn = etcdserverpb.TxnRequest.$Properties;
type Op = etcdserverpb.RequestOp.$Properties;

/** The keys of these transactions, and all ends of their ranges. */
const ALPHABET = ['a', 'b', 'c', 'd', 'e'] as const;

function nestedTxn(random: Random, depth: number): Txn {
  const ops = (): Op[] => Array.from({ length: randomSize(random, 4) }, () => randomOp(random, depth));
  return { success: ops(), failure: chance(random, 0.5) ? ops() : [] };
}

function randomOp(random: Random, depth: number): Op {
  const key = Buffer.from(pick(random, ALPHABET));
  const rangeEnd = Buffer.from(pick(random, ['', '', '\0', ...ALPHABET]));
  const kind = randomInteger(random, 0, depth < 3 ? 4 : 3);
  if (kind === 0) return { requestRange: { key, rangeEnd } };
  if (kind === 1) return { requestDeleteRange: { key, rangeEnd } };
  return kind === 2 ? { requestPut: { key, value: key } } : { requestTxn: nestedTxn(random, depth + 1) };
}

/** The keys that one run of the operations may put, and those that it may delete; undefined if one may be written twice. */
function writesOf(ops: readonly Op[]): { readonly puts: Set<string>; readonly deletes: Set<string> } | undefined {
  const puts = new Set<string>();
  const deletes = new Set<string>();
  for (const op of ops) {
    const each = op.requestTxn
      ? [writesOf(op.requestTxn.success ?? []), writesOf(op.requestTxn.failure ?? [])]
      : [writesOfOne(op)];
    const own = { puts: new Set<string>(), deletes: new Set<string>() };
    for (const writes of each) {
      if (writes === undefined) return undefined;
      for (const key of writes.puts) own.puts.add(key);
      for (const key of writes.deletes) own.deletes.add(key);
    }
    if ([...own.puts].some((key) => puts.has(key) || deletes.has(key)) || [...own.deletes].some((key) => puts.has(key)))
      return undefined;
    for (const key of own.puts) puts.add(key);
    for (const key of own.deletes) deletes.add(key);
  }
  return { puts, deletes };
}

function writesOfOne({ requestPut, requestDeleteRange }: Op): {
  readonly puts: Set<string>;
  readonly deletes: Set<string>;
} {
  const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
  const puts = new Set(requestPut ? [text(requestPut.key)] : []);
  if (!requestDeleteRange) return { puts, deletes: new Set() };
  const [from, to] = [text(requestDeleteRange.key), text(requestDeleteRange.rangeEnd)];
  const isIn = (key: string): boolean => (to === '' ? key === from : key >= from && (to === '\0' || key < to));
  return { puts, deletes: new Set(ALPHABET.filter(isIn)) };
}

/** Transactions with nested ones: a key that may be written twice is found, as by a plain search of all keys. */
export function duplicateKeys(trial: Trial): void {
  const { random } = trial;
  for (let count = 0; count < INPUTS; count += 1) {
    const txn = nestedTxn(random, 0);
    const wanted = writesOf(txn.success ?? []) === undefined || writesOf(txn.failure ?? []) === undefined;
    const bytes = Buffer.from(etcdserverpb.TxnRequest.encode(txn).finish());
    trial.feed(bytes, (request) => {
      const decoded = etcdserverpb.TxnRequest.decode(request);
      if (request.equals(bytes))
        check(hasDuplicateKeys(decoded) === wanted, `${wanted ? 'not ' : ''}found: ${JSON.stringify(txn)}`);
      check(!isReadOnlyTxn(decoded) || !hasPuts(decoded), 'a transaction that only reads has puts');
    });
  }
}
