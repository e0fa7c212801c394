import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { checkTxn } from '../../../src/kv/commands/checks.js';
import { hasTooManyOps, TOTAL_OPS_MAX } from '../../../src/server/requests/txn-size.js';
import { expectShortTurns } from '../../support/time-limits.js';
import { LoneMember } from '../lone-member.js';

const { TxnRequest } = etcdserverpb;
type Txn = etcdserverpb.TxnRequest.$Properties;

const key = Buffer.from('k');
const read = { requestRange: { key } };
const compare = { key };

function nested(...txns: readonly Txn[]): etcdserverpb.RequestOp.$Properties[] {
  return txns.map((requestTxn) => ({ requestTxn }));
}

describe('the size of an encoded transaction', () => {
  const cases: readonly [string, Txn][] = [
    ['an empty one', {}],
    ['as many comparisons as may be', { compare: [compare, compare, compare] }],
    ['one comparison more', { compare: [compare, compare, compare, compare] }],
    ['a comparison with an index more', { compare: [compare, compare], indexCompare: [{}, {}] }],
    ['nested comparisons with indexes', { success: nested({ indexCompare: [{}, {}, {}] }) }],
    ['as many operations as may be in each branch', { success: [read, read, read], failure: [read, read, read] }],
    ['one operation more in the second branch', { success: [read], failure: [read, read, read, read] }],
    ['a nested one within the rest of the bound', { success: nested({ success: [read, read] }) }],
    ['a nested one beyond the rest of the bound', { success: nested({ success: [read, read, read] }) }],
    ['a nested one that is too large in the failure branch', { failure: nested({}, { compare: [compare, compare] }) }],
    ['three levels', { success: nested({ success: nested({ success: [read] }) }) }],
    ['three levels, the last too large', { success: nested({ success: nested({ success: [read, read] }) }) }],
  ];
  for (const [name, txn] of cases) {
    it(`is judged as the decoded one: ${name}`, () => {
      const bytes = TxnRequest.encode(txn).finish();
      const decoded = checkTxn(TxnRequest.decode(bytes), 3)?.kind === 'too-many-ops';
      expect(hasTooManyOps(bytes, 3)).to.equal(decoded);
    });
  }

  // The bounds of the lists are for each level: three levels of 40 made 64,000 operations in 0.7 MB, which held the event
  // loop of every member for half a second.
  it('bounds the operations of all nested transactions together', () => {
    const wide = (width: number): Uint8Array => {
      const inner = { success: Array.from({ length: width }, () => read) };
      const middle = { compare: [compare], success: nested(...Array.from({ length: width }, () => inner)) };
      return TxnRequest.encode({ success: nested(...Array.from({ length: width }, () => middle)) }).finish();
    };
    const opsOf = (width: number): number => width + width * (1 + width) + width ** 3;
    expect([opsOf(19) < TOTAL_OPS_MAX, opsOf(20) > TOTAL_OPS_MAX]).to.deep.equal([true, true]);
    expect([hasTooManyOps(wide(19), 128), hasTooManyOps(wide(20), 128)]).to.deep.equal([false, true]);
    const flat = TxnRequest.encode({ success: Array.from({ length: 20_000 }, () => read) }).finish();
    expect(hasTooManyOps(flat, 20_000), 'a limit that the operator has raised').to.equal(false);
  });

  it('throws on fields that are longer than what holds them', () => {
    const op = [0x12, 0x03, 0x22, 0x05, 0x00]; // a nested transaction of five bytes in an operation of three
    for (const bytes of [
      [0x12, 0x05, 0x22],
      op,
      [0x0a, 0x05],
      [0x12, 0x02, 0x0a, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00],
    ]) {
      expect(() => hasTooManyOps(Buffer.from(bytes), 3), bytes.join(' ')).to.throw(RangeError);
    }
  });

  // 1.5 MB of empty comparisons took 0.2 s to decode, in one turn of the event loop.
  it('is checked before the transaction is decoded', async () => {
    const lone = await LoneMember.start();
    try {
      // Those of index_compare and feed_ack have two bytes.
      for (const field of ['0a00', '1200', '1a00', '923f00', '9a3f00']) {
        const bytes = Buffer.alloc(1_500_000, Buffer.from(field, 'hex'));
        await expectShortTurns(async () => {
          const { details } = await lone.raw('/etcdserverpb.KV/Txn', bytes);
          expect(details).to.equal('etcdserver: too many operations in txn request');
        });
      }
    } finally {
      await lone.dispose();
    }
  });
});
