import { expect } from 'chai';
import { etcdserverpb, raftkvpb } from '../../src/gen/proto.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import type { VirtualMember } from '../support/virtual-member.js';

const KEYS = 3000;
const key = (at: number): Buffer => Buffer.from(`u/${String(at).padStart(5, '0')}`);
const DEFINITION = { name: 'i', key: Buffer.from('u/'), rangeEnd: Buffer.from('u0'), source: { wholeValue: true } };

describe('building a secondary index', () => {
  it('goes on under another leader, and after a restart, with what is deleted meanwhile', async () => {
    const cluster = new VirtualCluster({ members: 3, seed: 7 });
    await cluster.start();
    const first = await cluster.leader();
    await write(cluster, first, KEYS);
    await create(cluster, first);
    await cluster.time.until('a part is built', () => counted(first) > 0);
    expect(counted(first)).to.be.below(KEYS);
    cluster.crash(first, 'kill');
    const second = await cluster.leader([first.id]);
    const remove = etcdserverpb.DeleteRangeRequest.encode({ key: key(0), rangeEnd: key(10) }).finish();
    expect((await cluster.time.wait(second.call('/etcdserverpb.KV/DeleteRange', remove))).kind).to.equal('ok');
    await cluster.time.wait(first.start());
    await cluster.time.until('all have built it', () =>
      cluster.members.every(({ assembly }) => assembly.store.indexes().byName.get('i')?.state.kind === 'ready'),
    );
    for (const { assembly } of cluster.members) {
      const counts = { keys: KEYS - 10, entries: KEYS - 10, leftOut: 0 };
      expect(assembly.store.indexes().byName.get('i')?.counts).to.deep.equal(counts);
    }
    await cluster.stop();
  }).timeout(60_000);

  it('goes on after a loss of power in the middle of it', async () => {
    const cluster = new VirtualCluster({ members: 1, seed: 5, more: { indexSliceKeys: 10 } });
    await cluster.start();
    const [member] = cluster.members;
    if (member === undefined) throw new Error('no member');
    await write(cluster, member, 300);
    await create(cluster, member);
    const covered: number[] = [];
    for (;;) {
      const before = counted(member);
      covered.push(before);
      if (isReady(member)) break;
      await cluster.time.until('more is built', () => counted(member) > before || isReady(member));
      cluster.crash(member, 'power');
      await cluster.time.wait(member.start());
      expect(counted(member), 'what was applied before').to.be.at.least(before);
      await cluster.leader();
      const remove = etcdserverpb.DeleteRangeRequest.encode({ key: key(covered.length) }).finish();
      expect((await cluster.time.wait(member.call('/etcdserverpb.KV/DeleteRange', remove))).kind).to.equal('ok');
    }
    expect(covered.length, 'losses of power').to.be.above(5);
    const left = 300 - (covered.length - 1);
    expect(member.assembly.store.indexes().byName.get('i')?.counts).to.deep.equal({
      keys: left,
      entries: left,
      leftOut: 0,
    });
    await cluster.stop();
  }).timeout(60_000);

  it('goes on at a member that takes a snapshot in the middle of it', async () => {
    const node = { snapshotCount: 5, logTailEntries: 0 };
    const cluster = new VirtualCluster({ members: 3, seed: 8, node, more: { indexSliceKeys: 10 } });
    await cluster.start();
    const leader = await cluster.leader();
    const away = cluster.members.find((member) => member !== leader) ?? leader;
    cluster.network.connect((from, to) => from !== away.id && to !== away.id);
    await write(cluster, leader, 1000);
    await create(cluster, leader);
    await cluster.time.until('a part is built', () => counted(leader) >= 200);
    cluster.heal();
    await cluster.time.until('it has the index', () => away.assembly.store.indexes().byName.has('i'));
    expect(away.assembly.node.status().firstIndex, 'its log begins behind a snapshot').to.be.above(1);
    expect(isReady(away)).to.equal(false);
    expect(counted(away)).to.be.within(200, 999);
    const remove = etcdserverpb.DeleteRangeRequest.encode({ key: key(0), rangeEnd: key(20) }).finish();
    expect((await cluster.time.wait(leader.call('/etcdserverpb.KV/DeleteRange', remove))).kind).to.equal('ok');
    await cluster.time.until('all have built it', () => cluster.members.every(isReady));
    for (const member of cluster.members) {
      expect(member.assembly.store.indexes().byName.get('i')?.counts).to.deep.equal({
        keys: 980,
        entries: 980,
        leftOut: 0,
      });
      const result = await cluster.time.wait(member.assembly.store.queryIndex({ index: 'i', keysOnly: true }));
      expect(result.kind === 'ok' && result.entries).to.equal(980);
    }
    await cluster.stop();
  }).timeout(60_000);
});

async function write(cluster: VirtualCluster, member: VirtualMember, keys: number): Promise<void> {
  for (let from = 0; from < keys; from += 100) {
    const success = Array.from({ length: 100 }, (_, at) => ({
      requestPut: { key: key(from + at), value: Buffer.from(String(from + at)) },
    }));
    const put = etcdserverpb.TxnRequest.encode({ success }).finish();
    expect((await cluster.time.wait(member.call('/etcdserverpb.KV/Txn', put))).kind).to.equal('ok');
  }
}

async function create(cluster: VirtualCluster, member: VirtualMember): Promise<void> {
  const request = raftkvpb.IndexCreateRequest.encode({ definition: DEFINITION }).finish();
  const made = await cluster.time.wait(member.call('/raftkvpb.Index/Create', request));
  expect(made.kind, JSON.stringify(made)).to.equal('ok');
}

function counted({ assembly }: VirtualMember): number {
  return assembly.store.indexes().byName.get('i')?.counts.keys ?? 0;
}

function isReady({ assembly }: VirtualMember): boolean {
  return assembly.store.indexes().byName.get('i')?.state.kind === 'ready';
}
