import { etcdserverpb } from '../../src/gen/proto.js';
import { assertNever } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import type { Call, Outcome } from '../support/history.js';
import type { RevisionInput, RevisionOutput } from '../jepsen/checkers/revisions/revision-check.js';
import { seenValue } from '../support/seen-value.js';
import type { Level } from '../support/virtual-calls.js';
import type { CallResult } from '../support/virtual-member.js';

const { PutRequest, PutResponse, RangeRequest, RangeResponse, ReadLevel, CompactionRequest } = etcdserverpb;
const { DeleteRangeRequest, DeleteRangeResponse, TxnRequest, TxnResponse, Compare } = etcdserverpb;

/** One call of a client. */
export type SimInput = RevisionInput & {
  /** Of a get. */
  readonly level?: Level;
  /** Of a get: reads the state at this revision. */
  readonly atRevision?: number;
};

/** A call, with the data that checks beyond the plain history need. */
export interface SimCall extends Call<RevisionInput, RevisionOutput> {
  readonly level: Level | undefined;
  /** The bound that the member stated on the age of its answer, in true ms. */
  readonly ageMs: number | undefined;
}

export interface Request {
  readonly path: string;
  readonly body: Uint8Array;
}

const LEVELS = { default: ReadLevel.DEFAULT, consistent: ReadLevel.CONSISTENT, stale: ReadLevel.STALE };

export function requestOf(input: SimInput): Request {
  const key = Buffer.from(input.key);
  switch (input.kind) {
    case 'get': {
      const { level = 'consistent', atRevision: revision = 0 } = input;
      return {
        path: '/etcdserverpb.KV/Range',
        body: RangeRequest.encode({ key, revision, readLevel: LEVELS[level] }).finish(),
      };
    }
    case 'put':
      return {
        path: '/etcdserverpb.KV/Put',
        body: PutRequest.encode({ key, value: Buffer.from(input.value) }).finish(),
      };
    case 'put-if': {
      const requestPut = { key, value: Buffer.from(input.value) };
      const body = TxnRequest.encode({
        compare: [comparison(key, input.expected)],
        success: [{ requestPut }],
      }).finish();
      return { path: '/etcdserverpb.KV/Txn', body };
    }
    case 'delete':
      return { path: '/etcdserverpb.KV/DeleteRange', body: DeleteRangeRequest.encode({ key }).finish() };
    default:
      return assertNever(input);
  }
}

export function compactionOf(revision: number): Request {
  return { path: '/etcdserverpb.KV/Compact', body: CompactionRequest.encode({ revision }).finish() };
}

function comparison(key: Uint8Array, expected: string | null): etcdserverpb.Compare.$Properties {
  const { CompareResult, CompareTarget } = Compare;
  if (expected === null) return { key, target: CompareTarget.VERSION, result: CompareResult.EQUAL, version: 0 };
  return { key, target: CompareTarget.VALUE, result: CompareResult.EQUAL, value: Buffer.from(expected) };
}

/** Statuses that promise that nothing was proposed. */
const NOT_PROPOSED = new Set([
  'etcdserver: no leader',
  'etcdserver: too many requests',
  'etcdserver: rpc not supported for learner',
  'etcdserver: server stopped: this member was removed from the cluster',
  // Refused before it was proposed, or when it was applied: either way without effect.
  'etcdserver: user name is empty',
  'etcdserver: invalid auth token',
  'etcdserver: revision of auth store is old',
]);

/** Whether a status promises that nothing was proposed, or that it had no effect. */
export function isNotProposed(message: string): boolean {
  return NOT_PROPOSED.has(message);
}

export interface Answer {
  readonly outcome: Outcome<RevisionOutput>;
  /** By the member's own clock. */
  readonly stalenessMs?: number;
}

export function answerOf(input: SimInput, result: CallResult): Answer {
  if (result.kind === 'error') {
    const isSure = input.kind === 'get' || isNotProposed(result.status.message);
    return { outcome: { kind: isSure ? 'failed' : 'unknown' } };
  }
  const { body } = result;
  switch (input.kind) {
    case 'get': {
      const { header, kvs } = RangeResponse.decode(body);
      const age = header?.stalenessMs;
      const revision = input.atRevision ?? clampInteger(header?.revision);
      const outcome = { kind: 'ok', output: { revision, found: seenValue(kvs[0]) } } as const;
      return age === undefined || age === null ? { outcome } : { outcome, stalenessMs: clampInteger(age) };
    }
    case 'put':
      return ok({ revision: clampInteger(PutResponse.decode(body).header?.revision) });
    case 'put-if': {
      const { header, succeeded } = TxnResponse.decode(body);
      return ok({ revision: clampInteger(header?.revision), wrote: succeeded });
    }
    case 'delete': {
      const { header, deleted } = DeleteRangeResponse.decode(body);
      return ok({ revision: clampInteger(header?.revision), wrote: clampInteger(deleted) > 0 });
    }
    default:
      return assertNever(input);
  }
}

function ok(output: RevisionOutput): Answer {
  return { outcome: { kind: 'ok', output } };
}
