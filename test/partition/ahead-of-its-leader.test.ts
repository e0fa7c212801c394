import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { put } from '../support/virtual-calls.js';

/**
 * Without PreVote a member that is cut off campaigns repeatedly, and raises its term. After the link was restored, it
 * was stuck: members that hear the leader keep the promise behind the leader's lease and ignore vote requests, and
 * without CheckQuorum the core relies on those requests to depose a leader of an earlier term and does not answer it.
 * As the promise always holds, the member must report its term to the leader.
 */
describe('a member with a later term than its leader', () => {
  for (const [preVote, checkQuorum] of [
    [false, false],
    [false, true],
    [true, false],
  ] as const) {
    it(`rejoins (PreVote ${preVote}, CheckQuorum ${checkQuorum})`, async () => {
      const cluster = new VirtualCluster({ members: 3, seed: 3, node: { preVote, checkQuorum } });
      await cluster.start();
      const leader = await cluster.leader();
      const away = defined(
        cluster.members.find(({ id }) => id !== leader.id),
        'a follower',
      );
      cluster.network.isolate(away.id);
      await cluster.time.advance(10_000);
      expect((await cluster.time.wait(put(leader, 'key', 'value'))).kind).to.equal('ok');
      cluster.heal();
      await cluster.time.until('it has the writes made meanwhile', () => away.assembly.store.revision() === 2);
      await cluster.stop();
    });
  }
});
