import { expect } from 'chai';
import { MemoryHome } from '../../../src/engine/memory/memory-home.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { wireLeaseId } from '../../../src/kv/leases/leases.js';
import { KvStore, type Lease, type LeaseChange } from '../../../src/kv/store.js';
import type { WatchEvent } from '../../../src/kv/watch/watch-event.js';
import { defined } from '../../../src/util/assert.js';
import { silentLogger } from '../../../src/util/logger.js';
import { CLUSTER_ID, CONF_STATE, encode, Fixture, memoryHome, MEMBERS, TERM } from '../support/fixture.js';

const ID = 0x7fff_ffff_ffff_fff1n;
const OTHER = -3n;

describe('leases of KvStore', () => {
  let fixture: Fixture;
  const deleted: WatchEvent[] = [];
  const leaseChanges: LeaseChange[] = [];

  beforeEach(async () => {
    deleted.length = 0;
    leaseChanges.length = 0;
    fixture = await Fixture.open(memoryHome(), {
      onLeases: (batch) => leaseChanges.push(...batch),
    });
    fixture.store.watches.watch(
      {
        keys: { kind: 'range', range: { start: Buffer.alloc(0), end: undefined } },
        startRevision: 0,
        prevKv: false,
        puts: false,
        deletes: true,
      },
      {
        deliver: ({ events }) => {
          deleted.push(...events);
          return true;
        },
        caughtUp: () => undefined,
        fellBehind: () => undefined,
        compacted: () => expect.fail('nothing is compacted'),
      },
    );
  });

  afterEach(() => fixture.remove());

  const put = (key: string, id: bigint) => encode.put(key, 'v', { lease: wireLeaseId(id) });

  const granted = (id: bigint): Lease => defined(fixture.store.leases.get(id), `lease ${id}`);

  async function keysOf(store: KvStore, id: bigint): Promise<readonly string[]> {
    return (await store.keysOfLease(id)).keys?.map((key) => Buffer.from(key).toString('latin1')) ?? ['no lease'];
  }

  it('revokes a lease with its keys in one revision and in order, in one batch with its grant or later', async () => {
    for (const batches of [1, 5]) {
      const commands = [
        encode.leaseGrant(ID, 10),
        put('b\xff', ID),
        put('b', ID),
        put('a\0', ID),
        encode.leaseRevoke(ID),
      ];
      const before = fixture.store.revision();
      deleted.length = 0;
      const size = commands.length / batches;
      for (let at = 0; at < commands.length; at += size) await fixture.apply(commands.slice(at, at + size));
      expect(fixture.store.revision()).to.equal(before + 4);
      expect(deleted.map(({ key, revision }) => [Buffer.from(key).toString('latin1'), revision])).to.deep.equal([
        ['a\0', before + 4],
        ['b', before + 4],
        ['b\xff', before + 4],
      ]);
      expect(await keysOf(fixture.store, ID)).to.deep.equal(['no lease']);
      expect(fixture.store.leases.get(ID)).to.equal(undefined);
    }
  });

  it('uses no revision for a lease without keys', async () => {
    const before = fixture.store.revision();
    const results = await fixture.apply([encode.leaseGrant(ID, 10), encode.leaseRevoke(ID)]);
    expect(results.map(({ kind, revision }) => [kind, revision])).to.deep.equal([
      ['ok', before],
      ['ok', before],
    ]);
  });

  it('attaches a key to the lease of its newest version only', async () => {
    await fixture.apply([encode.leaseGrant(ID, 10), encode.leaseGrant(OTHER, 10)]);
    await fixture.apply([put('moves', ID), put('leaves', ID), put('dies', ID), put('stays', ID)]);
    await fixture.apply([put('moves', OTHER), encode.put('leaves', 'v'), encode.delete('dies')]);
    await fixture.apply([encode.put('stays', 'w', { ignoreLease: true })]);
    expect(await keysOf(fixture.store, ID)).to.deep.equal(['stays']);
    expect(await keysOf(fixture.store, OTHER)).to.deep.equal(['moves']);
    await fixture.apply([encode.leaseRevoke(ID)]);
    const { body } = (await fixture.store.range({ key: Buffer.from([0]), rangeEnd: Buffer.from([0]) })) as {
      body: Uint8Array;
    };
    const { kvs } = etcdserverpb.RangeResponse.decode(body);
    expect(kvs.map(({ key }) => Buffer.from(key ?? []).toString())).to.deep.equal(['leaves', 'moves']);
  });

  it('ends an expired lease only in an entry of the term of the leader that found it expired (etcd 15247)', async () => {
    // A paused leader decided this, and its successor, which has granted the full time again, forwards the proposal.
    await fixture.apply([encode.leaseGrant(ID, 10), put('k', ID)]);
    const { grantedIndex } = granted(ID);
    for (const term of [TERM - 1, TERM + 1, 0]) {
      const [result] = await fixture.apply([encode.leaseExpire(ID, { term, grantedIndex })]);
      expect(result).to.deep.include({ kind: 'error', error: { kind: 'lease-expiry-void' } });
    }
    expect(await keysOf(fixture.store, ID)).to.deep.equal(['k']);
    const [result] = await fixture.apply([encode.leaseExpire(ID, { term: TERM, grantedIndex })]);
    expect(result).to.include({ kind: 'ok' });
    expect(await keysOf(fixture.store, ID)).to.deep.equal(['no lease']);
  });

  it('does not end a lease for an earlier one with its id', async () => {
    // The owner revoked the lease and granted it again while the leader's command for the old one was in flight.
    await fixture.apply([encode.leaseGrant(ID, 10)]);
    const { grantedIndex } = granted(ID);
    const [, , result] = await fixture.apply([
      encode.leaseRevoke(ID),
      encode.leaseGrant(ID, 10),
      encode.leaseExpire(ID, { term: TERM, grantedIndex }),
    ]);
    expect(result).to.deep.include({ kind: 'error', error: { kind: 'lease-not-found' } });
    expect(granted(ID).grantedIndex).to.equal(grantedIndex + 2);
  });

  it('refuses what etcd refuses', async () => {
    const commands = [
      encode.leaseGrant(ID, 10),
      encode.leaseGrant(ID, 10),
      encode.leaseGrant(OTHER, 9_000_000_001),
      encode.leaseGrant(ID, 9_000_000_001),
      encode.leaseRevoke(OTHER),
      put('k', OTHER),
    ];
    const results = await fixture.apply(commands);
    expect(results.map((result) => (result.kind === 'ok' ? 'ok' : result.error.kind))).to.deep.equal([
      'ok',
      'lease-exists',
      'lease-ttl-too-large',
      'lease-ttl-too-large',
      'lease-not-found',
      'lease-not-found',
    ]);
    const [longest] = await fixture.apply([encode.leaseGrant(OTHER, 9_000_000_000)]);
    expect(longest).to.include({ kind: 'ok' });
    expect(granted(OTHER).ttlSeconds).to.equal(9_000_000_000);
  });

  it('reports granted and revoked leases in order, once readers see them', async () => {
    let seen: boolean | undefined;
    const watched = await Fixture.open(memoryHome(), {
      onLeases: () => (seen = watched.store.leases.get(ID) !== undefined && watched.store.revision() > 1),
    });
    await watched.apply([encode.put('k'), encode.leaseGrant(ID, 10)]);
    expect(seen).to.equal(true);
    await watched.remove();
    await fixture.apply([encode.leaseGrant(ID, 10), encode.leaseRevoke(ID), encode.leaseGrant(ID, 20)]);
    const first: Lease = { id: ID, ttlSeconds: 10, grantedIndex: 1 };
    expect(leaseChanges).to.deep.equal([
      { kind: 'granted', lease: first },
      { kind: 'revoked', lease: first },
      { kind: 'granted', lease: { id: ID, ttlSeconds: 20, grantedIndex: 3 } },
    ]);
  });

  it('keeps leases over a restart and in a snapshot for another member', async () => {
    await fixture.apply([encode.leaseGrant(ID, 10), put('k', ID), encode.leaseGrant(OTHER, 20)]);
    const known = [...fixture.store.leases.all()];
    await fixture.reopen();
    expect([...fixture.store.leases.all()]).to.have.deep.members(known);
    const home = new MemoryHome();
    const bootstrap = { members: MEMBERS, confState: CONF_STATE };
    const store = await KvStore.open({ home, clusterId: CLUSTER_ID, logger: silentLogger, bootstrap });
    const source = fixture.store.openSnapshot();
    const sink = store.receiveSnapshot();
    for await (const frame of source.frames()) await sink.take(frame);
    await store.restore(source.metadata);
    source.close();
    expect([...store.leases.all()]).to.have.deep.members(known);
    expect(await keysOf(store, ID)).to.deep.equal(['k']);
    await store.close();
    await home.close();
  });
});
