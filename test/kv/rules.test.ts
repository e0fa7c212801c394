import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import type { ReadResult } from '../../src/kv/store.js';
import { fromBigInt } from '../../src/util/integer.js';
import { decodeAnswer } from './support/answers.js';
import { encode, Fixture } from './support/fixture.js';
import { Watching } from './support/watching.js';
import { wholeBody } from '../../src/kv/format/wire.js';

type Txn = etcdserverpb.TxnRequest.$Properties;
type Op = etcdserverpb.RequestOp.$Properties;
const { SortTarget } = etcdserverpb.RangeRequest;
const { CompareTarget } = etcdserverpb.Compare;

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const put = (key: string, more: etcdserverpb.PutRequest.$Properties = {}): Op => ({
  requestPut: { key: bytes(key), value: bytes('v'), ...more },
});
const range = (key: string, more: etcdserverpb.RangeRequest.$Properties = {}): Op => ({
  requestRange: { key: bytes(key), ...more },
});
const remove = (key: string, end = ''): Op => ({ requestDeleteRange: { key: bytes(key), rangeEnd: bytes(end) } });
const nested = (requestTxn: Txn): Op => ({ requestTxn });
const all = { key: bytes('\0'), rangeEnd: bytes('\0') };

function keysOf(result: ReadResult): readonly string[] {
  if (result.kind === 'error') throw new Error(result.error.kind);
  return etcdserverpb.RangeResponse.decode(wholeBody(result.body)).kvs.map(({ key }) =>
    Buffer.from(key ?? []).toString('latin1'),
  );
}

describe('KvStore follows rules of etcd that are easy to miss: it', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await Fixture.open();
  });

  afterEach(() => fixture.remove());

  async function txn(request: Txn): Promise<unknown> {
    const [result] = await fixture.apply([encode.txn(request)]);
    if (result === undefined) throw new Error('no answer');
    return result.kind === 'ok' ? decodeAnswer.txn(wholeBody(result.body)) : result.error;
  }

  it('compares nested transactions with the state before the first write', async () => {
    // A nested "only if absent" runs although the outer transaction has just put the key.
    const absent = { key: bytes('a'), target: CompareTarget.VERSION, version: 0 };
    const answer = await txn({ success: [put('a'), nested({ compare: [absent], success: [put('b')] })] });
    expect(answer).to.have.nested.property('responses[1].txn.succeeded', true);
  });

  it('records two changes for a key that one revision puts and deletes, and shows no key', async () => {
    const watching = new Watching(fixture.store.watches, { key: 'a', prevKv: true });
    await txn({ success: [nested({ success: [put('a')] }), nested({ success: [remove('a')] })] });
    const kv = { key: 'a', value: 'v', create: 2, mod: 2, version: 1, lease: '0' };
    // The version before the revision, not the one before the change.
    expect(watching.events).to.deep.equal([
      { kind: 'put', revision: 2, key: 'a', kv, prevKv: undefined },
      { kind: 'delete', revision: 2, key: 'a', kv: undefined, prevKv: undefined },
    ]);
    for (const revision of [0, 1, 2]) expect(keysOf(await fixture.store.range({ ...all, revision }))).to.deep.equal([]);
  });

  it('sorts only the first rows by key, limit plus one, for a sort target without an order', async () => {
    for (const [key, value] of [
      ['a', '5'],
      ['b', '4'],
      ['c', '3'],
      ['d', '2'],
    ] as const) {
      await fixture.apply([encode.put(key, value)]);
    }
    const picked = await fixture.store.range({ ...all, limit: 2, sortTarget: SortTarget.VALUE });
    expect(keysOf(picked)).to.deep.equal(['c', 'b']);
  });

  it('answers "key not found" to a put that keeps the value of a key which its transaction has deleted', async () => {
    // A delete without an upper bound passed the check for duplicate keys, so the put after it found no value to keep.
    // The check refuses it today, but the log may contain it. etcd 3.4 panics when it applies one, at each start.
    await fixture.apply([encode.put('b', 'old')]);
    const answer = await txn({ success: [remove('a', '\0'), put('b', { value: bytes(''), ignoreValue: true })] });
    expect(answer).to.deep.equal({ kind: 'key-not-found' });
    expect([fixture.store.revision(), keysOf(await fixture.store.range(all))]).to.deep.equal([2, ['b']]);
  });

  it('fails a transaction as a whole, before its first write', async () => {
    expect(await txn({ success: [put('a'), range('a', { revision: 9 })] })).to.deep.equal({ kind: 'future-revision' });
    // Its own revision is in the future too, until it is applied.
    expect(await txn({ success: [put('a'), range('a', { revision: 2 })] })).to.deep.equal({ kind: 'future-revision' });
    expect(await txn({ success: [put('a'), put('b', { lease: 99 })] })).to.deep.equal({ kind: 'lease-not-found' });
    expect([fixture.store.revision(), keysOf(await fixture.store.range(all))]).to.deep.equal([1, []]);
  });

  it('reads at the newest revision for a negative one, except inside a transaction', async () => {
    const outside = await fixture.store.range({ key: bytes('a'), revision: -5 });
    expect(outside.kind).to.equal('ok');
    expect(await txn({ success: [range('a', { revision: -5 })] })).to.deep.equal({ kind: 'compacted' });
  });

  it('checks the lease before the key of a put, and the key before the lease inside a transaction', async () => {
    const request = { lease: 99, ignoreValue: true };
    const [alone] = await fixture.apply([encode.put('a', '', request)]);
    expect(alone).to.deep.equal({ kind: 'error', revision: 1, error: { kind: 'lease-not-found' } });
    expect(await txn({ success: [put('a', request)] })).to.deep.equal({ kind: 'key-not-found' });
  });

  it('stores and compares all 64 bits of lease ids', async () => {
    const id = 0x4000_0000_0000_0001n;
    const lease = fromBigInt(id) as number;
    await fixture.apply([encode.put('a', 'v', { lease })]);
    const guard = (operand: bigint): Txn => ({
      compare: [{ key: bytes('a'), target: CompareTarget.LEASE, lease: fromBigInt(operand) as number }],
    });
    expect(await txn(guard(id))).to.deep.equal({ succeeded: true, responses: [] });
    expect(await txn(guard(id - 1n))).to.deep.equal({ succeeded: false, responses: [] });
  });

  it('reads at the compacted revision, and not below', async () => {
    await fixture.apply([encode.put('a', '1'), encode.put('a', '2'), encode.delete('a'), encode.compact(3)]);
    expect(keysOf(await fixture.store.range({ ...all, revision: 3 }))).to.deep.equal(['a']);
    const below = await fixture.store.range({ ...all, revision: 2 });
    expect(below).to.deep.equal({ kind: 'error', revision: 4, appliedIndex: 4, error: { kind: 'compacted' } });
    const again = await fixture.apply([encode.compact(3), encode.compact(5), encode.compact(-1)]);
    expect(again.map((result) => result.kind === 'error' && result.error.kind)).to.deep.equal([
      'compacted',
      'future-revision',
      'compacted',
    ]);
  });

  it('reads a transaction from the published state', async () => {
    await fixture.apply([encode.put('a', '1')]);
    const request: Txn = {
      compare: [{ key: bytes('a'), rangeEnd: bytes('c'), target: CompareTarget.MOD, modRevision: 2 }],
      success: [{ ...range('a'), request: 'requestRange' }],
    };
    const result = await fixture.store.readTxn(request);
    const answer = result.kind === 'ok' ? decodeAnswer.txn(wholeBody(result.body)) : result;
    const keyValue = { key: 'a', value: '1', create: 2, mod: 2, version: 1, lease: '0' };
    expect(answer).to.deep.equal({
      succeeded: true,
      responses: [{ range: { kvs: [keyValue], more: false, count: 1, header: 2 } }],
    });
    expect((await fixture.store.readTxn({ success: [{}] })).kind).to.equal('error');
  });
});
