import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { get, put } from '../support/virtual-calls.js';
import type { VirtualMember } from '../support/virtual-member.js';
import { storm } from './storm.js';

/** `SEED=n` runs one seed, `SEEDS=n` that many from there on. */
const FIRST = Number(process.env['SEED'] ?? 1);
const COUNT = Number(process.env['SEEDS'] ?? (process.env['SEED'] === undefined ? 4 : 1));

// A broken link makes a follower suspect its leader before any timeout. Here the leader lives, and serves reads by its
// lease. Election timeouts are so long that none starts an election.

describe('links that break while the leader lives', function () {
  this.timeout(300_000);
  let elections = 0;

  for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
    it(`make no default read stale (SEED=${seed})`, async () => {
      const { verdict, answered, term } = await storm({
        seed,
        members: seed % 4 === 0 ? 5 : 3,
        level: 'default',
        faults: ['flapping-links'],
        rounds: 6,
        clients: 12,
        rates: [1, 1.04, 0.96, 1.02, 0.98],
        node: { leaseMs: 150, electionMs: 5000 },
      });
      // All members begin in the first term.
      elections += term - 1;
      expect(verdict.kind === 'not-linearizable' ? verdict.report : verdict.kind).to.equal('linearizable');
      expect(answered, 'the clients were answered').to.be.at.least(100);
    });
  }

  after(() => {
    if (COUNT >= 4) expect(elections, 'leaders that were replaced meanwhile').to.be.at.least(COUNT / 2);
  });

  describe('for good', () => {
    const LEASE_MS = 1000;
    let cluster: VirtualCluster;

    beforeEach(async () => {
      cluster = new VirtualCluster({
        members: 3,
        seed: 5,
        requestMs: 1500,
        node: { leaseMs: LEASE_MS, electionMs: 10_000 },
      });
      await cluster.start();
    });

    afterEach(async () => {
      cluster.heal();
      await cluster.stop();
    });

    function cutBothWays(one: VirtualMember, other: VirtualMember): void {
      cluster.network.cut(one.id, other.id);
      cluster.network.cut(other.id, one.id);
    }

    it('cause the leader to be replaced after its lease has expired, and not before', async () => {
      const { time } = cluster;
      const old = await cluster.leader();
      const [first, last] = cluster.members.filter((member) => member !== old);
      expect((await time.wait(put(old, 'key', 'before'))).kind).to.equal('ok');
      // The first member to lose the leader is free of its promise, but the last one still hears the leader, and grants
      // no vote.
      cutBothWays(old, defined(first, 'a follower'));
      await time.advance(3 * LEASE_MS);
      expect(old.assembly.node.status().role).to.equal('leader');
      expect(await time.wait(get(old, 'key', { level: 'default' }))).to.include({ kind: 'ok', value: 'before' });
      // The last one's promise is fresh. If it campaigned before the promise ends, the first would vote for it.
      cutBothWays(old, defined(last, 'the other follower'));
      const cutMs = time.nowMs;
      const isReplaced = (): boolean => cluster.leaders().some((member) => member !== old);
      let alone = 0;
      while (!isReplaced()) {
        const asked = get(old, 'key', { level: 'default' });
        await time.advance(5);
        expect(time.nowMs - cutMs, 'ms until it was replaced').to.be.below(2 * LEASE_MS);
        if (time.nowMs - cutMs < 0.8 * LEASE_MS) alone += (await time.wait(asked)).kind === 'ok' ? 1 : 0;
      }
      expect(alone, 'reads on the lease alone').to.be.at.least(100);
      const successor = await cluster.leader([old.id]);
      expect((await time.wait(put(successor, 'key', 'after'))).kind).to.equal('ok');
      // It still considers itself leader.
      expect(old.assembly.node.status().role).to.equal('leader');
      const late = await time.wait(get(old, 'key', { level: 'default' }));
      if (late.kind === 'ok') expect(late.value).to.equal('after');
    });
  });
});
