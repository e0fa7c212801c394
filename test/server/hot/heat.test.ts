import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { readPlainTxn } from '../../../src/kv/format/plain-txn.js';
import { Heat, HALF_LIFE_MS } from '../../../src/server/hot/heat.js';
import { HotKeys } from '../../../src/server/hot/hot-keys.js';
import { receiveTxn } from '../../../src/server/requests/received-txn.js';
import { assert } from '../../../src/util/assert.js';
import { seededRandom } from '../../../src/util/random.js';

const NONE = Buffer.alloc(0);
const bytes = (text: string): Buffer => Buffer.from(text);

describe('Heat', () => {
  it('states a constant rate as it is, soon after the start and long after', () => {
    let nowMs = 0;
    const heat = new Heat({ capacity: 8, clock: { now: () => nowMs }, random: seededRandom(1) });
    for (const untilMs of [10_000, 600_000]) {
      while (nowMs < untilMs) {
        nowMs += 20;
        heat.add(bytes(nowMs % 100 === 0 ? 'rare' : 'hot'), NONE, 1);
      }
      const rates = heat.top(8).map(({ key, perSecond }) => [String(key), Math.round(perSecond)]);
      expect(rates).to.deep.equal([
        ['hot', 40],
        ['rare', 10],
      ]);
      expect(heat.perSecond()).to.be.closeTo(50, 0.5);
      expect(heat.highestPerSecond()).to.be.closeTo(40, 0.5);
    }
    nowMs += 2 * HALF_LIFE_MS;
    expect(heat.perSecond()).to.be.closeTo(12.5, 0.2);
  });

  it('states no rate that a single call soon after the start would not justify', () => {
    let nowMs = 0;
    const heat = new Heat({ capacity: 8, clock: { now: () => nowMs }, random: seededRandom(1) });
    nowMs = 1;
    heat.add(bytes('first'), NONE, 1);
    expect(heat.perSecond()).to.be.within(0.9, 1.1);
  });
});

describe('HotKeys', () => {
  const keys = (): HotKeys => new HotKeys({ capacity: 64, clock: { now: () => 0 }, random: seededRandom(1) });
  /** Calls of each key or range. */
  const countsOf = (heat: Heat): Record<string, number> =>
    Object.fromEntries(
      heat
        .top(64)
        .map(({ key, rangeEnd, perSecond }) => [
          rangeEnd.length === 0 ? String(key) : `${String(key)}..${String(rangeEnd)}`,
          Math.round(perSecond),
        ]),
    );
  const encoded = (request: etcdserverpb.TxnRequest.$Properties): Uint8Array =>
    etcdserverpb.TxnRequest.encode(request).finish();
  const answer = (succeeded: boolean): Uint8Array => etcdserverpb.TxnResponse.encode({ succeeded }).finish();

  it('counts comparisons of a plain transaction as reads, and its puts if they were executed', () => {
    const request = encoded({
      compare: [{ key: bytes('c'), target: etcdserverpb.Compare.CompareTarget.MOD, modRevision: 1 }],
      success: [{ requestPut: { key: bytes('p'), value: bytes('v') } }, { requestPut: { key: bytes('q') } }],
    });
    expect(readPlainTxn(request)).not.to.equal(undefined);
    for (const succeeded of [true, false]) {
      const hot = keys();
      const received = receiveTxn(request, { maxOps: 128, totalOps: 1000 });
      assert(received.kind === 'plain', 'the transaction is plain');
      hot.txn(received, answer(succeeded), 3);
      expect(countsOf(hot.reads)).to.deep.equal({ c: 3 });
      expect(countsOf(hot.writes)).to.deep.equal(succeeded ? { p: 3, q: 3 } : {});
    }
  });

  /** Each of a hundred puts took longer to count than to parse, 7 % of the event loop while a store was loaded. */
  it('counts a sample of the operations of a large transaction, which stands for all of them', () => {
    const hot = keys();
    const success = Array.from({ length: 100 }, (_, at) => ({
      requestPut: { key: bytes(`k${at % 2}`), value: bytes(`${at}`) },
    }));
    const received = receiveTxn(encoded({ success }), { maxOps: 128, totalOps: 1000 });
    assert(received.kind === 'plain', 'the transaction is plain');
    for (let call = 0; call < 1_000; call++) hot.txn(received, answer(true), 1);
    const { k0 = 0, k1 = 0 } = countsOf(hot.writes);
    expect(k0 + k1).to.be.within(98_000, 102_000);
    expect(k0).to.be.within(47_000, 53_000);
  });

  it('counts the operations of the branch that was executed', () => {
    const request: etcdserverpb.TxnRequest.$Properties = {
      compare: [{ key: bytes('c'), rangeEnd: bytes('d') }],
      success: [
        { requestRange: { key: bytes('r') } },
        { requestDeleteRange: { key: bytes('x'), rangeEnd: bytes('y') } },
      ],
      failure: [
        { requestPut: { key: bytes('p') } },
        { requestTxn: { success: [{ requestPut: { key: bytes('n') } }] } },
      ],
    };
    const received = receiveTxn(encoded(request), { maxOps: 128, totalOps: 1000 });
    assert(received.kind === 'decoded', 'the transaction is not plain');
    const counted = [true, false].map((succeeded) => {
      const hot = keys();
      hot.txn(received, [answer(succeeded), NONE], 1);
      return { reads: countsOf(hot.reads), writes: countsOf(hot.writes) };
    });
    expect(counted).to.deep.equal([
      { reads: { 'c..d': 1, r: 1 }, writes: { 'x..y': 1 } },
      { reads: { 'c..d': 1 }, writes: { p: 1 } },
    ]);
  });
});
