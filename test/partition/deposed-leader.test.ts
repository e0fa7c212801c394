import { expect } from 'chai';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { get, put } from '../support/virtual-calls.js';
import type { VirtualMember } from '../support/virtual-member.js';
import { holdBack } from './nemesis.js';

/** Longer than an election timeout, so that only the followers' promise makes it safe. */
const LONG_LEASE = { leaseMs: 1500 };

const LEVELS = ['consistent', 'default'] as const;

describe('a leader that has been replaced', () => {
  let cluster: VirtualCluster;
  let old: VirtualMember;

  beforeEach(async () => {
    cluster = new VirtualCluster({ members: 5, seed: 7, requestMs: 1500, node: LONG_LEASE });
    await cluster.start();
    old = await cluster.leader();
    await write(old, 'before');
  });

  afterEach(async () => {
    cluster.heal();
    await cluster.stop();
  });

  async function write(member: VirtualMember, value: string): Promise<void> {
    expect((await cluster.time.wait(put(member, 'key', value))).kind, `write ${value}`).to.equal('ok');
  }

  function othersOf(member: VirtualMember): number[] {
    return cluster.members.map(({ id }) => id).filter((id) => id !== member.id);
  }

  it('returns no stale value after it was stopped and continued (etcd 741, 7331)', async () => {
    // SIGSTOP: the process holds a lease, and does not notice that time passes.
    await cluster.time.wait(get(old, 'key', { level: 'default' }));
    old.pause();
    const successor = await cluster.leader([old.id]);
    await write(successor, 'after');
    // The reads wait in its socket, and are the first input when it continues.
    const reads = LEVELS.map((level) => get(old, 'key', { level }));
    old.resume();
    for (const read of reads) {
      const result = await cluster.time.wait(read);
      if (result.kind === 'ok') expect(result.value).to.equal('after');
    }
  });

  for (const level of LEVELS) {
    it(`ends a ${level} read in bounded time while it is cut off, without a stale value`, async () => {
      cluster.network.partition([old.id], othersOf(old));
      const began = cluster.time.nowMs;
      // Consecutive reads from the moment of the cut: the lease may still cover the first ones.
      let successor: VirtualMember | undefined;
      let written = false;
      while (cluster.time.nowMs < began + 6000) {
        const sent = cluster.time.nowMs;
        const wrote = written;
        const result = await cluster.time.wait(get(old, 'key', { level }));
        expect(cluster.time.nowMs - sent, 'bounded').to.be.below(1700);
        if (wrote) expect(result.kind, 'no read can be answered here').to.equal('failed');
        successor ??= cluster.leaders().find((member) => member.id !== old.id);
        if (successor !== undefined && !written) {
          await write(await cluster.leader([old.id]), 'after');
          written = true;
        }
        await cluster.time.advance(5);
      }
      expect(written).to.equal(true);
    });
  }

  it('states the age of a stale answer', async () => {
    await cluster.time.advance(500);
    cluster.network.partition([old.id], othersOf(old));
    const successor = await cluster.leader([old.id]);
    await write(successor, 'after');
    const writtenAt = cluster.time.nowMs;
    await cluster.time.advance(1000);
    const result = await cluster.time.wait(get(old, 'key', { level: 'stale' }));
    expect(result).to.include({ kind: 'ok', value: 'before' });
    const age = result.kind === 'ok' ? result.stalenessMs : undefined;
    expect(age, 'the answer is at least as old as the write that it lacks').to.be.above(cluster.time.nowMs - writtenAt);
    const bounded = await cluster.time.wait(get(old, 'key', { level: 'stale', maxStalenessMs: 900 }));
    expect(bounded.kind).to.equal('failed');
  });

  it('serves no read by its lease while links break and heal, although the lease outlasts them', async () => {
    for (let round = 0; round < 40; round++) {
      cluster.network.reset(old.id);
      if (round % 4 === 0) cluster.network.partition([old.id], othersOf(old));
      await cluster.time.advance(60);
      cluster.heal();
      const writer = cluster.leaders().find((member) => member.assembly.node.status().term === highestTerm());
      if (writer === undefined) continue;
      const value = `round ${round}`;
      const wrote = await cluster.time.wait(put(writer, 'key', value));
      if (wrote.kind !== 'ok') continue;
      const read = await cluster.time.wait(get(old, 'key', { level: 'default' }));
      if (read.kind === 'ok') expect(read.revision).to.be.at.least(wrote.revision);
    }
  });

  it('serves no read by its lease after it has sent a TimeoutNow, however late that arrives', async () => {
    // The transfer is given up after an election timeout; the message that forces an election arrives much later.
    holdBack(cluster, 'MsgTimeoutNow', 4000);
    const target = othersOf(old)[0] ?? 0;
    old.assembly.node.transferLeader(target);
    await cluster.time.advance(3000);
    expect(old.assembly.node.status().role, 'the transfer was given up').to.equal('leader');
    await write(old, 'given up');
    // The old leader is cut off now, but it has just heard from a quorum.
    await cluster.time.advance(990);
    await cluster.time.wait(get(old, 'key', { level: 'default' }));
    for (const id of othersOf(old)) cluster.network.cut(id, old.id);
    const successor = await cluster.leader([old.id]);
    await write(successor, 'after');
    const read = await cluster.time.wait(get(old, 'key', { level: 'default' }));
    if (read.kind === 'ok') expect(read.value).to.equal('after');
  });

  function highestTerm(): number {
    return Math.max(...cluster.members.map((member) => member.assembly.node.status().term));
  }
});

describe('clocks that exceed the bound', () => {
  it('can make a default read stale, which shows that this kind of test detects it', async () => {
    // The leader's clock runs at a twentieth of the others'.
    const rates = [1, 1, 1].map((rate, at) => (at === 0 ? rate / 20 : rate));
    const cluster = new VirtualCluster({ members: 3, seed: 3, rates, node: { leaseMs: 1000 } });
    await cluster.start();
    const slow = cluster.member(1);
    const leader = await cluster.leader();
    if (leader !== slow) {
      leader.assembly.node.transferLeader(slow.id);
      await cluster.time.until('the slow one leads', () => cluster.leaders().includes(slow));
      // A transfer turns the lease off in the term of the old leader, not in that of the new one.
      await cluster.leader();
    }
    expect((await cluster.time.wait(put(slow, 'key', 'before'))).kind).to.equal('ok');
    await cluster.time.wait(get(slow, 'key', { level: 'default' }));
    cluster.network.partition([1], [2, 3]);
    const successor = await cluster.leader([1]);
    expect((await cluster.time.wait(put(successor, 'key', 'after'))).kind).to.equal('ok');
    const old = await cluster.time.wait(get(slow, 'key', { level: 'default' }));
    expect(old).to.include({ kind: 'ok', value: 'before' });
    cluster.heal();
    await cluster.stop();
  });
});
