import { expect } from 'chai';
import { defined } from '../../../src/util/assert.js';
import { get, put } from '../../support/virtual-calls.js';
import { VirtualCluster } from '../../support/virtual-cluster.js';

describe('a follower that gathers batches while no client of its own waits', () => {
  // A read that began to wait for a revision while a batch was delayed waited for the rest of the delay.
  it('applies at once from the moment at which a read waits for a revision', async () => {
    const cluster = new VirtualCluster({ members: 3, seed: 2 });
    await cluster.start();
    const leader = await cluster.leader();
    const follower = defined(
      cluster.members.find((member) => member !== leader),
      'a follower',
    );
    const { node } = follower.assembly;
    const hurry = node.hurry.bind(node);
    let hurried = 0;
    node.hurry = () => {
      hurried += 1;
      hurry();
    };
    const written = await cluster.time.wait(put(leader, 'key', '1'));
    const revision = written.kind === 'ok' ? written.revision : 0;
    await cluster.time.advance(1000);
    expect(
      (await cluster.time.wait(get(follower, 'key', { level: 'stale', atLeastRevision: revision }))).kind,
    ).to.equal('ok');
    expect(hurried).to.equal(0);
    const read = get(follower, 'key', { level: 'stale', atLeastRevision: revision + 1 });
    expect(hurried).to.equal(1);
    await cluster.time.wait(put(leader, 'key', '2'));
    expect(await cluster.time.wait(read)).to.include({ kind: 'ok', value: '2' });
    await cluster.stop();
  });
});
