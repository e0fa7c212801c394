import { expect } from 'chai';
import { encodeKeyValue } from '../../src/kv/key-value.js';
import { currentKey } from '../../src/kv/layout.js';
import { dissenters } from '../../src/server/hash-comparison.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { get, put, type VirtualMember } from '../support/virtual-member.js';

const INTERVAL_MS = 60_000;
const CORRUPT = 2;

describe('the comparison of the members', () => {
  let cluster: VirtualCluster;

  beforeEach(async () => {
    cluster = new VirtualCluster({
      members: 3,
      seed: 8,
      node: { heartbeatMs: 1000, electionMs: 10_000 },
      more: { corruptCheckMs: INTERVAL_MS },
    });
    await cluster.start();
    const leader = await cluster.leader();
    for (const value of ['1', '2', '3']) await cluster.time.wait(put(leader, 'key', value));
  });

  afterEach(() => cluster.stop());

  /** A bit of a value has changed where no checksum covers it, and the member has gone on. */
  async function damage(member: VirtualMember): Promise<void> {
    await cluster.time.until('it has all of it', () => member.assembly.store.revision() === 4);
    const key = Buffer.from('key');
    const value = encodeKeyValue({
      key,
      createRevision: 2,
      modRevision: 4,
      version: 3,
      value: Buffer.from('2'),
      lease: 0n,
    });
    await cluster.time.wait(member.damage([{ type: 'put', key: currentKey(key), value }]));
    await cluster.time.wait(put(await cluster.leader(), 'other', 'x'));
    await cluster.time.until('it goes on', () => member.assembly.store.revision() === 5);
  }

  for (const which of ['a follower', 'the leader'] as const) {
    it(`names ${which} whose state differs, and no write goes through any more`, async () => {
      const leader = await cluster.leader();
      const damaged = which === 'the leader' ? leader : cluster.members.find((member) => member !== leader);
      if (damaged === undefined) throw new Error('no follower');
      await damage(damaged);
      await cluster.time.advance(2 * INTERVAL_MS);
      for (const member of cluster.members) {
        expect(member.assembly.store.alarms()).to.deep.equal([{ kind: CORRUPT, memberId: damaged.id }]);
      }
      expect((await cluster.time.wait(put(leader, 'key', '4'))).kind).not.to.equal('ok');
      expect((await cluster.time.wait(get(leader, 'key', { level: 'consistent' }))).kind).to.equal('ok');
    });
  }

  it('finds nothing where there is nothing, under writes and with a member away', async () => {
    const leader = await cluster.leader();
    const away = cluster.members.find((member) => member !== leader);
    if (away === undefined) throw new Error('no follower');
    cluster.crash(away, 'kill');
    for (let round = 0; round < 40; round++) {
      await cluster.time.advance(INTERVAL_MS / 10);
      expect((await cluster.time.wait(put(leader, 'key', String(round)))).kind).to.equal('ok');
      if (round === 25) await cluster.time.wait(away.start());
    }
    for (const member of cluster.members) expect(member.assembly.store.alarms()).to.deep.equal([]);
  });

  it('believes the majority, and the leader where there is none', () => {
    const hashes = (...all: number[]): ReadonlyMap<number, number> => new Map(all.map((hash, at) => [at + 1, hash]));
    expect(dissenters(hashes(7, 7, 7), 1)).to.deep.equal([]);
    expect(dissenters(hashes(7, 8, 8), 1)).to.deep.equal([1]);
    expect(dissenters(hashes(7, 8), 1)).to.deep.equal([2]);
    expect(dissenters(hashes(7, 8, 9), 2)).to.deep.equal([1, 3]);
  });
});
