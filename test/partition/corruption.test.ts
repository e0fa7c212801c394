import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { userRow } from '../../src/kv/auth/auth-rows.js';
import { encodeKeyValue } from '../../src/kv/format/key-value.js';
import { currentKey } from '../../src/kv/format/layout.js';
import { dissenters } from '../../src/server/integrity/hash-comparison.js';
import { randomInteger } from '../../src/util/random.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { get, put } from '../support/virtual-calls.js';
import type { VirtualMember } from '../support/virtual-member.js';

const { AuthUserAddRequest, PutRequest, TxnRequest, CompactionRequest } = etcdserverpb;
const FIRST = Number(process.env['SEED'] ?? 1);
const SEEDS = Array.from({ length: Number(process.env['SEEDS'] ?? 2) }, (_, at) => FIRST + at);
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

  /** Changes a value where no checksum detects it, and continues. */
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
    await cluster.time.until('it continues', () => member.assembly.store.revision() === 5);
  }

  for (const which of ['a follower', 'the leader'] as const) {
    it(`names ${which} whose state differs, and refuses all further writes`, async () => {
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

  for (const which of ['a follower', 'the leader'] as const) {
    it(`names ${which} whose users differ`, async () => {
      const leader = await cluster.leader();
      const damaged = which === 'the leader' ? leader : cluster.members.find((member) => member !== leader);
      if (damaged === undefined) throw new Error('no follower');
      const added = AuthUserAddRequest.encode({ name: 'ann', options: { noPassword: true } }).finish();
      expect((await cluster.time.wait(leader.call('/etcdserverpb.Auth/UserAdd', added))).kind).to.equal('ok');
      await cluster.time.until('all have the user', () =>
        cluster.members.every(({ assembly }) => assembly.store.auth().users.has('ann')),
      );
      const row = userRow({ name: 'ann', passwordHash: '', noPassword: true, roles: ['root'] });
      await cluster.time.wait(damaged.damage([row]));
      await cluster.time.advance(2 * INTERVAL_MS);
      for (const member of cluster.members) expect(member.assembly.store.alarms(), 'not read yet').to.deep.equal([]);
      await cluster.time.wait(put(leader, 'other', 'x'));
      await cluster.time.advance(2 * INTERVAL_MS);
      for (const member of cluster.members) {
        expect(member.assembly.store.alarms()).to.deep.equal([{ kind: CORRUPT, memberId: damaged.id }]);
      }
    });
  }

  it('finds no difference between equal members, under writes and with a member down', async () => {
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

  for (const seed of SEEDS) {
    it(`finds no difference while members are killed and return, also by snapshots, and history is compacted (SEED=${seed})`, async () => {
      await cluster.stop();
      cluster = new VirtualCluster({
        members: 3,
        seed,
        node: { snapshotCount: 20, logTailEntries: 3, logFlushBytes: 0 },
        // Comparisons and compactions run almost all the time.
        more: { corruptCheckMs: 40, autoCompaction: { mode: 'periodic', retentionMs: 1000 } },
      });
      await cluster.start();
      const { time, random } = cluster;
      const compared = new Set<number>();
      const count = (member: VirtualMember): void => {
        const { store } = member.assembly;
        const hashKv = store.hashKv.bind(store);
        store.hashKv = async (revision, options) => {
          const result = await hashKv(revision, options);
          if (revision > 0 && result.kind === 'ok') compared.add(revision);
          return result;
        };
      };
      cluster.members.forEach(count);
      const call = (path: string, body: Uint8Array): void => {
        const member = cluster.members[randomInteger(random, 0, 3)];
        void member?.call(`/etcdserverpb.KV/${path}`, body);
      };
      const key = (): Uint8Array => Buffer.from(`k${randomInteger(random, 0, 12)}`);
      for (let round = 0; round < 60; round++) {
        for (let at = 0; at < 12; at++) {
          call('Put', PutRequest.encode({ key: key(), value: Buffer.from(String(round)) }).finish());
          if (at % 4 === 0) {
            const range = { key: key(), rangeEnd: Buffer.from('k7') };
            const success = [{ requestPut: { key: Buffer.from('z') } }, { requestDeleteRange: range }];
            call('Txn', TxnRequest.encode({ success }).finish());
          }
          await time.advance(randomInteger(random, 0, 40));
        }
        const leader = cluster.leaders()[0];
        const revision = (leader?.assembly.store.revision() ?? 2) - randomInteger(random, 0, 30);
        if (round % 3 === 0) call('Compact', CompactionRequest.encode({ revision }).finish());
        const victim = cluster.members[randomInteger(random, 0, 3)];
        if (round % 4 !== 1 || victim === undefined) continue;
        if (cluster.members.every(({ dead }) => !dead)) cluster.crash(victim, random.next() < 0.5 ? 'kill' : 'power');
        for (const member of cluster.members) {
          if (!member.dead || random.next() < 0.3) continue;
          await time.wait(member.start());
          count(member);
        }
      }
      for (const member of cluster.members) if (member.dead) await time.wait(member.start());
      await cluster.leader();
      await time.advance(2000);
      expect(compared.size, 'revisions at which others were asked').to.be.greaterThan(20);
      for (const { assembly } of cluster.members) expect(assembly.store.alarms()).to.deep.equal([]);
    });
  }

  it('trusts the majority, and without one the leader', () => {
    const hashes = (...all: number[]): ReadonlyMap<number, number> => new Map(all.map((hash, at) => [at + 1, hash]));
    expect(dissenters(hashes(7, 7, 7), 1)).to.deep.equal([]);
    expect(dissenters(hashes(7, 8, 8), 1)).to.deep.equal([1]);
    expect(dissenters(hashes(7, 8), 1)).to.deep.equal([2]);
    expect(dissenters(hashes(7, 8, 9), 2)).to.deep.equal([1, 3]);
  });
});
