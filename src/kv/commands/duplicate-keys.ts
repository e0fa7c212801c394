import type { etcdserverpb } from '../../gen/proto.js';
import { bytesToLatin1, EMPTY } from '../../util/bytes.js';
import { spanOf } from '../format/key-range.js';
import { SpanSet } from './span-set.js';

type TxnRequest = etcdserverpb.TxnRequest.$Properties;
type RequestOp = etcdserverpb.RequestOp.$Properties;

/** What one branch writes; keys are latin1 text. */
interface Writes {
  readonly puts: Set<string>;
  readonly deletes: SpanSet;
}

/** A transaction may put a key once, and must not delete what it puts; then the order of its writes says nothing. */
export function hasDuplicateKeys(request: TxnRequest): boolean {
  return writesOf(request.success ?? []) === undefined || writesOf(request.failure ?? []) === undefined;
}

/**
 * The writes of one branch with all that is nested in it; undefined if a key is written twice. etcd's rules, with their
 * gaps: the two branches of a nested transaction exclude each other, so both may put a key; a delete in a later nested
 * transaction is not held against a put in an earlier one; a delete without an upper bound is held against nothing.
 */
function writesOf(ops: readonly RequestOp[]): Writes | undefined {
  const writes: Writes = { puts: new Set(), deletes: new SpanSet() };
  for (const op of ops) addDelete(writes, op);
  for (const op of ops) {
    if (op.request === 'requestTxn' && !addNested(writes, op.requestTxn ?? {})) return undefined;
  }
  for (const op of ops) {
    if (op.request === 'requestPut' && !addPut(writes, bytesToLatin1(op.requestPut?.key ?? EMPTY))) return undefined;
  }
  return writes;
}

function addDelete({ deletes }: Writes, op: RequestOp): void {
  if (op.request !== 'requestDeleteRange') return;
  const span = spanOf(op.requestDeleteRange?.key ?? EMPTY, op.requestDeleteRange?.rangeEnd ?? EMPTY);
  if (span.kind === 'key' || span.range.end !== undefined) deletes.add(span);
}

function addNested(writes: Writes, request: TxnRequest): boolean {
  const success = writesOf(request.success ?? []);
  const failure = writesOf(request.failure ?? []);
  if (success === undefined || failure === undefined) return false;
  for (const key of success.puts) if (!addPut(writes, key)) return false;
  for (const key of failure.puts) if (!success.puts.has(key) && !addPut(writes, key)) return false;
  writes.deletes.addAll(success.deletes);
  writes.deletes.addAll(failure.deletes);
  return true;
}

function addPut({ puts, deletes }: Writes, key: string): boolean {
  if (puts.has(key) || deletes.has(key)) return false;
  puts.add(key);
  return true;
}
