import { expect } from 'chai';
import * as fc from 'fast-check';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { checkTxn } from '../../../src/kv/commands/checks.js';
import { checkPlainTxn } from '../../../src/kv/commands/plain-txn.js';
import { readPlainTxn, type PlainTxn } from '../../../src/kv/format/plain-txn.js';
import { clampInteger, toBigInt } from '../../../src/util/integer.js';
import { txnRequest } from '../support/requests.js';

const { TxnRequest } = etcdserverpb;
const { CompareResult, CompareTarget } = etcdserverpb.Compare;
type Txn = etcdserverpb.TxnRequest.$Properties;

const key = Buffer.from('key');
const value = Buffer.from('value');
const put = { requestPut: { key, value } };
const hex = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('hex');

/** What a plain transaction says, in the same form whether it was read in its bytes or decoded. */
interface Content {
  readonly compares: readonly (readonly unknown[])[];
  readonly puts: readonly (readonly string[])[];
}

function contentOf({ bytes, compares, puts }: PlainTxn): Content {
  const at = (start: number, end: number): string => hex(bytes.subarray(start, end));
  return {
    compares: compares.map((each) => [at(each.keyStart, each.keyEnd), each.target, each.result, each.operand]),
    puts: puts.map((each) => [at(each.keyStart, each.keyEnd), at(each.valueStart, each.valueEnd)]),
  };
}

/** Undefined if the transaction is not plain. */
function decodedContentOf(txn: etcdserverpb.TxnRequest): Content | undefined {
  const { compare, success, failure } = txn;
  if (failure.length > 0 || success.length === 0) return undefined;
  if (
    txn.readLevel !== etcdserverpb.ReadLevel.UNSPECIFIED ||
    toBigInt(txn.maxStalenessMs) !== 0n ||
    toBigInt(txn.atLeastRevision) !== 0n
  )
    return undefined;
  const operandOf = (each: etcdserverpb.Compare.$Properties): unknown => {
    if (each.target === CompareTarget.VERSION) return each.version;
    if (each.target === CompareTarget.CREATE) return each.createRevision;
    return each.target === CompareTarget.MOD ? each.modRevision : undefined;
  };
  return {
    compares: compare.map((each) => [
      hex(each.key),
      each.target,
      each.result,
      clampInteger(operandOf(each) as number | undefined),
    ]),
    puts: success.map(({ requestPut }) => [hex(requestPut?.key), hex(requestPut?.value)]),
  };
}

describe('A plain transaction', () => {
  const mod = { key, target: CompareTarget.MOD };
  const plain: readonly [string, Txn][] = [
    ['a put', { success: [put] }],
    ['a put of an empty value', { success: [{ requestPut: { key } }] }],
    ['a put without a key', { success: [{ requestPut: { value } }] }],
    ['a put of 100 KB', { success: [{ requestPut: { key, value: Buffer.alloc(100_000, 1) } }] }],
    ['a put if the key is absent', { compare: [{ ...mod, modRevision: 0 }], success: [put] }],
    ['no operand', { compare: [mod], success: [put] }],
    ['a large revision', { compare: [{ ...mod, modRevision: 2 ** 45 }], success: [put] }],
    ['another version', { compare: [{ key, version: 7, result: CompareResult.NOT_EQUAL }], success: [put] }],
    [
      'a creation before and one after',
      {
        compare: [
          { key, target: CompareTarget.CREATE, createRevision: 7, result: CompareResult.LESS },
          { key, target: CompareTarget.CREATE, createRevision: 7, result: CompareResult.GREATER },
        ],
        success: [put, put],
      },
    ],
  ];
  for (const [name, txn] of plain) {
    it(`is read in its bytes: ${name}`, () => {
      const bytes = TxnRequest.encode(txn).finish();
      const found = readPlainTxn(Buffer.concat([Buffer.from('before'), bytes]), 6);
      expect(found && contentOf(found)).to.deep.equal(decodedContentOf(TxnRequest.decode(bytes)));
      expect(found).to.not.equal(undefined);
    });
  }

  const others: readonly [string, Txn][] = [
    ['nothing', {}],
    ['no put', { compare: [mod] }],
    ['another branch', { success: [put], failure: [put] }],
    ['a read', { success: [put, { requestRange: { key } }] }],
    ['a nested transaction', { success: [{ requestTxn: { success: [put] } }] }],
    ['an operation without content', { success: [{}] }],
    ['a lease', { success: [{ requestPut: { key, value, lease: 7 } }] }],
    ['the previous version', { success: [{ requestPut: { key, value, prevKv: true } }] }],
    ['a kept value', { success: [{ requestPut: { key, ignoreValue: true } }] }],
    ['a comparison of a value', { compare: [{ key, target: CompareTarget.VALUE, value }], success: [put] }],
    ['a comparison of a lease', { compare: [{ key, target: CompareTarget.LEASE, lease: 7 }], success: [put] }],
    ['a comparison of a range', { compare: [{ ...mod, rangeEnd: Buffer.from('z') }], success: [put] }],
    ['an operand of another target', { compare: [{ ...mod, version: 7 }], success: [put] }],
    ['a negative operand', { compare: [{ ...mod, modRevision: -7 }], success: [put] }],
    ['a comparison of a newer client', { compare: [{ key, result: 9 as 0 }], success: [put] }],
    ['a read level', { success: [put], readLevel: 1 }],
  ];
  for (const [name, txn] of others) {
    it(`is none with ${name}`, () => {
      expect(readPlainTxn(TxnRequest.encode(txn).finish())).to.equal(undefined);
    });
  }

  it('is none in damaged bytes, and never says anything else than the codec', () => {
    const damage = fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }), cut: fc.nat({ max: 3 }) });
    const plainTxn = fc.constantFrom(...plain.filter(([, { success }]) => success?.[0] === put).map(([, txn]) => txn));
    fc.assert(
      fc.property(fc.oneof(txnRequest, plainTxn), fc.option(damage), (txn, damaged) => {
        let bytes = TxnRequest.encode(txn).finish();
        if (damaged !== null && bytes.length > 0) {
          bytes[damaged.at % bytes.length] = damaged.to;
          bytes = bytes.subarray(0, bytes.length - damaged.cut);
        }
        const found = readPlainTxn(bytes);
        if (found === undefined) return;
        const decoded = TxnRequest.decode(bytes);
        expect(contentOf(found)).to.deep.equal(decodedContentOf(decoded));
        expect(checkPlainTxn(found, 3)?.kind).to.equal(checkTxn(decoded, 3)?.kind);
      }),
      { numRuns: 2000 },
    );
  });

  it('is checked as the decoded one', () => {
    const cases: readonly Txn[] = [
      { compare: [{}], success: [put] },
      { success: [{ requestPut: { value } }] },
      { success: [put, put] },
      { success: [put, { requestPut: { key: Buffer.from('other') } }] },
      { compare: [mod, mod, mod, mod], success: [put] },
      { success: ['a', 'b', 'c', 'd'].map((name) => ({ requestPut: { key: Buffer.from(name) } })) },
    ];
    const kinds = cases.map((txn) => {
      const bytes = TxnRequest.encode(txn).finish();
      const found = readPlainTxn(bytes, 0, 3);
      const kind = found && checkPlainTxn(found, 3)?.kind;
      expect(kind).to.equal(checkTxn(TxnRequest.decode(bytes), 3)?.kind);
      return kind;
    });
    expect(kinds).to.deep.equal(['empty-key', 'empty-key', 'duplicate-key', undefined, 'too-many-ops', 'too-many-ops']);
  });

  it('is not read on behind its bound', () => {
    const many = TxnRequest.encode({ success: Array.from({ length: 100_000 }, () => put) }).finish();
    const found = readPlainTxn(many, 0, 128);
    expect(found?.puts.length).to.equal(129);
  });
});
