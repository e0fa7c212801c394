import type { etcdserverpb } from '../../gen/proto.js';
import { assert, assertNever } from '../../util/assert.js';
import { bytesToLatin1, EMPTY } from '../../util/bytes.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { compareHolds } from './compare.js';
import { AnswerBudget, TXN_ANSWER_BYTES_MAX } from './answer-budget.js';
import { Draft } from './draft.js';
import { kvError, type KvError } from '../errors.js';
import { spanOf } from '../format/key-range.js';
import { encodeRangeAnswer, evaluateRange } from '../reads/range.js';
import { SpanSet } from './span-set.js';
import type { StateReader } from '../state/state-reader.js';
import { MessageBuilder, type EncodedBody } from '../format/wire.js';
import { deleteRange, needsKey, put } from './writes.js';

type TxnRequest = etcdserverpb.TxnRequest.$Properties;

/** An operation of the branch taken. `none` is an empty or unknown one. */
type PlannedOp =
  | { readonly kind: 'range'; readonly request: etcdserverpb.RangeRequest.$Properties }
  | { readonly kind: 'put'; readonly request: etcdserverpb.PutRequest.$Properties }
  | { readonly kind: 'delete'; readonly request: etcdserverpb.DeleteRangeRequest.$Properties }
  | { readonly kind: 'txn'; readonly plan: TxnPlan }
  | { readonly kind: 'none' };

interface TxnPlan {
  readonly succeeded: boolean;
  readonly ops: readonly PlannedOp[];
}

export type TxnOutcome =
  { readonly kind: 'ok'; readonly body: EncodedBody } | { readonly kind: 'error'; readonly error: KvError };

/**
 * Runs a transaction in etcd's three steps. First all comparisons, also of nested transactions, are evaluated on the
 * state before the first write. Then the operations of the branches taken are checked. Then they are executed, which
 * cannot fail: a transaction has its whole effect or none. An answer that is too large is replaced by an error, and does not
 * undo the effect: only the member whose caller waits makes the answer.
 * @param answerBytesMax see AnswerBudget; undefined if no caller waits on this member
 */
export async function applyTxn(
  draft: Draft,
  request: TxnRequest,
  answerBytesMax: number | undefined,
): Promise<TxnOutcome> {
  return run(draft, request, new AnswerBudget(answerBytesMax));
}

/** The same for a read-only transaction. */
export async function readTxn(reader: StateReader, request: TxnRequest): Promise<TxnOutcome> {
  return run(reader, request, new AnswerBudget(TXN_ANSWER_BYTES_MAX));
}

async function run(state: StateReader, request: TxnRequest, budget: AnswerBudget): Promise<TxnOutcome> {
  const plan = await planTxn(state, request);
  const error = checkPuts(state, plan, new SpanSet()) ?? checkRanges(state, plan);
  if (error !== undefined) return { kind: 'error', error };
  const body = await execute(state, plan, budget);
  return budget.isExceeded ? { kind: 'error', error: kvError('answer-too-large') } : { kind: 'ok', body };
}

async function planTxn(state: StateReader, request: TxnRequest): Promise<TxnPlan> {
  let succeeded = true;
  for (const compare of request.compare ?? []) {
    succeeded = await compareHolds(state, compare);
    if (!succeeded) break;
  }
  const ops: PlannedOp[] = [];
  for (const op of (succeeded ? request.success : request.failure) ?? []) ops.push(await planOp(state, op));
  return { succeeded, ops };
}

async function planOp(state: StateReader, op: etcdserverpb.RequestOp.$Properties): Promise<PlannedOp> {
  switch (op.request) {
    case 'requestRange':
      return { kind: 'range', request: op.requestRange ?? {} };
    case 'requestPut':
      return { kind: 'put', request: op.requestPut ?? {} };
    case 'requestDeleteRange':
      return { kind: 'delete', request: op.requestDeleteRange ?? {} };
    case 'requestTxn':
      return { kind: 'txn', plan: await planTxn(state, op.requestTxn ?? {}) };
    case undefined:
    default: // an operation of a newer client
      return { kind: 'none' };
  }
}

/**
 * Checks the conditions of puts, in the state before the transaction.
 * @param deleted keys that deletions earlier in the transaction cover, and that no longer exist when the put runs. The
 * check for duplicate keys refuses such a transaction today; the log of an older raftkv may hold one.
 */
function checkPuts(state: StateReader, plan: TxnPlan, deleted: SpanSet): KvError | undefined {
  for (const op of plan.ops) {
    if (op.kind === 'delete') deleted.add(spanOf(op.request.key ?? EMPTY, op.request.rangeEnd ?? EMPTY));
    let error: KvError | undefined;
    if (op.kind === 'txn') error = checkPuts(state, op.plan, deleted);
    if (op.kind === 'put') error = checkPut(state, op.request, deleted);
    if (error !== undefined) return error;
  }
  return undefined;
}

function checkPut(
  state: StateReader,
  request: etcdserverpb.PutRequest.$Properties,
  deleted: SpanSet,
): KvError | undefined {
  const key = request.key ?? EMPTY;
  if (needsKey(request)) {
    if (deleted.has(bytesToLatin1(key)) || state.current(key) === undefined) return kvError('key-not-found');
  }
  const lease = toBigInt(request.lease);
  return lease !== 0n && !state.hasLease(lease) ? kvError('lease-not-found') : undefined;
}

/** Checks the revisions of ranges. As in etcd, a negative one is refused here, unlike in a range outside of a txn. */
function checkRanges(state: StateReader, plan: TxnPlan): KvError | undefined {
  for (const op of plan.ops) {
    let error: KvError | undefined;
    if (op.kind === 'txn') error = checkRanges(state, op.plan);
    if (op.kind === 'range') error = checkRevision(state, clampInteger(op.request.revision));
    if (error !== undefined) return error;
  }
  return undefined;
}

function checkRevision(state: StateReader, revision: number): KvError | undefined {
  if (revision === 0) return undefined;
  if (revision > state.revision) return kvError('future-revision');
  return revision < state.compactedRevision ? kvError('compacted') : undefined;
}

/** The body of a TxnResponse, without its header. */
async function execute(state: StateReader, plan: TxnPlan, budget: AnswerBudget): Promise<EncodedBody> {
  const message = new MessageBuilder().flag(2, plan.succeeded);
  for (const op of plan.ops) message.bytes(3, await executeOp(state, op, budget));
  return message.finishInPieces();
}

/** A ResponseOp. The header of a response inside holds the revision as of that operation, and nothing else. */
async function executeOp(state: StateReader, op: PlannedOp, budget: AnswerBudget): Promise<EncodedBody> {
  switch (op.kind) {
    case 'range': {
      if (!budget.admits()) return EMPTY;
      const answer = await evaluateRange(state, op.request);
      assert(answer.kind === 'ok', 'a checked range failed');
      for (const { length } of answer.keyValues) budget.spend(length);
      return responseOp(1, await encodeRangeAnswer(state, answer, innerHeader(state)));
    }
    case 'put': {
      const makeBody = put(writable(state), writable(state).slot(op.request.key ?? EMPTY), op.request);
      return responseOp(2, makeBody(innerHeader(state)));
    }
    case 'delete': {
      const makeBody = await deleteRange(writable(state), op.request);
      return responseOp(3, makeBody(innerHeader(state)));
    }
    case 'txn': {
      const body = await execute(state, op.plan, budget);
      // The header of a nested transaction is there, but empty, as in etcd.
      return responseOp(4, new MessageBuilder().bytes(1, EMPTY).fields(body).finishInPieces());
    }
    case 'none':
      return EMPTY;
    default:
      return assertNever(op, 'operation');
  }
}

function responseOp(field: number, response: EncodedBody): EncodedBody {
  return new MessageBuilder().bytes(field, response).finishInPieces();
}

function innerHeader(state: StateReader): Uint8Array {
  return new MessageBuilder().number(3, state.revision).finish();
}

function writable(state: StateReader): Draft {
  assert(state instanceof Draft, 'a read-only transaction writes');
  return state;
}
