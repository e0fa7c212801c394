import { expect } from 'chai';
import { Network } from './network.js';

const guarded = { voters: [1, 2, 3], config: { checkQuorum: true, electionTicks: 5 } };

describe('raft: check of the quorum (thesis, section 6.2)', () => {
  it('makes a leader step down if no quorum answers within an election timeout', () => {
    const network = new Network(guarded);
    network.elect(1);
    network.isolate(1);
    network.tick(1, 10);
    expect([network.node(1).role, network.node(1).leader, network.node(1).term]).to.deep.equal(['follower', 0, 1]);
  });

  it('keeps a leader in office while a quorum answers', () => {
    const network = new Network(guarded);
    network.elect(1);
    network.cut(3, 1);
    for (let tick = 0; tick < 50; tick += 1) {
      network.tick(1);
      network.settle();
    }
    expect(network.node(1).role).to.equal('leader');
  });

  it('makes a follower refuse votes while it hears a leader, and grant them afterwards (thesis, section 4.2.3)', () => {
    const network = new Network(guarded);
    network.elect(1);
    network.node(3).campaign();
    network.settle();
    expect([network.node(1).role, network.node(2).term, network.node(3).term]).to.deep.equal(['leader', 1, 2]);
    network.isolate(1);
    network.tick(2, 5);
    network.node(3).campaign();
    network.settle();
    expect([network.node(3).role, network.node(2).leader]).to.deep.equal(['leader', 3]);
  });

  it('lets a member with a later term rejoin, by telling the leader that term', () => {
    // The others ignore its votes and it ignores the leader's appends: unless the leader learns the term, it stays out.
    const network = new Network(guarded);
    network.elect(1);
    network.isolate(3);
    network.node(3).campaign();
    network.node(3).campaign();
    network.settle();
    network.heal();
    network.run(40);
    const leaders = [1, 2, 3].map((id) => network.node(id).leader);
    expect(new Set(leaders).size).to.equal(1);
    expect(leaders[0]).to.not.equal(0);
    expect(network.node(3).term).to.be.at.least(3);
  });

  it('elects one leader within a few timeouts although one link is dead in one direction (Cloudflare, November 2020)', () => {
    // A switch forwarded packets in one direction only: one member could not hear the leader, and elections followed
    // for six hours.
    for (const preVote of [true, false]) {
      const network = new Network({ voters: [1, 2, 3], config: { checkQuorum: true, preVote, electionTicks: 5 } });
      network.elect(1);
      network.cut(1, 3);
      network.run(60);
      const term = Math.max(...[1, 2, 3].map((id) => network.node(id).term));
      const leading = [1, 2, 3].filter((id) => network.node(id).role === 'leader' && network.node(id).term === term);
      if (preVote) expect([leading, term]).to.deep.equal([[1], 1]);
      else expect(leading.length).to.be.at.most(1);
    }
  });

  it('does not deadlock with pre-votes when the leader dies', () => {
    const network = new Network({ voters: [1, 2, 3], config: { checkQuorum: true, preVote: true, electionTicks: 5 } });
    network.elect(1);
    network.isolate(1);
    network.run(40);
    expect([2, 3].some((id) => network.node(id).role === 'leader')).to.equal(true);
  });
});
