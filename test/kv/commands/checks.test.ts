import { expect } from 'chai';
import * as fc from 'fast-check';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { checkDelete, checkPut, checkRange, checkTxn, isReadOnlyTxn } from '../../../src/kv/commands/checks.js';
import { spanOf, type Span } from '../../../src/kv/format/key-range.js';
import { SpanSet } from '../../../src/kv/commands/span-set.js';

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

describe('what is refused before it reaches the log', () => {
  it('single requests', () => {
    expect(checkRange({})).to.deep.equal({ kind: 'empty-key' });
    expect(checkRange({ key: bytes('a') })).to.equal(undefined);
    expect(checkRange({ key: bytes('a'), sortOrder: 3 as never })).to.deep.equal({ kind: 'invalid-sort' });
    expect(checkRange({ key: bytes('a'), sortTarget: -1 as never })).to.deep.equal({ kind: 'invalid-sort' });
    expect(checkDelete({ rangeEnd: bytes('b') })).to.deep.equal({ kind: 'empty-key' });
    expect(checkPut({ value: bytes('v') })).to.deep.equal({ kind: 'empty-key' });
    const key = bytes('a');
    expect(checkPut({ key, value: key, ignoreValue: true, lease: 1, ignoreLease: true })?.kind).to.equal(
      'value-provided',
    );
    expect(checkPut({ key, lease: 1, ignoreLease: true })).to.deep.equal({ kind: 'lease-provided' });
    expect(checkPut({ key, ignoreValue: true, ignoreLease: true })).to.equal(undefined);
  });

  it('operations of nested transactions count against those around them', () => {
    expect(checkTxn({ success: many(128) })).to.equal(undefined);
    expect(checkTxn({ success: many(129) })).to.deep.equal({ kind: 'too-many-ops' });
    expect(checkTxn({ success: [...many(99), nested({ success: many(28) })] })).to.equal(undefined);
    expect(checkTxn({ success: [...many(99), nested({ success: many(29) })] })?.kind).to.equal('too-many-ops');
    expect(checkTxn({ failure: many(3) }, 2)).to.deep.equal({ kind: 'too-many-ops' });
  });

  it('an empty operation, an empty key in a comparison', () => {
    expect(checkTxn({ success: [{}] })).to.deep.equal({ kind: 'key-not-found' });
    expect(checkTxn({ compare: [{}], success: [{}] })).to.deep.equal({ kind: 'empty-key' });
  });

  it('a key that is written twice, by the rules that etcd 3.4 was seen to have', () => {
    const cases: readonly (readonly [Op[], boolean])[] = [
      [[put('a'), put('a')], true],
      [[put('a'), put('b'), range('a')], false],
      [[remove('a', 'c'), put('b')], true],
      [[put('b'), remove('a', 'c')], true],
      [[remove('a', 'c'), remove('b', 'd')], false],
      [[remove('b'), put('b')], true],
      [[remove('c', 'a'), put('b')], false],
      // A delete without an upper bound is held against nothing.
      [[remove('a', '\0'), put('b')], false],
      [[nested({ success: [put('a')], failure: [put('a')] })], false],
      [[nested({ success: [put('a')], failure: [put('a')] }), put('a')], true],
      [[nested({ success: [put('a')] }), nested({ failure: [put('a')] })], true],
      // In the order in which they run, a delete may follow a put, but no put may follow a delete.
      [[nested({ success: [put('a')] }), nested({ success: [remove('a')] })], false],
      [[nested({ success: [remove('a')] }), nested({ success: [put('a')] })], true],
      [[nested({ success: [put('a')] }), remove('a')], true],
    ];
    for (const [ops, duplicate] of cases) {
      const wanted = duplicate ? { kind: 'duplicate-key' } : undefined;
      expect([checkTxn({ success: ops }), checkTxn({ failure: ops })]).to.deep.equal([wanted, wanted]);
    }
  });

  it('read options inside a transaction, or on one that writes', () => {
    const staleRange: Op = { request: 'requestRange', requestRange: { key: bytes('a'), readLevel: ReadLevel.STALE } };
    expect(checkTxn({ success: [staleRange] })).to.deep.equal({ kind: 'nested-read-level' });
    expect(checkTxn({ success: [nested({ atLeastRevision: 4 })] })).to.deep.equal({ kind: 'nested-read-level' });
    expect(checkTxn({ success: [range('a')], readLevel: ReadLevel.STALE })).to.equal(undefined);
    expect(checkTxn({ failure: [put('a')], readLevel: ReadLevel.STALE })).to.deep.equal({ kind: 'nested-read-level' });
  });

  it('tells transactions that only read, whichever branch is taken', () => {
    expect(isReadOnlyTxn({ success: [range('a'), nested({ failure: [range('b')] })] })).to.equal(true);
    expect(isReadOnlyTxn({ success: [range('a')], failure: [put('a')] })).to.equal(false);
    expect(isReadOnlyTxn({ success: [nested({ failure: [remove('b')] })] })).to.equal(false);
  });

  it('does not look at every delete for every put', () => {
    // A request below the size limit can nest tens of thousands of each; in pairs they would be billions.
    const level = (salt: string): Op[] =>
      Array.from({ length: 60 }, (_, at) =>
        nested({ success: Array.from({ length: 60 }, (_, of) => put(`p${salt}/${at}/${of}`)) }),
      );
    const deletes = Array.from({ length: 60 }, (_, at) =>
      nested({ success: Array.from({ length: 60 }, (_, of) => remove(`d${at}/${of}`, `d${at}/${of}x`)) }),
    );
    expect(checkTxn({ success: [nested({ success: level('a') }), nested({ success: deletes })] }, 200)).to.equal(
      undefined,
    );
  }).timeout(4000);

  it('unites spans as a list of them would', () => {
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
