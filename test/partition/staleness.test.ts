import { expect } from 'chai';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { get, put } from '../support/virtual-calls.js';
import { FAULTS, inflict } from './nemesis.js';

interface Written {
  readonly atMs: number;
  readonly revision: number;
}

interface Seen {
  readonly member: number;
  readonly atMs: number;
  readonly revision: number;
  readonly stalenessMs: number;
}

it('a read that waited for its level states the age since its arrival', async () => {
  const cluster = new VirtualCluster({ members: 3, seed: 9 });
  await cluster.start();
  await cluster.time.advance(5000);
  for (const member of cluster.members) {
    for (const level of ['consistent', 'default'] as const) {
      const asked = cluster.time.nowMs;
      const result = await cluster.time.wait(get(member, 'key', { level }));
      const waitedMs = Math.ceil(cluster.time.nowMs - asked);
      expect(result.kind === 'ok' ? result.stalenessMs : Infinity).to.be.within(0, waitedMs);
    }
  }
  await cluster.stop();
});

/**
 * A follower kept 64 points in time whose commit index it had not applied, and took those off that it had applied when a
 * read asked. Under load the first ones since the last read filled the list, and the last one was ahead of the state by up
 * to 2 ms of batching: a state a few milliseconds old was stated to be as old as the last read.
 */
it('a stale read under load states the age of the state, however long ago the last read was', async () => {
  const cluster = new VirtualCluster({ members: 3, seed: 4, syncMsMax: 0.1 });
  await cluster.start();
  const { time, network } = cluster;
  network.faults.delayMs = [0.05, 0.1];
  const leader = await cluster.leader();
  const load = { running: true };
  const writer = async (): Promise<void> => {
    while (load.running) await put(leader, 'key', 'value');
  };
  const writers = Promise.all([writer(), writer()]);
  const ages: number[] = [];
  for (let reads = 0; reads < 3; reads++) {
    await time.advance(100.3);
    for (const { assembly } of cluster.members) ages.push(assembly.node.freshness().stalenessMs ?? Infinity);
  }
  load.running = false;
  await time.wait(writers);
  expect(Math.max(...ages), ages.join(' ')).to.be.below(20);
  await cluster.stop();
});

describe('stale reads on five members under faults', function () {
  this.timeout(300_000);
  for (const seed of [1, 2, 3]) {
    it(`include every write acknowledged before the age that they state (seed ${seed})`, async () => {
      const { written, seen } = await observe(seed);
      expect(seen.length, 'answers with an age').to.be.above(200);
      expect(Math.max(...seen.map(({ stalenessMs }) => stalenessMs)), 'some of them old').to.be.above(500);
      for (const read of seen) {
        // The age is rounded up to a whole ms; every write before must be included.
        const before = written.filter(({ atMs }) => atMs < read.atMs - read.stalenessMs);
        const newest = Math.max(0, ...before.map(({ revision }) => revision));
        expect(read.revision, JSON.stringify(read)).to.be.at.least(newest);
      }
    });
  }
});

async function observe(seed: number): Promise<{ written: Written[]; seen: Seen[] }> {
  const random = seededRandom(seed);
  const cluster = new VirtualCluster({ members: 5, seed, requestMs: 1500 });
  const { time, members } = cluster;
  await cluster.start();
  const written: Written[] = [];
  const seen: Seen[] = [];
  const load = { running: true };
  const pause = (): Promise<void> => new Promise((resolve) => time.schedule(random.next() * 40, resolve));
  const anyMember = (): (typeof members)[number] | undefined => members[randomInteger(random, 0, members.length)];
  const writer = async (): Promise<void> => {
    while (load.running) {
      await pause();
      const member = anyMember();
      if (member === undefined) continue;
      const result = await put(member, 'key', 'value');
      if (result.kind === 'ok') written.push({ atMs: time.nowMs, revision: result.revision });
    }
  };
  const reader = async (): Promise<void> => {
    while (load.running) {
      await pause();
      const member = anyMember();
      if (member?.running !== true) continue;
      const result = await get(member, 'key', { level: 'stale' });
      if (result.kind !== 'ok' || result.stalenessMs === undefined) continue;
      const { revision, stalenessMs } = result;
      seen.push({ member: member.id, atMs: time.nowMs, revision, stalenessMs });
    }
  };
  const clients = Promise.all([writer(), writer(), reader(), reader()]);
  for (let round = 0; round < 8; round++) {
    // The first fault certainly makes a member's state old.
    const fault = (round > 0 ? FAULTS[randomInteger(random, 0, FAULTS.length)] : undefined) ?? 'leader-alone';
    const undo = await inflict(cluster, fault, random);
    await time.advance((round > 0 ? 300 : 1500) + random.next() * 2000);
    await undo();
    await time.advance(random.next() * 800);
  }
  load.running = false;
  await time.wait(clients);
  cluster.heal();
  await cluster.stop();
  return { written, seen };
}
