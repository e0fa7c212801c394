import * as fc from 'fast-check';
import type { etcdserverpb } from '../../../src/gen/proto.js';
import { hasDuplicateKeys } from '../../../src/kv/commands/duplicate-keys.js';
import type { Plain } from './schema.js';

/** One unary call. */
export interface Call {
  /** As in `KV/Put`. */
  readonly method: string;
  readonly request: Plain;
  /** Through the JSON gateway instead of gRPC. */
  readonly asJson?: boolean;
  /** The user whose last token is sent; one who never logged in sends a wrong one, and `nobody` none. Default: none. */
  readonly as?: string;
}

const KEYS = ['a', 'b', 'c', 'aa', 'ab', 'a\0', 'a\0b', '\0', '\xff', '\xff\xff', 'b\xff', 'a\x01', 'k'];
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

// Few keys, so that calls interact. Revisions are small and relative to the beginning of the run; the sender converts
// them.

export const key = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...KEYS).map(base64) },
  { weight: 1, arbitrary: fc.constant('') },
);
export const rangeEnd = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: fc.constant(base64('\0')) },
  { weight: 5, arbitrary: key },
);
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', 'x', 'y', 'z').map(base64) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')) },
);
const HUGE = [-(1n << 63n), (1n << 63n) - 1n, 1n << 53n, -(1n << 60n)];
export const integer = fc
  .oneof(
    { weight: 20, arbitrary: fc.bigInt({ min: -2n, max: 120n }) },
    { weight: 1, arbitrary: fc.constantFrom(...HUGE) },
  )
  .map(String);
const mostly = (usual: string, other: fc.Arbitrary<string>, weight: number): fc.Arbitrary<string> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
export const revision = mostly('0', integer, 2);
const bound = mostly('0', integer, 6);
export const rarely = fc.oneof(
  { weight: 3, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);
const lease = mostly('0', fc.constantFrom('7', '9', '-5', '4611686018427387905'), 2);
/** Long enough that none expires during a run. */
const ttl = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1000, max: 9_000_000 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('9000000000', '9000000001', String((1n << 63n) - 1n)) },
);
const leaseId = fc.constantFrom('7', '9', '-5', '4611686018427387905');
/** With 0 each server chooses an id. */
const anyLeaseId = fc.oneof({ weight: 8, arbitrary: leaseId }, { weight: 1, arbitrary: fc.constantFrom('0', '8') });
const limit = fc.oneof(fc.constant('0'), fc.constantFrom('1', '2', '3', '4'), integer);

const range = fc.record({
  key,
  rangeEnd,
  limit,
  revision,
  sortOrder: fc.constantFrom('NONE', 'NONE', 'ASCEND', 'DESCEND'),
  sortTarget: fc.constantFrom('KEY', 'KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE'),
  serializable: rarely,
  keysOnly: rarely,
  countOnly: rarely,
  minModRevision: bound,
  maxModRevision: bound,
  minCreateRevision: bound,
  maxCreateRevision: bound,
});

const put = fc.record({
  key,
  value,
  lease,
  prevKv: rarely,
  ignoreValue: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  ignoreLease: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

const deleteRange = fc.record({
  key,
  rangeEnd: fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { weight: 1, arbitrary: rangeEnd }),
  prevKv: rarely,
});

const compare = fc
  .record({
    key,
    rangeEnd,
    result: fc.constantFrom('EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'),
    target: fc.constantFrom('VERSION', 'CREATE', 'MOD', 'VALUE', 'LEASE'),
    integer,
    lease,
    value,
  })
  .map(({ integer: operand, lease: leaseId, value: valueOperand, ...rest }) => {
    const operands: Record<string, Plain> = {
      VERSION: { version: operand },
      CREATE: { createRevision: operand },
      MOD: { modRevision: operand },
      VALUE: { value: valueOperand },
      LEASE: { lease: leaseId },
    };
    return { ...rest, ...operands[rest.target] };
  });

const txn = fc
  .letrec<{ txn: Plain; op: Plain }>((tie) => ({
    txn: fc.record({
      compare: fc.array(compare, { maxLength: 2 }),
      success: fc.array(tie('op'), { maxLength: 4 }),
      failure: fc.array(tie('op'), { maxLength: 4 }),
    }),
    op: fc.oneof(
      { maxDepth: 2, depthSize: 'small', withCrossShrink: true },
      put.map((requestPut) => ({ requestPut })),
      range.map((requestRange) => ({ requestRange })),
      deleteRange.map((requestDeleteRange) => ({ requestDeleteRange })),
      tie('txn').map((requestTxn) => ({ requestTxn })),
    ),
  }))
  .txn.filter((request) => !endsEtcd(request) && !overlapsUnseenByEtcd(request));

/**
 * etcd 3.4 panics on a put with `ignore_value` or `ignore_lease` whose key the same transaction deletes:
 * docs/DIVERGENCE.md.
 */
function endsEtcd(request: Plain): boolean {
  const text = JSON.stringify(request);
  return /"ignore(?:Value|Lease)":true/.test(text) && text.includes('"requestDeleteRange"');
}

/**
 * etcd does not refuse every transaction that may write a key twice: docs/DIVERGENCE.md. It misses cases with nested
 * transactions or a deletion without an upper bound, which are omitted if raftkv refuses them.
 */
function overlapsUnseenByEtcd(request: Plain): boolean {
  const text = JSON.stringify(request);
  const mayBeUnseen = text.includes('"requestTxn"') || text.includes(`"rangeEnd":"${base64('\0')}"`);
  return mayBeUnseen && hasDuplicateKeys(keysOfTxn(request));
}

/** The parts of a transaction that determine the keys it writes. */
function keysOfTxn({ success, failure }: Plain): etcdserverpb.TxnRequest.$Properties {
  const bytes = (field: unknown): Uint8Array => Buffer.from((field as string | undefined) ?? '', 'base64');
  const keys = ({ key: start, rangeEnd: end }: Plain): { key: Uint8Array; rangeEnd: Uint8Array } => ({
    key: bytes(start),
    rangeEnd: bytes(end),
  });
  const ops = (branch: unknown): etcdserverpb.RequestOp.$Properties[] =>
    ((branch ?? []) as Plain[]).map(({ requestPut, requestDeleteRange, requestTxn }) => {
      if (requestPut !== undefined) return { request: 'requestPut', requestPut: keys(requestPut as Plain) };
      if (requestDeleteRange !== undefined) {
        return { request: 'requestDeleteRange', requestDeleteRange: keys(requestDeleteRange as Plain) };
      }
      return requestTxn === undefined ? {} : { request: 'requestTxn', requestTxn: keysOfTxn(requestTxn as Plain) };
    });
  return { success: ops(success), failure: ops(failure) };
}

const calls: readonly [number, string, fc.Arbitrary<Plain>][] = [
  [8, 'KV/Put', put],
  [7, 'KV/Range', range],
  [3, 'KV/DeleteRange', deleteRange],
  [7, 'KV/Txn', txn],
  [1, 'KV/Compact', fc.record({ revision: integer, physical: rarely })],
  [3, 'Lease/LeaseGrant', fc.record({ ID: leaseId, TTL: ttl })],
  [1, 'Lease/LeaseRevoke', fc.record({ ID: anyLeaseId })],
  [2, 'Lease/LeaseTimeToLive', fc.record({ ID: anyLeaseId, keys: rarely })],
  [1, 'Lease/LeaseLeases', fc.constant({})],
];

/** A random compared call. */
export const call: fc.Arbitrary<Call> = fc.oneof(
  ...calls.map(([weight, method, request]) => ({
    weight,
    arbitrary: fc.record({ method: fc.constant(method), request, asJson: rarely }),
  })),
);

/** Not a call: the member is killed (SIGKILL) and restarted with its data. */
export const KILL = 'kill -9';
const CALLS_PER_KILL = 100;

/** Calls of one run. */
const RUN = { minLength: 100, maxLength: 200, size: 'max' } as const;

export const run: fc.Arbitrary<readonly Call[]> = fc.array(call, RUN);

/** A run with occasional kills of the member. */
export const runWithKills: fc.Arbitrary<readonly Call[]> = fc.array(
  fc.oneof(
    { weight: CALLS_PER_KILL, arbitrary: call.map((one) => ({ ...one, request: withoutRisk(one.request) })) },
    { weight: 1, arbitrary: fc.constant({ method: KILL, request: {} }) },
  ),
  RUN,
);

/**
 * etcd 3.4 may execute refused calls when it replays its log: a transaction whose only fault is a read at a missing
 * revision, and a put with a lease that was granted later. docs/DIVERGENCE.md.
 */
function withoutRisk(request: Plain): Plain {
  const text = JSON.stringify(request, (name, held: unknown) => {
    if (name === 'requestRange') return { ...(held as Plain), revision: '0' };
    return name === 'lease' ? '0' : held;
  });
  return JSON.parse(text) as Plain;
}
