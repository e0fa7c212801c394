import { expect } from 'chai';
import * as fc from 'fast-check';
import { Client, compare, GuardedPuts, op, RaftKvError, txn } from '../../../src/client/index.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { clampInteger } from '../../../src/util/integer.js';
import { FakeEtcd } from '../../support/fake-etcd.js';

const { TxnRequest } = etcdserverpb;

/** The fields that are not at their default. */
function contentOf(bytes: Uint8Array): unknown {
  const { compare: compares, success, failure } = TxnRequest.decode(bytes);
  return {
    compares: compares.map(({ key, target, result, modRevision }) => [
      Buffer.from(key ?? []).toString('hex'),
      target,
      result,
      clampInteger(modRevision),
    ]),
    puts: success.map(({ requestPut }) =>
      [requestPut?.key, requestPut?.value].map((each) => Buffer.from(each ?? []).toString('hex')),
    ),
    failure,
  };
}

describe('GuardedPuts', () => {
  it('encodes the transaction that txn() makes of the same keys', () => {
    const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
    const write = fc.record({
      key: fc.oneof(bytes(1, 20), bytes(100, 300)),
      value: fc.oneof(bytes(0, 20), bytes(100, 300), bytes(16_000, 17_000)),
      revision: fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat()),
    });
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 6 }), fc.nat({ max: 2000 }), (writes, capacity) => {
        const puts = new GuardedPuts(capacity);
        for (const { key, value, revision } of writes) puts.add(key, value, revision);
        const { request } = txn()
          .when(...writes.map(({ key, revision }) => compare.modRevision(key, '=', revision)))
          .do(...writes.map(({ key, value }) => op.put(key, value)));
        expect(contentOf(puts.encode())).to.deep.equal(contentOf(TxnRequest.encode(request).finish()));
        expect(puts.count).to.equal(writes.length);
      }),
    );
  });

  it('refuses arguments that no server could take', () => {
    const wrong: readonly [() => unknown, string][] = [
      [() => new GuardedPuts().add('', 'v', 0), 'the key is empty'],
      [() => new GuardedPuts().add('k', 7 as unknown as string, 0), 'a value must be'],
      [() => new GuardedPuts().add('k', 'v', -1), 'a revision must be an integer of at least 0'],
      [() => new GuardedPuts().add('k', 'v', 0.5), 'a revision must be an integer'],
    ];
    for (const [call, message] of wrong) expect(call).to.throw(RaftKvError, message);
  });

  it('writes all keys if each is at its revision, and none otherwise', async () => {
    const fake = await FakeEtcd.start();
    const client = new Client({ endpoints: [fake.endpoint] });
    try {
      const first = await client.putGuarded(new GuardedPuts().add('a', '1', 0).add('b', '1', 0));
      expect(first.succeeded).to.equal(true);
      const { revision } = first.header;
      const second = await client.putGuarded(new GuardedPuts().add('a', '2', revision).add('b', '2', revision + 1));
      expect(second.succeeded).to.equal(false);
      const third = await client.putGuarded(new GuardedPuts().add('a', '3', revision).add('c', '', 0));
      expect(third.succeeded).to.equal(true);
      const values = ['a', 'b', 'c'].map((key) => fake.store.valuesOf(key));
      expect(values).to.deep.equal([['1', '3'], ['1'], ['']]);
    } finally {
      await client.close();
      fake.stop();
    }
  });
});
