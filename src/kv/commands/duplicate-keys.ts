import type { etcdserverpb } from '../../gen/proto.js';
import { bytesToLatin1, EMPTY } from '../../util/bytes.js';
import { spanOf } from '../format/key-range.js';
import { SpanSet } from './span-set.js';

type TxnRequest = etcdserverpb.TxnRequest.$Properties;
type RequestOp = etcdserverpb.RequestOp.$Properties;

/** The writes of an operation and all operations nested in it; keys are latin1 text. */
interface Writes {
  readonly puts: Set<string>;
  readonly deletes: SpanSet;
}

/**
 * Whether a transaction may put a key twice, or put and delete it: its result would depend on the order of its
 * operations. Two operations count if one run may execute both, wherever they are nested; the branches of one
 * transaction exclude each other. etcd has the same rule with two gaps: it accepts a deletion in a nested transaction
 * that follows a put in a sibling, and a put beside a deletion without an upper bound.
 */
export function hasDuplicateKeys(request: TxnRequest): boolean {
  return repeatsKey(request.success ?? []) || repeatsKey(request.failure ?? []);
}

function repeatsKey(ops: readonly RequestOp[]): boolean {
  const hasOnlyPuts = ops.every(({ request }) => request !== 'requestTxn' && request !== 'requestDeleteRange');
  return hasOnlyPuts ? repeatsPut(ops) : writesOf(ops) === undefined;
}

/** The same for a branch of puts and ranges, as most are. */
function repeatsPut(ops: readonly RequestOp[]): boolean {
  const keys = new Set<string>();
  let puts = 0;
  for (const { request, requestPut } of ops) {
    if (request !== 'requestPut') continue;
    keys.add(bytesToLatin1(requestPut?.key ?? EMPTY));
    puts += 1;
  }
  return keys.size < puts;
}

/** The writes of one branch; undefined if a key is written twice. */
function writesOf(ops: readonly RequestOp[]): Writes | undefined {
  const each: Writes[] = [];
  for (const op of ops) {
    const writes = writesOfOp(op);
    if (writes === undefined) return undefined;
    each.push(writes);
  }
  const puts = new Set<string>();
  const deletes = new SpanSet();
  for (const writes of each) {
    for (const key of writes.puts) {
      if (puts.has(key) || deletes.has(key)) return undefined;
      puts.add(key);
    }
    deletes.addAll(writes.deletes);
  }
  // In the other direction: deletions that follow a put.
  const later = new SpanSet();
  for (const writes of each.toReversed()) {
    for (const key of writes.puts) if (later.has(key)) return undefined;
    later.addAll(writes.deletes);
  }
  return { puts, deletes };
}

function writesOfOp(op: RequestOp): Writes | undefined {
  const puts = new Set<string>();
  const deletes = new SpanSet();
  if (op.request === 'requestTxn') {
    const success = writesOf(op.requestTxn?.success ?? []);
    const failure = writesOf(op.requestTxn?.failure ?? []);
    if (success === undefined || failure === undefined) return undefined;
    for (const key of success.puts) puts.add(key);
    for (const key of failure.puts) puts.add(key);
    deletes.addAll(success.deletes);
    deletes.addAll(failure.deletes);
  }
  if (op.request === 'requestPut') puts.add(bytesToLatin1(op.requestPut?.key ?? EMPTY));
  if (op.request === 'requestDeleteRange') {
    deletes.add(spanOf(op.requestDeleteRange?.key ?? EMPTY, op.requestDeleteRange?.rangeEnd ?? EMPTY));
  }
  return { puts, deletes };
}
