import { expect } from 'chai';
import { VirtualCluster } from '../../support/virtual-cluster.js';
import { get, put } from '../../support/virtual-calls.js';

describe('a leader whose state machine applies for long', () => {
  // Revoking a lease with very many keys took longer than the election timeout, and the leadership changed.
  it('keeps the leadership, and followers continue to commit', async () => {
    const cluster = new VirtualCluster({ members: 3, seed: 3, requestMs: 60_000 });
    await cluster.start();
    const leader = await cluster.leader();
    const { node, store } = leader.assembly;
    const { term } = node.status();
    const apply = store.apply.bind(store);
    let applied = false;
    store.apply = async (entries) => {
      store.apply = apply;
      await new Promise<void>((resolve) => leader.clock.timeout(20_000, resolve));
      await apply(entries);
      applied = true;
    };
    const slow = put(leader, 'key', 'value');
    await cluster.time.until('all have committed it', () =>
      cluster.members.every((member) => member.assembly.node.status().commit === node.status().lastIndex),
    );
    // More entries are committed meanwhile, and a stale read is answered.
    const { commit } = node.status();
    const next = put(leader, 'other', 'value');
    await cluster.time.until('it is committed', () => node.status().commit > commit, 1_000);
    expect(await cluster.time.wait(get(leader, 'key', { level: 'stale' }))).to.include({ kind: 'ok', value: null });
    expect(applied).to.equal(false);
    expect((await cluster.time.wait(slow)).kind).to.equal('ok');
    expect((await cluster.time.wait(next)).kind).to.equal('ok');
    expect(node.status()).to.include({ role: 'leader', term });
    await cluster.stop();
  });
});
