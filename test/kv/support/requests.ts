import * as fc from 'fast-check';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { fromBigInt } from '../../../src/util/integer.js';

/** Random requests over a small key space, so that they collide; with zero bytes, 0xff, and huge integers. */

const { SortOrder, SortTarget } = etcdserverpb.RangeRequest;
const { CompareResult: Result, CompareTarget: Target } = etcdserverpb.Compare;

/** The TTL of the leases that every store starts with. */
export const LEASE_SECONDS = 60;
export const LEASES = [7n, 0x4000_0000_0000_0001n, -5n] as const;
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const keyText = fc.constantFrom(
  'a',
  'b',
  'c',
  'aa',
  'ab',
  'a\0',
  'a\0b',
  '\0',
  '\xff',
  '\xff\xff',
  'b\xff',
  'a\x01',
  'k',
);
const key = keyText.map(bytes);
const rangeEnd = fc.oneof(
  { weight: 4, arbitrary: fc.constant(bytes('')) },
  { weight: 3, arbitrary: fc.constant(bytes('\0')) },
  { weight: 6, arbitrary: key },
);
const value = fc.oneof(fc.constantFrom('', 'x', 'y', 'z').map(bytes), fc.uint8Array({ maxLength: 40 }));
/**
 * 64-bit integers as the codec decodes them: two halves, which its types do not declare. Mostly small, sometimes larger
 * than a double can represent.
 */
const wireInteger = (value: bigint): number => fromBigInt(value) as number;
const integer: fc.Arbitrary<number> = fc
  .oneof(
    { weight: 10, arbitrary: fc.bigInt({ min: -2n, max: 60n }) },
    { weight: 1, arbitrary: fc.constantFrom(-(1n << 63n), (1n << 63n) - 1n, 1n << 53n, -(1n << 60n)) },
  )
  .map(wireInteger);
const revision = fc.oneof({ weight: 3, arbitrary: fc.constant(wireInteger(0n)) }, { weight: 2, arbitrary: integer });
const rarely = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
const lease = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0n) },
  { weight: 3, arbitrary: fc.constantFrom(...LEASES) },
  { weight: 1, arbitrary: fc.constantFrom(9n, -1n) },
);
const bound = fc.oneof({ weight: 4, arbitrary: fc.constant(wireInteger(0n)) }, { weight: 1, arbitrary: integer });

export const rangeRequest: fc.Arbitrary<etcdserverpb.RangeRequest.$Properties> = fc.record({
  key,
  rangeEnd,
  limit: fc.oneof(fc.constant(wireInteger(0n)), fc.integer({ min: 1, max: 4 }), integer),
  revision,
  sortOrder: fc.constantFrom(SortOrder.NONE, SortOrder.NONE, SortOrder.ASCEND, SortOrder.DESCEND),
  sortTarget: fc.constantFrom(
    SortTarget.KEY,
    SortTarget.KEY,
    SortTarget.VERSION,
    SortTarget.CREATE,
    SortTarget.MOD,
    SortTarget.VALUE,
  ),
  keysOnly: rarely,
  countOnly: rarely,
  minModRevision: bound,
  maxModRevision: bound,
  minCreateRevision: bound,
  maxCreateRevision: bound,
});

export const putRequest: fc.Arbitrary<etcdserverpb.PutRequest.$Properties> = fc
  .record({ key, value, lease, prevKv: rarely, keep: fc.constantFrom('', '', '', '', 'value', 'lease', 'both') })
  .map(({ keep, ...request }) => {
    const ignoreValue = keep === 'value' || keep === 'both';
    const ignoreLease = keep === 'lease' || keep === 'both';
    return {
      ...request,
      value: ignoreValue ? bytes('') : request.value,
      lease: wireInteger(ignoreLease ? 0n : request.lease),
      ignoreValue,
      ignoreLease,
    };
  });

export const deleteRequest: fc.Arbitrary<etcdserverpb.DeleteRangeRequest.$Properties> = fc.record({
  key,
  rangeEnd: fc.oneof({ weight: 5, arbitrary: fc.constant(bytes('')) }, { weight: 1, arbitrary: rangeEnd }),
  prevKv: rarely,
});

const compare: fc.Arbitrary<etcdserverpb.Compare.$Properties> = fc
  .record({
    key,
    rangeEnd,
    result: fc.constantFrom(Result.EQUAL, Result.GREATER, Result.LESS, Result.NOT_EQUAL),
    target: fc.constantFrom(Target.VERSION, Target.CREATE, Target.MOD, Target.VALUE, Target.LEASE),
    integer,
    lease,
    value,
  })
  .map(({ integer: operand, lease: leaseId, value: valueOperand, ...rest }) => {
    const operands = [
      { version: operand },
      { createRevision: operand },
      { modRevision: operand },
      { value: valueOperand },
      { lease: wireInteger(leaseId) },
    ];
    return { ...rest, ...operands[rest.target] };
  });

/** May put a key twice: callers use `checkTxn` first. */
export const txnRequest: fc.Arbitrary<etcdserverpb.TxnRequest.$Properties> = fc.letrec<{
  txn: etcdserverpb.TxnRequest.$Properties;
  op: etcdserverpb.RequestOp.$Properties;
}>((tie) => ({
  txn: fc.record({
    compare: fc.array(compare, { maxLength: 2 }),
    success: fc.array(tie('op'), { maxLength: 4 }),
    failure: fc.array(tie('op'), { maxLength: 4 }),
  }),
  op: fc.oneof(
    { maxDepth: 2, depthSize: 'small', withCrossShrink: true },
    putRequest.map((requestPut) => ({ requestPut, request: 'requestPut' as const })),
    rangeRequest.map((requestRange) => ({ requestRange, request: 'requestRange' as const })),
    deleteRequest.map((requestDeleteRange) => ({ requestDeleteRange, request: 'requestDeleteRange' as const })),
    tie('txn').map((requestTxn) => ({ requestTxn, request: 'requestTxn' as const })),
  ),
})).txn;

export const compactionRequest: fc.Arbitrary<etcdserverpb.CompactionRequest.$Properties> = fc.record({
  revision: integer,
});
