import { expect } from 'chai';
import { makeMessage } from '../../src/raft/messages.js';
import { lone, Network } from './network.js';

const three = { voters: [1, 2, 3], config: { preVote: true } };
const guarded = { voters: [1, 2, 3], config: { preVote: true, checkQuorum: true, electionTicks: 5 } };

describe('raft: pre-vote (thesis, section 9.6)', () => {
  it('asks for votes in the next term without entering it', () => {
    const network = lone(1, [1, 2, 3], { config: { preVote: true } });
    network.node(1).campaign();
    const { messages } = network.process(1);
    const { term, vote, role } = network.node(1).status();
    expect({ sent: messages.map(({ type, to, term }) => [type, to, term]), term, vote, role }).to.deep.equal({
      sent: [
        ['MsgPreVote', 2, 1],
        ['MsgPreVote', 3, 1],
      ],
      term: 0,
      vote: 0,
      role: 'pre-candidate',
    });
  });

  it('continues with an election that can be won', () => {
    const network = new Network(three);
    network.elect(1);
    expect([1, 2, 3].map((id) => network.node(id).term)).to.deep.equal([1, 1, 1]);
  });

  it('does not disturb the group when an isolated member returns', () => {
    const network = new Network(guarded);
    network.elect(1);
    network.isolate(3);
    network.run(100);
    expect([network.node(3).role, network.node(3).term]).to.deep.equal(['pre-candidate', 1]);
    network.propose(1, 'x');
    network.heal();
    network.run(20);
    expect([1, 2, 3].map((id) => [network.node(id).leader, network.node(id).term, network.applied(id)])).to.deep.equal(
      Array.from({ length: 3 }, () => [1, 1, ['x']]),
    );
  });

  it('does not bind the real vote', () => {
    const network = lone(1, [1, 2, 3], { config: { preVote: true } });
    for (const from of [2, 3]) network.node(1).step(makeMessage({ type: 'MsgPreVote', to: 1, from, term: 1 }));
    const answers = network.process(1).messagesAfterAppend;
    expect(answers.map(({ to, term, reject }) => [to, term, reject])).to.deep.equal([
      [2, 1, false],
      [3, 1, false],
    ]);
    expect(network.node(1).status()).to.include({ term: 0, vote: 0 });
  });

  it('resolves a split: both campaign, and one wins when their timeouts differ', () => {
    const network = new Network(guarded);
    for (const id of [1, 2]) network.node(id).campaign();
    network.settle();
    network.run(40);
    const leaders = [1, 2, 3].filter((id) => network.node(id).role === 'leader');
    expect(leaders).to.have.length(1);
    expect(new Set([1, 2, 3].map((id) => network.node(id).leader))).to.deep.equal(new Set(leaders));
  });

  it('reports the later term to a pre-candidate, so that it is not stuck (etcd 8243)', () => {
    // Three members; the one with the smaller term requested pre-votes for a term that all had passed, without end.
    const network = new Network({
      ...three,
      prepare: (storage, id) => storage.setHardState({ term: id === 1 ? 1 : 5, vote: 0, commit: 0 }),
    });
    network.isolate(3);
    network.node(1).campaign();
    network.settle();
    expect(network.node(1).term).to.equal(5);
    network.elect(1);
    expect(network.node(1).term).to.equal(6);
  });

  it('works in a group with one member that does not use it (etcd 8501)', () => {
    // A rolling restart enables pre-vote. A member without it campaigns into later terms with a log that is behind, and
    // no other member is elected until the group learns that term.
    const network = new Network({
      voters: [1, 2, 3],
      configOf: (id) => ({ preVote: id !== 3, checkQuorum: true, electionTicks: 5 }),
    });
    network.elect(1);
    network.isolate(3);
    network.propose(1, 'x');
    for (let attempt = 0; attempt < 4; attempt += 1) network.node(3).campaign();
    network.isolate(1);
    network.settle();
    expect(network.node(3).term).to.equal(5);
    network.heal();
    network.isolate(1);
    network.run(60);
    expect([network.node(2).role, network.node(3).leader]).to.deep.equal(['leader', 2]);
  });

  it('makes the candidate a follower if a majority refuses', () => {
    const network = lone(1, [1, 2, 3], { config: { preVote: true } });
    network.node(1).campaign();
    network.process(1);
    for (const from of [2, 3]) {
      network.node(1).step(makeMessage({ type: 'MsgPreVoteResp', to: 1, from, term: 0, reject: true }));
    }
    expect([network.node(1).role, network.node(1).term]).to.deep.equal(['follower', 0]);
  });
});
