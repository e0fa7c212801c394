import { expect } from 'chai';
import { Table } from '../../../src/kv/format/layout.js';
import { wireLeaseId } from '../../../src/kv/leases/leases.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { CountingEngine } from '../support/counting-engine.js';
import { encode, Fixture, memoryHome } from '../support/fixture.js';

const KEYS = 20_000;
const LEASE = 7n;
const key = (at: number): string => `k${String(at).padStart(6, '0')}`;
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ALL = { key: bytes('k'), rangeEnd: bytes('l') };
const { SortOrder, SortTarget } = etcdserverpb.RangeRequest;

// Reads went on to their end after their clients had gone, and no bound counted them any more: a client that connected again and
// again could add to them without end.
describe('a read whose caller goes away', () => {
  let engine: CountingEngine;
  let fixture: Fixture;
  let revision: number;

  before(async () => {
    engine = new CountingEngine();
    fixture = await Fixture.open(memoryHome(engine), { pause: turn });
    await fixture.apply([encode.leaseGrant(LEASE, 1000)]);
    for (let at = 0; at < KEYS; at += 1000) {
      await fixture.apply(
        Array.from({ length: 1000 }, (_, one) => encode.put(key(at + one), 'v', { lease: wireLeaseId(LEASE) })),
      );
    }
    revision = fixture.store.revision();
    await fixture.store.whenCounted();
  });
  after(() => fixture.remove());

  type Caller = { cancelled: boolean };
  const reads: readonly (readonly [string, (caller: Caller) => Promise<unknown>])[] = [
    ['a range', async (caller) => fixture.store.range(ALL, caller)],
    [
      'a sorted range',
      async (caller) =>
        fixture.store.range({ ...ALL, limit: 1, sortOrder: SortOrder.ASCEND, sortTarget: SortTarget.MOD }, caller),
    ],
    ['a range in pieces', (caller) => fixture.store.rangeInPieces(ALL, () => Promise.resolve(true), caller)],
    [
      'a transaction',
      (caller) =>
        fixture.store.readTxn(
          etcdserverpb.TxnRequest.decode(encode.txn({ success: [{ requestRange: ALL }] })[1]),
          caller,
        ),
    ],
    ['a hash at a revision', (caller) => fixture.store.hashKv(revision, { caller })],
    ['a hash of all rows', (caller) => fixture.store.hashAll(caller)],
    ['the keys of a lease', (caller) => fixture.store.keysOfLease(LEASE, caller)],
  ];
  for (const [name, read] of reads) {
    it(`ends: ${name}`, async () => {
      const rows = (): number => engine.take(Table.current) + engine.take(Table.leased);
      rows();
      await read({ cancelled: false });
      expect(rows(), 'rows of the whole read').to.be.at.least(KEYS);
      const caller = { cancelled: false };
      const reading = read(caller);
      for (let count = 0; count < 3; count += 1) await turn();
      caller.cancelled = true;
      await reading;
      expect(rows()).to.be.within(1, KEYS / 2);
      expect(engine.openSnapshots, 'the published state alone').to.equal(1);
    });
  }
});
