import { etcdserverpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { numberField } from '../raw-proto.js';

const { LeaseGrantRequest, LeaseRevokeRequest } = etcdserverpb;
const { RangeRequest, PutRequest, DeleteRangeRequest, TxnRequest, CompactionRequest, HashKVRequest } = etcdserverpb;
const { CompareTarget } = etcdserverpb.Compare;
type Op = etcdserverpb.RequestOp.$Properties;
type Txn = etcdserverpb.TxnRequest.$Properties;

/** A request to a store after `SETUP`, and etcd's result. */
export interface ErrorCase {
  readonly what: string;
  readonly path: string;
  readonly body: Uint8Array;
  readonly code: Code;
  readonly details: string;
}

interface Request {
  readonly path: string;
  readonly body: Uint8Array;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);
const range = (fields: etcdserverpb.RangeRequest.$Properties): Request => ({
  path: '/etcdserverpb.KV/Range',
  body: RangeRequest.encode(fields).finish(),
});
const put = (fields: etcdserverpb.PutRequest.$Properties): Request => ({
  path: '/etcdserverpb.KV/Put',
  body: PutRequest.encode(fields).finish(),
});
const remove = (fields: etcdserverpb.DeleteRangeRequest.$Properties): Request => ({
  path: '/etcdserverpb.KV/DeleteRange',
  body: DeleteRangeRequest.encode(fields).finish(),
});
const txn = (fields: Txn): Request => ({ path: '/etcdserverpb.KV/Txn', body: TxnRequest.encode(fields).finish() });
const compact = (revision: number): Request => ({
  path: '/etcdserverpb.KV/Compact',
  body: CompactionRequest.encode({ revision }).finish(),
});
const grant = (ID: number, TTL: number): Request => ({
  path: '/etcdserverpb.Lease/LeaseGrant',
  body: LeaseGrantRequest.encode({ ID, TTL }).finish(),
});
const revoke = (ID: number): Request => ({
  path: '/etcdserverpb.Lease/LeaseRevoke',
  body: LeaseRevokeRequest.encode({ ID }).finish(),
});
const hashKv = (revision: number): Request => ({
  path: '/etcdserverpb.Maintenance/HashKV',
  body: HashKVRequest.encode({ revision }).finish(),
});
/** The request with an additional field, which may have a value that the encoder would not write. */
const withNumber = ({ path, body }: Request, field: number, value: bigint): Request => ({
  path,
  body: Buffer.concat([body, numberField(field, value)]),
});

const KEY = bytes('a');
const putOp = (key: string): Op => ({ requestPut: { key: bytes(key) } });
const rangeOp = (fields: etcdserverpb.RangeRequest.$Properties): Op => ({ requestRange: { key: KEY, ...fields } });
const deleteOp = (key: string, rangeEnd = ''): Op => ({
  requestDeleteRange: { key: bytes(key), rangeEnd: bytes(rangeEnd) },
});
const nested = (requestTxn: Txn): Op => ({ requestTxn });
const many = (count: number): Op[] => Array.from({ length: count }, () => rangeOp({}));

/** Key `a` at revisions 2 to 6, compacted at 4; a lease 77. Afterwards `a` and the store are at revision 6. */
export const SETUP: readonly Request[] = [
  ...['1', '2', '3', '4', '5'].map((value) => put({ key: KEY, value: bytes(value) })),
  compact(4),
  grant(77, 1000),
];

const invalid = (details: string): Pick<ErrorCase, 'code' | 'details'> => ({ code: Code.INVALID_ARGUMENT, details });
const noKey = invalid('etcdserver: key is not provided');
const keyNotFound = invalid('etcdserver: key not found');
const valueProvided = invalid('etcdserver: value is provided');
const leaseProvided = invalid('etcdserver: lease is provided');
const tooManyOps = invalid('etcdserver: too many operations in txn request');
const duplicateKey = invalid('etcdserver: duplicate key given in txn request');
const leaseNotFound = { code: Code.NOT_FOUND, details: 'etcdserver: requested lease not found' };
const leaseExists = { code: Code.FAILED_PRECONDITION, details: 'etcdserver: lease already exists' };
const tooLargeTtl = { code: Code.OUT_OF_RANGE, details: 'etcdserver: too large lease TTL' };
const compacted = { code: Code.OUT_OF_RANGE, details: 'etcdserver: mvcc: required revision has been compacted' };
const future = { code: Code.OUT_OF_RANGE, details: 'etcdserver: mvcc: required revision is a future revision' };

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const ABSENT = bytes('absent');

const single: [string, Request, Pick<ErrorCase, 'code' | 'details'>][] = [
  ['a range without a key', range({}), noKey],
  ['a range without a key but with an end', range({ rangeEnd: KEY }), noKey],
  ['a range below the compacted revision', range({ key: KEY, revision: 3 }), compacted],
  ['the same, of a key that never was', range({ key: ABSENT, revision: 1 }), compacted],
  ['the same, only counted', range({ key: KEY, revision: 1, countOnly: true }), compacted],
  ['a range in the future', range({ key: KEY, revision: 7 }), future],
  ['a serializable range in the future', range({ key: KEY, revision: 7, serializable: true }), future],
  ['a range in the farthest future', withNumber(range({ key: KEY }), 4, MAX_INT64), future],
  ['a put without a key', put({ value: KEY }), noKey],
  ['a put that keeps the value, and has one', put({ key: KEY, value: KEY, ignoreValue: true }), valueProvided],
  ['a put that keeps the lease, and has one', put({ key: KEY, lease: 1, ignoreLease: true }), leaseProvided],
  [
    'a put that keeps both, and has both',
    put({ key: KEY, value: KEY, ignoreValue: true, lease: 1, ignoreLease: true }),
    valueProvided,
  ],
  ['a put that keeps the value of an absent key', put({ key: ABSENT, ignoreValue: true }), keyNotFound],
  ['a put that keeps the lease of an absent key', put({ key: ABSENT, ignoreLease: true }), keyNotFound],
  ['a put with a lease that is not there', put({ key: KEY, lease: 7 }), leaseNotFound],
  ['a put with a negative lease', put({ key: KEY, lease: -1 }), leaseNotFound],
  ['a put with the largest lease', withNumber(put({ key: KEY }), 3, MAX_INT64), leaseNotFound],
  ['a grant of a lease that is there', grant(77, 10), leaseExists],
  ['a grant of a lease that is there, for too long', grant(77, 9_000_000_001), tooLargeTtl],
  ['a grant for too long', grant(78, 9_000_000_001), tooLargeTtl],
  ['a grant for the longest time there is', withNumber(grant(78, 0), 1, MAX_INT64), tooLargeTtl],
  ['the end of a lease that is not there', revoke(78), leaseNotFound],
  ['the end of the lease that stands for none', revoke(0), leaseNotFound],
  ['a put with the smallest lease', withNumber(put({ key: KEY }), 3, MIN_INT64), leaseNotFound],
  [
    'a put that keeps the value, with an unknown lease',
    put({ key: ABSENT, ignoreValue: true, lease: 7 }),
    leaseNotFound,
  ],
  ['a delete without a key', remove({}), noKey],
  ['a delete without a key but with an end', remove({ rangeEnd: KEY }), noKey],
  ['a compaction at the compacted revision', compact(4), compacted],
  ['a compaction below it', compact(1), compacted],
  ['a compaction at revision 0', compact(0), compacted],
  ['a compaction at a negative revision', compact(-1), compacted],
  ['a compaction in the future', compact(7), future],
  ['a compaction in the farthest future', withNumber(compact(0), 1, MAX_INT64), future],
  ['a compaction in the farthest past', withNumber(compact(0), 1, MIN_INT64), compacted],
  ['a hash below the compacted revision', hashKv(3), compacted],
  ['a hash in the future', hashKv(7), future],
];

const transactions: [string, Txn, Pick<ErrorCase, 'code' | 'details'>][] = [
  ['129 operations', { success: many(129) }, tooManyOps],
  ['129 operations where another branch is taken', { failure: many(129) }, tooManyOps],
  [
    '129 comparisons',
    { compare: Array.from({ length: 129 }, () => ({ key: KEY, target: CompareTarget.VERSION, version: 1 })) },
    tooManyOps,
  ],
  ['too many in all, nested', { success: [...many(100), nested({ success: many(28) })] }, tooManyOps],
  ['a comparison without a key', { compare: [{ target: CompareTarget.VERSION, version: 0 }] }, noKey],
  ['a range without a key', { success: [{ requestRange: {} }] }, noKey],
  ['a put without a key, in the branch not taken', { failure: [putOp('')] }, noKey],
  ['a delete without a key', { success: [deleteOp('')] }, noKey],
  ['a put without a key, nested', { success: [nested({ failure: [putOp('')] })] }, noKey],
  ['an operation that is none', { success: [{}] }, keyNotFound],
  [
    'a value and keep the value',
    { success: [{ requestPut: { key: KEY, value: KEY, ignoreValue: true } }] },
    valueProvided,
  ],
  [
    'a lease and keep the lease',
    { success: [{ requestPut: { key: KEY, lease: 1, ignoreLease: true } }] },
    leaseProvided,
  ],
  ['keep the value of an absent key', { success: [{ requestPut: { key: ABSENT, ignoreValue: true } }] }, keyNotFound],
  ['keep the lease of an absent key', { success: [{ requestPut: { key: ABSENT, ignoreLease: true } }] }, keyNotFound],
  [
    'keep the value that it has just put',
    { success: [putOp('absent'), nested({ success: [{ requestPut: { key: ABSENT, ignoreValue: true } }] })] },
    duplicateKey,
  ],
  ['an unknown lease', { success: [{ requestPut: { key: KEY, lease: 7 } }] }, leaseNotFound],
  ['two puts of a key', { success: [putOp('a'), putOp('a')] }, duplicateKey],
  ['two puts of a key in the branch not taken', { failure: [putOp('a'), putOp('a')] }, duplicateKey],
  ['a put and a delete of a key', { success: [putOp('a'), deleteOp('a')] }, duplicateKey],
  ['a delete of a range and a put in it', { success: [deleteOp('a', 'c'), putOp('b')] }, duplicateKey],
  ['two puts of a key, one of them nested', { success: [putOp('a'), nested({ success: [putOp('a')] })] }, duplicateKey],
  ['a range below the compacted revision', { success: [rangeOp({ revision: 3 })] }, compacted],
  ['a range in the future', { success: [rangeOp({ revision: 7 })] }, future],
  ['a range in the future, beside a put', { success: [putOp('b'), rangeOp({ revision: 7 })] }, future],
  ['a range of a negative revision', { success: [rangeOp({ revision: -1 })] }, compacted],
];

/** Every deterministic error of etcd's KV, and those of HashKV. None of them changes the store. */
export const ERROR_CASES: readonly ErrorCase[] = [
  ...single.map(([what, request, expected]) => ({ what, ...request, ...expected })),
  ...transactions.map(([what, request, expected]) => ({
    what: `a transaction: ${what}`,
    ...txn(request),
    ...expected,
  })),
];
