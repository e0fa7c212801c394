import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { defined } from '../../src/util/assert.js';
import { randomInteger } from '../../src/util/random.js';
import { get, put } from '../support/virtual-calls.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import type { VirtualMember } from '../support/virtual-member.js';
import { ack, addUp, createFeed, FeedWorker, putOnce, type Delivered } from './feed-worker.js';

describe('change feeds in a cluster', () => {
  let cluster: VirtualCluster;
  let leader: VirtualMember;

  async function start(seed: number): Promise<void> {
    cluster = new VirtualCluster({ members: 3, seed, requestMs: 7000, node: { leaseMs: 100 } });
    await cluster.start();
    leader = await cluster.leader();
  }

  afterEach(async () => {
    cluster.heal();
    await cluster.stop();
  });

  const wait = <T>(promise: Promise<T>): Promise<T> => cluster.time.wait(promise);
  const follower = (at: number): VirtualMember =>
    defined(cluster.members.filter((member) => member !== leader)[at], 'a follower');

  async function putAll(from: number, to: number): Promise<void> {
    for (let at = from; at < to; at++) expect((await wait(put(leader, `k${at}`, String(at)))).kind).to.equal('ok');
  }

  /** Waits until a worker has batches, and takes them. */
  async function taken(worker: FeedWorker, puts: number): Promise<readonly Delivered[]> {
    const count = (): number => worker.batches.reduce((sum, batch) => sum + batch.puts.length, 0);
    await cluster.time.until(`${puts} puts`, () => count() >= puts);
    return worker.batches.splice(0);
  }

  const keysOf = (batches: readonly Delivered[]): readonly string[] =>
    batches.flatMap((batch) => batch.puts.map(([key]) => key));

  it('deliver from any member, behind what was acknowledged at another', async () => {
    await start(1);
    await createFeed(cluster, leader);
    await putAll(0, 5);
    const first = new FeedWorker(follower(0), { worker: 'w' });
    const batches = await taken(first, 5);
    expect(keysOf(batches)).to.deep.equal(['k0', 'k1', 'k2', 'k3', 'k4']);
    expect((await wait(ack(follower(1), defined(batches[0], 'a batch')))).kind).to.equal('ok');
    await putAll(5, 7);
    await taken(first, 2);
    // The name of the worker goes to another stream: the first ends, and what was not acknowledged comes again.
    const second = new FeedWorker(follower(1), { worker: 'w' });
    const left = keysOf(batches.slice(1));
    expect(keysOf(await taken(second, left.length + 2))).to.deep.equal([...left, 'k5', 'k6']);
    await cluster.time.until('the first stream ends', () => first.ended !== undefined);
    expect(first.ended).to.have.property('message').that.includes('another subscription');
  });

  it('keep compacted changes on every member for a worker that is away', async () => {
    await start(2);
    await createFeed(cluster, leader);
    await putAll(0, 5);
    const { revision } = { revision: leader.assembly.store.revision() };
    await putAll(0, 5);
    const compaction = etcdserverpb.CompactionRequest.encode({ revision: revision + 4 }).finish();
    expect((await wait(leader.call('/etcdserverpb.KV/Compact', compaction))).kind).to.equal('ok');
    for (const member of cluster.members) {
      await cluster.time.until('it is compacted', () => member.assembly.store.compactedRevision() === revision + 4);
      const worker = new FeedWorker(member, { worker: 'w' });
      expect(
        (await taken(worker, 10)).flatMap((batch) => batch.puts.map(([key, value]) => `${key}=${value}`)),
      ).to.deep.equal([0, 1, 2, 3, 4, 0, 1, 2, 3, 4].map((at) => `k${at}=${at}`));
    }
  });

  it('move partitions at once when a stream ends, and after the TTL when its member is gone', async () => {
    await start(3);
    await createFeed(cluster, leader, { partitions: 4 });
    const a = new FeedWorker(follower(0), { worker: 'a', ttl: 2 });
    await cluster.time.until('a has all', () => a.epochs.size === 4);
    const b = new FeedWorker(leader, { worker: 'b', ttl: 2 });
    await cluster.time.until('b has half', () => a.epochs.size === 2 && b.epochs.size === 2);
    b.cancel();
    const cancelledMs = cluster.time.nowMs;
    await cluster.time.until('a has all again', () => a.epochs.size === 4);
    expect(cluster.time.nowMs - cancelledMs).to.be.lessThan(1000);
    const c = new FeedWorker(leader, { worker: 'c', ttl: 2 });
    await cluster.time.until('c has half', () => c.epochs.size === 2);
    await putAll(0, 20);
    const stale = await taken(a, 1);
    // Longer than the TTL: the member renews the lease.
    await cluster.time.advance(5_000);
    expect(c.epochs.size).to.equal(2);
    cluster.crash(follower(0), 'kill');
    const killedMs = cluster.time.nowMs;
    await cluster.time.until('c has all', () => c.epochs.size === 4);
    expect(cluster.time.nowMs - killedMs).to.be.within(500, 4_000);
    const result = await wait(ack(leader, defined(stale[0], 'a batch')));
    expect(result.kind === 'error' && result.status.message).to.include('another epoch');
    expect(new Set(keysOf(await taken(c, 20)))).to.deep.equal(new Set(Array.from({ length: 20 }, (_, at) => `k${at}`)));
  });

  for (const seed of [4, 5]) {
    it(`have each effect exactly once under crashes if a transaction has effect and acknowledgement, seed ${seed}`, async () => {
      await start(seed);
      const puts = 25;
      await createFeed(cluster, leader);
      let written = 0;
      let crashes = 0;
      let worker: FeedWorker | undefined;
      const running = (): VirtualMember => {
        const members = cluster.members.filter((member) => member.running);
        return defined(members[randomInteger(cluster.random, 0, members.length)], 'a member');
      };
      const total = async (): Promise<number> => {
        const read = await wait(get(running(), 'total', { level: 'consistent' }));
        return read.kind === 'ok' ? Number(read.value ?? '0') : -1;
      };
      const expected = (puts * (puts - 1)) / 2;
      for (let step = 0; (await total()) !== expected && step < 2000; step++) {
        // Tried until it is known to have had its effect.
        if (written < puts && (await putOnce(cluster, running(), `k${written}`, String(written)))) written++;
        if (worker === undefined || worker.ended !== undefined)
          worker = new FeedWorker(running(), { worker: 'w', ttl: 2 });
        await cluster.time.advance(randomInteger(cluster.random, 1, 60));
        for (const batch of worker.batches.splice(0)) {
          if (await addUp(cluster, running(), batch)) continue;
          // It may have had its effect or not: a new subscription delivers what is behind the cursor.
          worker.cancel();
          worker = undefined;
          break;
        }
        if (crashes < 5 && randomInteger(cluster.random, 0, 6) === 0) {
          crashes++;
          const victim = running();
          cluster.crash(victim, randomInteger(cluster.random, 0, 2) === 0 ? 'kill' : 'power');
          await cluster.time.advance(randomInteger(cluster.random, 1, 1500));
          await wait(victim.start());
          await cluster.leader();
        }
      }
      expect(crashes).to.be.greaterThan(2);
      expect(await total()).to.equal(expected);
      // Nothing is delivered again.
      worker = new FeedWorker(running(), { worker: 'w' });
      await cluster.time.until('it is assigned', () => worker?.epochs.size === 1);
      await cluster.time.advance(500);
      expect(worker.batches).to.deep.equal([]);
    });
  }
});
