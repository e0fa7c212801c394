import { expect } from 'chai';
import * as fc from 'fast-check';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { readPlainTxn } from '../../../src/kv/format/plain-txn.js';
import { wholeBody } from '../../../src/kv/format/wire.js';
import type { ApplyResult } from '../../../src/kv/store.js';
import { Fixture } from '../support/fixture.js';

const { TxnRequest } = etcdserverpb;
const { CompareTarget } = etcdserverpb.Compare;

const KEYS = ['a', 'b', 'c'].map((key) => Buffer.from(key));
const key = fc.constantFrom(...KEYS);
const operand = fc.integer({ min: 0, max: 8 });
const compare = fc
  .record({
    key,
    target: fc.constantFrom(CompareTarget.VERSION, CompareTarget.CREATE, CompareTarget.MOD),
    result: fc.constantFrom(0, 1, 2, 3),
    operand,
  })
  .map(({ operand: number, ...rest }): etcdserverpb.Compare.$Properties => {
    if (rest.target === CompareTarget.VERSION) return { ...rest, version: number };
    return rest.target === CompareTarget.CREATE
      ? { ...rest, createRevision: number }
      : { ...rest, modRevision: number };
  });
const value = fc.constantFrom('', 'v', 'w').map((text) => Buffer.from(text));
const put = fc.record({ key, value }).map((requestPut) => ({ requestPut }));
const txn = fc.record({
  compare: fc.array(compare, { maxLength: 4 }),
  success: fc.array(put, { minLength: 1, maxLength: 4 }),
});

/** A field that the schema does not have: the codec skips it, and the transaction is not plain any more. */
const UNKNOWN_FIELD = Buffer.from([0x78, 0x01]);

function answerOf(result: ApplyResult | undefined): unknown {
  return result?.kind === 'ok' ? { ...result, body: wholeBody(result.body).toString() } : result;
}

describe('A plain transaction in the store', () => {
  // Duplicate keys are refused before the log, but the log of an older raftkv may hold them.
  it('has the answers, rows and revisions of the same transaction that is decoded, with duplicate keys too', async function () {
    this.timeout(60_000);
    let succeeded = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(txn, { minLength: 1, maxLength: 8 }), fc.boolean(), async (requests, together) => {
        const encoded = requests.map((request) => Buffer.from(TxnRequest.encode(request).finish()));
        const other = encoded.map((bytes) => Buffer.concat([bytes, UNKNOWN_FIELD]));
        expect(encoded.every((bytes) => readPlainTxn(bytes) !== undefined)).to.equal(true);
        expect(other.some((bytes) => readPlainTxn(bytes) !== undefined)).to.equal(false);
        const outcomes = [];
        for (const transactions of [encoded, other]) {
          const fixture = await Fixture.open();
          const batches = together ? [transactions] : transactions.map((bytes) => [bytes]);
          const answers = [];
          for (const batch of batches) answers.push(...(await fixture.apply(batch.map((bytes) => ['txn', bytes]))));
          succeeded += answers.filter((each) => each.kind === 'ok' && wholeBody(each.body).length > 0).length;
          const hash = await fixture.store.hashAll();
          outcomes.push({ answers: answers.map(answerOf), hash, revision: fixture.store.revision() });
          await fixture.remove();
        }
        expect(outcomes[0]).to.deep.equal(outcomes[1]);
      }),
      { numRuns: 60 },
    );
    expect(succeeded).to.be.greaterThan(50);
  });
});
