import { expect } from 'chai';
import { etcdserverpb, raftkvpb } from '../../src/gen/proto.js';
import { VirtualCluster } from '../support/virtual-cluster.js';

const KEYS = 3000;
const key = (at: number): Buffer => Buffer.from(`u/${String(at).padStart(5, '0')}`);

describe('building a secondary index', () => {
  it('goes on under another leader, and after a restart, with what is deleted meanwhile', async () => {
    const cluster = new VirtualCluster({ members: 3, seed: 7 });
    await cluster.start();
    const first = await cluster.leader();
    for (let from = 0; from < KEYS; from += 100) {
      const success = Array.from({ length: 100 }, (_, at) => ({
        requestPut: { key: key(from + at), value: Buffer.from(String(from + at)) },
      }));
      const put = etcdserverpb.TxnRequest.encode({ success }).finish();
      expect((await cluster.time.wait(first.call('/etcdserverpb.KV/Txn', put))).kind).to.equal('ok');
    }
    const definition = { name: 'i', key: Buffer.from('u/'), rangeEnd: Buffer.from('u0'), source: { wholeValue: true } };
    const create = raftkvpb.IndexCreateRequest.encode({ definition }).finish();
    const made = await cluster.time.wait(first.call('/raftkvpb.Index/Create', create));
    expect(made.kind, JSON.stringify(made)).to.equal('ok');
    const keysIndexed = (): number => first.assembly.store.indexes().byName.get('i')?.counts.keys ?? 0;
    await cluster.time.until('a part is built', () => keysIndexed() > 0);
    expect(keysIndexed()).to.be.below(KEYS);
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
});
