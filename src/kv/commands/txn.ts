import type { etcdserverpb } from '../../gen/proto.js';
import type { AnswerGrowth } from '../../util/answer-growth.js';
import { assert, defined } from '../../util/assert.js';
import { bytesToLatin1, EMPTY } from '../../util/bytes.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { compareHolds } from './compare.js';
import { AnswerBudget, TXN_ANSWER_BYTES_MAX } from './answer-budget.js';
import { applyAcks } from '../feeds/acks.js';
import { Draft } from './draft.js';
import { kvError, type KvError } from '../errors.js';
import { spanOf } from '../format/key-range.js';
import { encodeRangeAnswer } from '../reads/range-answer.js';
import { checkIndexCompares, indexCompareHolds } from '../indexes/index-compare.js';
import { checkEntries } from '../indexes/entry-bound.js';
import { checkUnique, PlannedWrites } from '../indexes/uniqueness.js';
import { evaluateRange } from '../reads/range.js';
import { SpanSet } from './span-set.js';
import type { StateReader } from '../state/state-reader.js';
import { MessageBuilder, type EncodedBody } from '../format/wire.js';
import { deleteRange, needsKey, put } from './writes.js';

type TxnRequest = etcdserverpb.TxnRequest.$Properties;

type RequestOp = etcdserverpb.RequestOp.$Properties;

/** The branch that a transaction takes. */
interface TxnPlan {
  readonly succeeded: boolean;
  readonly ops: readonly RequestOp[];
  /** The plans of nested transactions, by their operations; undefined if there are none. */
  readonly nested: ReadonlyMap<RequestOp, TxnPlan> | undefined;
}

export type TxnOutcome =
  { readonly kind: 'ok'; readonly body: EncodedBody } | { readonly kind: 'error'; readonly error: KvError };

/**
 * Runs a transaction in etcd's three steps. First all comparisons, also of nested transactions, are evaluated on the
 * state before the first write. Then the operations of the branches taken are checked. Then they are executed, which
 * cannot fail: a transaction has its whole effect or none. An answer that is too large is replaced by an error, and does not
 * undo the effect: only the member whose caller waits makes the answer. Acknowledgements of feeds have been checked before.
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
export async function readTxn(reader: StateReader, request: TxnRequest, growth?: AnswerGrowth): Promise<TxnOutcome> {
  return run(reader, request, new AnswerBudget(TXN_ANSWER_BYTES_MAX, growth));
}

async function run(state: StateReader, request: TxnRequest, budget: AnswerBudget): Promise<TxnOutcome> {
  const unknown = checkIndexCompares(state.indexes, request);
  if (unknown !== undefined) return { kind: 'error', error: unknown };
  const plan = await planTxn(state, request);
  const error = checkPuts(state, plan, new SpanSet()) ?? checkRanges(state, plan) ?? (await checkIndexes(state, plan));
  if (error !== undefined) return { kind: 'error', error };
  if (plan.succeeded && request.feedAck && request.feedAck.length > 0) applyAcks(writable(state), request.feedAck);
  const body = await execute({ state, budget, putAnswer: new PutAnswer() }, plan);
  return budget.isExceeded ? { kind: 'error', error: kvError('answer-too-large') } : { kind: 'ok', body };
}

/** Cost of a comparison or an operation, in units of `StateReader.spend`; walks count their rows in addition. */
export const OP_UNITS = 16;

async function planTxn(state: StateReader, request: TxnRequest): Promise<TxnPlan> {
  let succeeded = true;
  for (const compare of request.compare ?? []) {
    const holds = compareHolds(state, compare);
    succeeded = typeof holds === 'boolean' ? holds : await holds;
    const rest = state.spend(OP_UNITS);
    if (rest !== undefined) await rest;
    if (!succeeded) break;
  }
  for (const compare of succeeded ? (request.indexCompare ?? []) : []) {
    succeeded = await indexCompareHolds(state, compare);
    const rest = state.spend(OP_UNITS);
    if (rest !== undefined) await rest;
    if (!succeeded) break;
  }
  const ops = (succeeded ? request.success : request.failure) ?? [];
  let nested: Map<RequestOp, TxnPlan> | undefined;
  for (const op of ops) {
    if (op.request !== 'requestTxn') continue;
    nested ??= new Map();
    nested.set(op, await planTxn(state, op.requestTxn ?? {}));
  }
  return { succeeded, ops, nested };
}

function nestedPlan({ nested }: TxnPlan, op: RequestOp): TxnPlan {
  return defined(nested?.get(op), 'the plan of a nested transaction');
}

/**
 * Checks the conditions of puts, in the state before the transaction.
 * @param deleted keys that deletions earlier in the transaction cover, and that no longer exist when the put runs. The
 * check for duplicate keys refuses such a transaction today; the log of an older raftkv may hold one.
 */
function checkPuts(state: StateReader, plan: TxnPlan, deleted: SpanSet): KvError | undefined {
  for (const op of plan.ops) {
    let error: KvError | undefined;
    if (op.request === 'requestPut') error = checkPut(state, op.requestPut ?? {}, deleted);
    else if (op.request === 'requestTxn') error = checkPuts(state, nestedPlan(plan, op), deleted);
    else if (op.request === 'requestDeleteRange') {
      deleted.add(spanOf(op.requestDeleteRange?.key ?? EMPTY, op.requestDeleteRange?.rangeEnd ?? EMPTY));
    }
    if (error !== undefined) return error;
  }
  return undefined;
}

function checkPut(
  state: StateReader,
  request: etcdserverpb.PutRequest.$Properties,
  deleted: SpanSet,
): KvError | undefined {
  if (needsKey(request)) {
    const key = request.key ?? EMPTY;
    if (deleted.has(bytesToLatin1(key)) || state.current(key) === undefined) return kvError('key-not-found');
  }
  const lease = toBigInt(request.lease);
  return lease !== 0n && !state.hasLease(lease) ? kvError('lease-not-found') : undefined;
}

/** Checks the revisions of ranges. As in etcd, a negative one is refused here, unlike in a range outside of a txn. */
function checkRanges(state: StateReader, plan: TxnPlan): KvError | undefined {
  for (const op of plan.ops) {
    let error: KvError | undefined;
    if (op.request === 'requestTxn') error = checkRanges(state, nestedPlan(plan, op));
    else if (op.request === 'requestRange') error = checkRevision(state, clampInteger(op.requestRange?.revision));
    if (error !== undefined) return error;
  }
  return undefined;
}

function checkRevision(state: StateReader, revision: number): KvError | undefined {
  if (revision === 0) return undefined;
  if (revision > state.revision) return kvError('future-revision');
  return revision < state.compactedRevision ? kvError('compacted') : undefined;
}

/** Checks how many entries of indexes change, and what the state will be after the operations against unique indexes. */
async function checkIndexes(state: StateReader, plan: TxnPlan): Promise<KvError | undefined> {
  if (state.indexes.maintained.length === 0 || !(state instanceof Draft)) return undefined;
  const writes = new PlannedWrites();
  planWrites(plan, writes);
  return (await checkEntries(state, writes)) ?? (await checkUnique(state, writes));
}

function planWrites(plan: TxnPlan, writes: PlannedWrites): void {
  for (const op of plan.ops) {
    const { request, requestPut, requestDeleteRange } = op;
    if (request === 'requestTxn') planWrites(nestedPlan(plan, op), writes);
    else if (request === 'requestDeleteRange') {
      writes.delete(requestDeleteRange?.key ?? EMPTY, requestDeleteRange?.rangeEnd ?? EMPTY);
    } else if (request === 'requestPut' && requestPut?.ignoreValue !== true) {
      writes.put(requestPut?.key ?? EMPTY, requestPut?.value ?? EMPTY);
    }
  }
}

/** Shared by the operations of one transaction, nested ones included. */
interface Execution {
  readonly state: StateReader;
  readonly budget: AnswerBudget;
  readonly putAnswer: PutAnswer;
}

/** The body of a TxnResponse, without its header. */
async function execute(execution: Execution, plan: TxnPlan): Promise<EncodedBody> {
  const { state, budget } = execution;
  const message = new MessageBuilder().flag(2, plan.succeeded);
  for (const op of plan.ops) {
    const executed = executeOp(execution, plan, op);
    const answer = executed instanceof Promise ? await executed : executed;
    const rest = state.spend(OP_UNITS);
    if (rest !== undefined) await rest;
    if (budget.isWanted) message.bytes(3, answer);
  }
  return message.finishInPieces();
}

/**
 * A ResponseOp. The header of a response inside holds the revision as of that operation, and nothing else.
 * @returns no promise for a put: a transaction may hold many
 */
function executeOp(execution: Execution, plan: TxnPlan, op: RequestOp): EncodedBody | Promise<EncodedBody> {
  switch (op.request) {
    case 'requestPut':
      return executePut(execution, op.requestPut ?? {});
    case 'requestRange':
      return executeRange(execution, op.requestRange ?? {});
    case 'requestDeleteRange':
      return executeDeleteRange(execution, op.requestDeleteRange ?? {});
    case 'requestTxn':
      return executeNested(execution, nestedPlan(plan, op));
    case undefined:
    default: // an operation of a newer client
      return EMPTY;
  }
}

function executePut({ state, putAnswer }: Execution, request: etcdserverpb.PutRequest.$Properties): EncodedBody {
  const draft = writable(state);
  const makeBody = put(draft, draft.slot(request.key ?? EMPTY), request);
  const { revision } = draft;
  return request.prevKv === true ? responseOp(2, makeBody(innerHeader(revision))) : putAnswer.at(revision);
}

async function executeRange(
  { state, budget }: Execution,
  request: etcdserverpb.RangeRequest.$Properties,
): Promise<EncodedBody> {
  if (!budget.admits()) return EMPTY;
  const answer = await evaluateRange(state, request, budget);
  if (answer.kind === 'error') {
    assert(answer.error.kind === 'answer-too-large', 'a checked range failed');
    budget.giveUp();
    return EMPTY;
  }
  for (const { length } of answer.keyValues) budget.spend(length);
  return responseOp(1, await encodeRangeAnswer(state, answer, innerHeader(state.revision)));
}

async function executeDeleteRange(
  { state, budget }: Execution,
  request: etcdserverpb.DeleteRangeRequest.$Properties,
): Promise<EncodedBody> {
  const makeBody = await deleteRange(writable(state), request, budget);
  return responseOp(3, makeBody(innerHeader(state.revision)));
}

/** The header in the answer of a nested transaction is present but empty, as in etcd. */
async function executeNested(execution: Execution, plan: TxnPlan): Promise<EncodedBody> {
  const body = await execute(execution, plan);
  return responseOp(4, new MessageBuilder().bytes(1, EMPTY).fields(body).finishInPieces());
}

function responseOp(field: number, response: EncodedBody): EncodedBody {
  return new MessageBuilder().bytes(field, response).finishInPieces();
}

/** The ResponseOp of puts that do not ask for the previous version: the same bytes for all of a transaction. */
class PutAnswer {
  #revision = 0;
  #bytes: Uint8Array = EMPTY;

  at(revision: number): Uint8Array {
    if (this.#revision !== revision) {
      const body = new MessageBuilder().bytes(1, innerHeader(revision)).finish();
      this.#bytes = new MessageBuilder().bytes(2, body).finish();
      this.#revision = revision;
    }
    return this.#bytes;
  }
}

/** The body of the answer to a transaction that executed puts alone, none of which asks for the previous version. */
export function putsAnswer(revision: number, puts: number): EncodedBody {
  const succeeded = new MessageBuilder().flag(2, true).finish();
  const result = new MessageBuilder().bytes(3, new PutAnswer().at(revision)).finish();
  const body = Buffer.allocUnsafe(succeeded.length + puts * result.length);
  body.set(succeeded);
  body.fill(result, succeeded.length);
  return body;
}

function innerHeader(revision: number): Uint8Array {
  return new MessageBuilder().number(3, revision).finish();
}

function writable(state: StateReader): Draft {
  assert(state instanceof Draft, 'a read-only transaction writes');
  return state;
}
