import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { put } from '../support/virtual-calls.js';

/**
 * Without PreVote a member that is cut off calls for votes again and again, and its term runs ahead. Back again, it was
 * stuck: who still hears the leader keeps the promise behind the leader's lease, and ignores requests for votes; and
 * without CheckQuorum the core leaves it to those requests to depose a leader of an earlier term, and says nothing to
 * it. The members' promise holds in any case, so the leader has to be told.
 */
describe('a member whose term ran ahead of its leader', () => {
  for (const [preVote, checkQuorum] of [
    [false, false],
    [false, true],
    [true, false],
  ] as const) {
    it(`comes back (PreVote ${preVote}, CheckQuorum ${checkQuorum})`, async () => {
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
      await cluster.time.until('it has what was written meanwhile', () => away.assembly.store.revision() === 2);
      await cluster.stop();
    });
  }
});
