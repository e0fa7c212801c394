import { expect } from 'chai';
import * as fc from 'fast-check';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { shapeOf } from '../../../src/kv/format/put-request.js';
import { checkDelete, checkPut, checkRange, checkTxn, isReadOnlyTxn } from '../../../src/kv/commands/checks.js';
import { spanOf, type Span } from '../../../src/kv/format/key-range.js';
import { SpanSet } from '../../../src/kv/commands/span-set.js';
import { expectShortWork } from '../../support/time-limits.js';

const { ReadLevel } = etcdserverpb;
type Op = etcdserverpb.RequestOp.$Properties;
type Txn = etcdserverpb.TxnRequest.$Properties;
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const put = (key: string): Op => ({ request: 'requestPut', requestPut: { key: bytes(key) } });
const range = (key: string): Op => ({ request: 'requestRange', requestRange: { key: bytes(key) } });
const remove = (key: string, end = ''): Op => ({
  request: 'requestDeleteRange',
  requestDeleteRange: { key: bytes(key), rangeEnd: bytes(end) },
});
const nested = (requestTxn: Txn): Op => ({ request: 'requestTxn', requestTxn });
const many = (count: number): Op[] => Array.from({ length: count }, () => range('a'));

describe('checks of requests before the log', () => {
  it("refuse single requests with etcd's errors", () => {
    expect(checkRange({})).to.deep.equal({ kind: 'empty-key' });
    expect(checkRange({ key: bytes('a') })).to.equal(undefined);
    expect(checkRange({ key: bytes('a'), sortOrder: 3 as never })).to.deep.equal({ kind: 'invalid-sort' });
    expect(checkRange({ key: bytes('a'), sortTarget: -1 as never })).to.deep.equal({ kind: 'invalid-sort' });
    expect(checkDelete({ rangeEnd: bytes('b') })).to.deep.equal({ kind: 'empty-key' });
    expect(checkPut(shapeOf({ value: bytes('v') }))).to.deep.equal({ kind: 'empty-key' });
    const key = bytes('a');
    expect(checkPut(shapeOf({ key, value: key, ignoreValue: true, lease: 1, ignoreLease: true }))?.kind).to.equal(
      'value-provided',
    );
    expect(checkPut(shapeOf({ key, lease: 1, ignoreLease: true }))).to.deep.equal({ kind: 'lease-provided' });
    expect(checkPut(shapeOf({ key, ignoreValue: true, ignoreLease: true }))).to.equal(undefined);
  });

  it('count operations of nested transactions towards the outer ones', () => {
    expect(checkTxn({ success: many(128) })).to.equal(undefined);
    expect(checkTxn({ success: many(129) })).to.deep.equal({ kind: 'too-many-ops' });
    expect(checkTxn({ success: [...many(99), nested({ success: many(28) })] })).to.equal(undefined);
    expect(checkTxn({ success: [...many(99), nested({ success: many(29) })] })?.kind).to.equal('too-many-ops');
    expect(checkTxn({ failure: many(3) }, 2)).to.deep.equal({ kind: 'too-many-ops' });
  });

  it('refuse an empty operation and an empty key in a comparison', () => {
    expect(checkTxn({ success: [{}] })).to.deep.equal({ kind: 'key-not-found' });
    expect(checkTxn({ compare: [{}], success: [{}] })).to.deep.equal({ kind: 'empty-key' });
  });

  // For a put in one nested transaction and a delete of its key in a sibling, the result depended on the order; a
  // delete without an upper bound was never compared with a put. etcd has both gaps.
  it('refuse a transaction that may write a key twice, in any order of its operations', () => {
    const cases: readonly (readonly [Op[], boolean])[] = [
      [[put('a'), put('a')], true],
      [[put('a'), put('b'), range('a')], false],
      [[remove('a', 'c'), put('b')], true],
      [[remove('a', 'c'), remove('b', 'd')], false],
      [[remove('b'), put('b')], true],
      [[remove('c', 'a'), put('b')], false],
      [[remove('a', '\0'), put('b')], true],
      [[remove('b', '\0'), put('a')], false],
      [[remove('\0', '\0'), nested({ failure: [put('a')] })], true],
      [[nested({ success: [put('a')], failure: [put('a')] })], false],
      [[nested({ success: [put('a')], failure: [remove('a')] })], false],
      [[nested({ success: [put('a')], failure: [put('a')] }), put('a')], true],
      [[nested({ success: [put('a')] }), nested({ failure: [put('a')] })], true],
      [[nested({ success: [put('a')] }), nested({ success: [remove('a')] })], true],
      [[nested({ success: [put('a')] }), nested({ failure: [nested({ success: [remove('a', 'b')] })] })], true],
      [[nested({ success: [put('a')] }), remove('a')], true],
    ];
    for (const [ops, duplicate] of cases) {
      const wanted = duplicate ? { kind: 'duplicate-key' } : undefined;
      for (const order of [ops, ops.toReversed()]) {
        expect([checkTxn({ success: order }), checkTxn({ failure: order })]).to.deep.equal([wanted, wanted]);
      }
    }
  });

  it('refuse exactly the transactions of which one run writes a key twice', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const end = fc.constantFrom('', 'b', 'd', '\0');
    const { branch } = fc.letrec<{ branch: Op[]; op: Op }>((tie) => ({
      branch: fc.array(tie('op'), { maxLength: 3 }),
      op: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        { weight: 3, arbitrary: key.map(put) },
        { weight: 2, arbitrary: fc.tuple(key, end).map(([start, to]) => remove(start, to)) },
        { weight: 1, arbitrary: key.map(range) },
        {
          weight: 3,
          arbitrary: fc.tuple(tie('branch'), tie('branch')).map(([success, failure]) => nested({ success, failure })),
        },
      ),
    }));
    let refused = 0;
    fc.assert(
      fc.property(branch, branch, (success, failure) => {
        const expected = [...runsOf(success), ...runsOf(failure)].some(writesTwice);
        if (expected) refused++;
        expect(checkTxn({ success, failure })?.kind).to.equal(expected ? 'duplicate-key' : undefined);
      }),
      { numRuns: 1000, seed: Number(process.env['SEED'] ?? 11) },
    );
    expect(refused, 'refused transactions').to.be.within(100, 900);
  });

  it('refuse read options inside a transaction and on one that writes', () => {
    const staleRange: Op = { request: 'requestRange', requestRange: { key: bytes('a'), readLevel: ReadLevel.STALE } };
    expect(checkTxn({ success: [staleRange] })).to.deep.equal({ kind: 'nested-read-level' });
    expect(checkTxn({ success: [nested({ atLeastRevision: 4 })] })).to.deep.equal({ kind: 'nested-read-level' });
    expect(checkTxn({ success: [range('a')], readLevel: ReadLevel.STALE })).to.equal(undefined);
    expect(checkTxn({ failure: [put('a')], readLevel: ReadLevel.STALE })).to.deep.equal({ kind: 'nested-read-level' });
  });

  it('recognize transactions that are read-only in both branches', () => {
    expect(isReadOnlyTxn({ success: [range('a'), nested({ failure: [range('b')] })] })).to.equal(true);
    expect(isReadOnlyTxn({ success: [range('a')], failure: [put('a')] })).to.equal(false);
    expect(isReadOnlyTxn({ success: [nested({ failure: [remove('b')] })] })).to.equal(false);
  });

  it('do not compare every delete with every put', async () => {
    // A request below the size limit can nest tens of thousands of each; compared in pairs they would be billions.
    const level = (salt: string): Op[] =>
      Array.from({ length: 60 }, (_, at) =>
        nested({ success: Array.from({ length: 60 }, (_, of) => put(`p${salt}/${at}/${of}`)) }),
      );
    const deletes = Array.from({ length: 60 }, (_, at) =>
      nested({ success: Array.from({ length: 60 }, (_, of) => remove(`d${at}/${of}`, `d${at}/${of}x`)) }),
    );
    const txn = { success: [nested({ success: level('a') }), nested({ success: deletes })] };
    await expectShortWork(500, () => expect(checkTxn(txn, 200)).to.equal(undefined));
  });

  it('unite spans as a list of spans does', () => {
    const key = fc.constantFrom('', 'a', 'b', 'c', 'd', 'ab', 'bc', '\0', 'e');
    const span = fc.tuple(key, key).map(([start, end]): Span => spanOf(bytes(start), bytes(end)));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), fc.array(span, { maxLength: 4 }), key, (spans, others, key) => {
        const set = new SpanSet();
        const other = new SpanSet();
        for (const span of spans) set.add(span);
        for (const span of others) other.add(span);
        set.addAll(other);
        const covered = [...spans, ...others].some((span) => {
          if (span.kind === 'key') return Buffer.compare(span.key, bytes(key)) === 0;
          const { start, end } = span.range;
          const below = end === undefined || Buffer.compare(bytes(key), end) < 0;
          return Buffer.compare(start, bytes(key)) <= 0 && below;
        });
        expect(set.has(key)).to.equal(covered);
      }),
      { numRuns: 500 },
    );
  });
});

/** The operations of each possible execution: every nested transaction takes one of its branches. */
function runsOf(ops: readonly Op[]): readonly (readonly Op[])[] {
  return ops.reduce<readonly (readonly Op[])[]>(
    (runs, op) => {
      const { success = [], failure = [] } = op.requestTxn ?? {};
      const choices = op.request === 'requestTxn' ? [...runsOf(success ?? []), ...runsOf(failure ?? [])] : [[op]];
      return runs.flatMap((run) => choices.map((choice) => [...run, ...choice]));
    },
    [[]],
  );
}

function writesTwice(run: readonly Op[]): boolean {
  const covers = ({ requestDeleteRange: request }: Op, key: string): boolean => {
    if (request === undefined || request === null) return false;
    const [start, end] = [request.key, request.rangeEnd].map((each) => Buffer.from(each ?? []).toString('latin1'));
    return end === '' ? key === start : key >= (start ?? '') && (end === '\0' || key < (end ?? ''));
  };
  const puts = run.flatMap(({ requestPut }) =>
    requestPut ? [Buffer.from(requestPut.key ?? []).toString('latin1')] : [],
  );
  return new Set(puts).size < puts.length || puts.some((key) => run.some((op) => covers(op, key)));
}
