import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { seededRandom } from '../../src/util/random.js';
import { LeaseWatch } from '../support/lease-watch.js';
import { VirtualCluster, type VirtualClusterOptions } from '../support/virtual-cluster.js';
import { grantLease, keepAlive, putLeased, timeToLive } from '../support/virtual-leases.js';
import { get, put } from '../support/virtual-calls.js';
import type { VirtualMember } from '../support/virtual-member.js';
import { inflict, type Fault } from './nemesis.js';

const TTL_SECONDS = 5;

describe('leases in a cluster', () => {
  let cluster: VirtualCluster;
  let leader: VirtualMember;

  async function start(
    options: Pick<VirtualClusterOptions, 'seed' | 'rates' | 'syncMsMax'> & { readonly leaseMs?: number },
  ): Promise<void> {
    const { leaseMs = 100, ...rest } = options;
    cluster = new VirtualCluster({ members: 3, requestMs: 7000, node: { leaseMs }, ...rest });
    await cluster.start();
    leader = await cluster.leader();
  }

  afterEach(async () => {
    cluster.heal();
    await cluster.stop();
  });

  const others = (): VirtualMember[] => cluster.members.filter((member) => member !== leader);
  const wait = <T>(promise: Promise<T>): Promise<T> => cluster.time.wait(promise);
  const there = (member: VirtualMember, id: bigint): boolean => member.assembly.store.leases.get(id) !== undefined;

  /** A lease with one key. */
  async function lease(member = leader, ttlSeconds = TTL_SECONDS): Promise<bigint> {
    const granted = await wait(grantLease(member, ttlSeconds));
    if (granted.kind === 'failed') throw new Error(granted.message);
    expect(await wait(putLeased(member, `key ${granted.id}`, granted.id))).to.equal('ok');
    return granted.id;
  }

  async function holds(member: VirtualMember, id: bigint): Promise<boolean> {
    const result = await wait(get(member, `key ${id}`, { level: 'consistent' }));
    if (result.kind === 'failed') throw new Error(result.message);
    return result.value !== null;
  }

  it('are granted, renewed and read at any member', async () => {
    await start({ seed: 1 });
    for (const member of cluster.members) {
      const id = await lease(member);
      await cluster.time.advance(2_500);
      for (const asked of cluster.members) {
        const ttl = await wait(timeToLive(asked, id));
        expect(ttl).to.deep.equal({ leftSeconds: 2, ttlSeconds: TTL_SECONDS, keys: [`key ${id}`] });
      }
      expect(await wait(keepAlive(member, id))).to.deep.equal({ kind: 'ok', id, ttlSeconds: TTL_SECONDS });
      expect((await wait(timeToLive(member, id)))?.leftSeconds).to.be.within(4, 5);
      await cluster.time.advance(TTL_SECONDS * 1000 + 500);
      expect(await wait(keepAlive(member, id))).to.deep.equal({ kind: 'ok', id, ttlSeconds: 0 });
      expect(await wait(timeToLive(member, id))).to.deep.equal({ leftSeconds: -1, ttlSeconds: 0, keys: [] });
      expect(await holds(member, id)).to.equal(false);
    }
  });

  for (const how of ['kill', 'pause', 'partition', 'transfer'] as const) {
    it(`get their full time again after a leader is lost (${how}), and end soon after it`, async () => {
      await start({ seed: 2 });
      const id = await lease();
      // The lease has nearly expired when the leader is lost.
      await cluster.time.advance(TTL_SECONDS * 1000 - 300);
      if (how === 'kill') cluster.crash(leader, 'kill');
      else if (how === 'pause') leader.pause();
      else if (how === 'partition')
        cluster.network.partition(
          [leader.id],
          others().map((member) => member.id),
        );
      else leader.assembly.node.transferLeader(defined(others()[0], 'a follower').id);
      const successor = await cluster.leader([leader.id]);
      const ledAt = cluster.time.nowMs;
      await cluster.time.advance(TTL_SECONDS * 1000 - 500);
      expect(there(successor, id), 'before its full time').to.equal(true);
      await cluster.time.until('the lease ends', () => !there(successor, id));
      expect(cluster.time.nowMs - ledAt).to.be.within(TTL_SECONDS * 1000 - 200, TTL_SECONDS * 1000 + 200);
      expect(await holds(successor, id)).to.equal(false);
      if (how === 'kill') await cluster.time.wait(leader.start());
      if (how === 'pause') leader.resume();
    });
  }

  it('are not ended by a leader that was paused past their end (etcd 15247)', async () => {
    // Its read lease outlasts an election timeout, so only the proof and the entry's term prevent the expiry.
    await start({ seed: 3, leaseMs: 1500 });
    const id = await lease();
    const other = await lease();
    await cluster.time.advance(TTL_SECONDS * 1000 - 100);
    leader.pause();
    const successor = await cluster.leader([leader.id]);
    expect((await wait(keepAlive(successor, id))).kind).to.equal('ok');
    await cluster.time.advance(1_000);
    leader.resume();
    await cluster.time.advance(2_000);
    for (const one of [id, other]) expect(there(successor, one)).to.equal(true);
  });

  it('are not renewed by a leader that was paused, which cannot guarantee them (etcd 15247)', async () => {
    await start({ seed: 3, leaseMs: 1500 });
    const ttlSeconds = 20;
    const id = await lease(leader, ttlSeconds);
    leader.pause();
    const successor = await cluster.leader([leader.id]);
    await cluster.time.advance(5_000);
    // The renewal waits in the socket of the old leader, for which the lease still runs when it continues.
    const sentMs = cluster.time.nowMs;
    const renewal = keepAlive(leader, id);
    leader.resume();
    expect(await wait(renewal)).to.deep.equal({ kind: 'ok', id, ttlSeconds });
    await cluster.time.advance(sentMs + ttlSeconds * 1000 - 10 - cluster.time.nowMs);
    expect(there(successor, id)).to.equal(true);
  });

  it('are not ended by a leader whose disk stalled, once it has a successor (etcd 15247)', async () => {
    await start({ seed: 4, leaseMs: 500 });
    const id = await lease();
    const grantedAt = cluster.time.nowMs;
    await cluster.time.advance(TTL_SECONDS * 1000 - 60);
    // The loop waits for the disk. When the lease expires, the member's read lease still proves that it leads.
    const { disk } = leader;
    const { hook } = disk;
    let goOn = (): void => undefined;
    const stalled = new Promise<void>((resolve) => (goOn = resolve));
    disk.hook = async (operation) => {
      await stalled;
      await hook?.(operation);
    };
    const proposed = leader.assembly.node.status().lastIndex;
    // Too long for a write in the turn of the loop.
    const write = put(leader, 'stuck', 'v'.repeat(20_000));
    const successor = await cluster.leader([leader.id]);
    expect(cluster.time.nowMs).to.be.above(grantedAt + TTL_SECONDS * 1000);
    expect((await wait(keepAlive(successor, id))).kind).to.equal('ok');
    goOn();
    await wait(write);
    // Its successor has appended its decision to the log.
    await cluster.time.advance(1_000);
    expect(successor.assembly.node.status().commit).to.be.above(proposed + 2);
    expect(there(successor, id)).to.equal(true);
    expect((await wait(keepAlive(leader, id))).kind).to.equal('ok');
  });

  it('are not ended by a leader whose process waited for its disk, once it has a successor', async () => {
    // A fast disk: short writes are made in the turn of the loop.
    await start({ seed: 4, leaseMs: 500, syncMsMax: 0.5 });
    const id = await lease();
    await cluster.time.advance(TTL_SECONDS * 1000 - 60);
    const { disk, clock } = leader;
    let left = 1;
    disk.inTurnHook = ({ kind }) => (kind === 'datasync' && left-- > 0 ? clock.stall(5000) : undefined);
    const write = put(leader, 'stuck', 'v');
    const successor = await cluster.leader([leader.id]);
    expect(clock.stopped, 'the old leader still waits').to.equal(true);
    expect((await wait(keepAlive(successor, id))).kind).to.equal('ok');
    await wait(write);
    await cluster.time.until('its disk has answered', () => !clock.stopped);
    await cluster.time.advance(500);
    expect(left).to.be.below(1);
    expect(there(successor, id)).to.equal(true);
    expect((await wait(keepAlive(leader, id))).kind).to.equal('ok');
  });

  it('are neither ended nor renewed without a majority, and continue afterwards', async () => {
    await start({ seed: 5 });
    const id = await lease();
    cluster.network.partition(...cluster.members.map((member) => [member.id]));
    await cluster.time.advance(30_000);
    for (const member of cluster.members) {
      expect(there(member, id)).to.equal(true);
      expect((await wait(keepAlive(member, id))).kind).to.equal('failed');
    }
    cluster.heal();
    const next = await cluster.leader();
    expect(await wait(keepAlive(next, id))).to.deep.equal({ kind: 'ok', id, ttlSeconds: TTL_SECONDS });
  });

  it('are renewed through a member whose leader dies, as soon as there is another', async () => {
    await start({ seed: 6 });
    const id = await lease();
    const follower = defined(others()[0], 'a follower');
    cluster.crash(leader, 'kill');
    expect(await wait(keepAlive(follower, id))).to.deep.equal({ kind: 'ok', id, ttlSeconds: TTL_SECONDS });
    await wait(leader.start());
  });

  const FAULTS: readonly Fault[] = [
    'leader-alone',
    'kill-leader',
    'pause-leader',
    'transfer',
    'reset-leader',
    'lossy',
    'power-loss-one',
  ];
  const seed = Number(process.env['SEED'] ?? 11);

  for (const [at, drift] of [0, 0, 0.09].entries()) {
    it(`never end early under faults, and have all ended afterwards (SEED=${seed + at})`, async () => {
      const random = seededRandom(seed + at);
      const rates = [1 - drift, 1, 1 + drift];
      await start({ seed: seed + at, rates });
      const watch = new LeaseWatch({ cluster, random, ttlSeconds: [2, 3, 5], clients: 6, fastest: 1 + drift });
      for (let round = 0; round < 12; round++) {
        const fault = defined(FAULTS[Math.floor(random.next() * FAULTS.length)], 'a fault');
        const undo = await inflict(cluster, fault, random);
        await cluster.time.advance(500 + random.next() * 4_000);
        await undo();
        await cluster.time.advance(random.next() * 3_000);
      }
      await cluster.leader();
      await watch.stop();
      expect(watch.renewed, 'it saw something').to.be.above(50);
      expect(watch.ended, 'it saw something').to.be.above(5);
      await cluster.time.advance(5_000 / (1 - drift) + 2_000);
      for (const member of cluster.members) {
        expect([...member.assembly.store.leases.all()], `leases at ${member.id}`).to.deep.equal([]);
      }
    }).timeout(300_000);
  }
});
