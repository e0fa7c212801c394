import { expect } from 'chai';
import { RawNode, MemoryStorage } from '../../src/raft/index.js';
import type { Entry, Role } from '../../src/raft/index.js';
import { makeMessage } from '../../src/raft/messages.js';
import { seededRandom } from '../../src/util/random.js';
import { confState, entry, lone, Network } from './network.js';

const three = { voters: [1, 2, 3] };

/** A member's answer to one message, and its state afterwards. */
function answerTo(network: Network, fields: Parameters<typeof makeMessage>[0]): object {
  network.node(fields.to).step(makeMessage(fields));
  const sent = network.node(fields.to).hasReady() ? network.process(fields.to).messagesAfterAppend : [];
  const { term, vote, role } = network.node(fields.to).status();
  return { answers: sent.map(({ type, term, reject }) => ({ type, term, reject })), term, vote, role };
}

describe('raft: election', () => {
  it('elects the candidate in groups of one, two, three and five (paper, section 5.2)', () => {
    for (const size of [1, 2, 3, 5]) {
      const voters = Array.from({ length: size }, (_, position) => position + 1);
      const network = new Network({ voters });
      network.elect(1);
      const states = voters.map((id) => [network.node(id).role, network.node(id).leader, network.node(id).term]);
      expect(states).to.deep.equal(voters.map((id) => [id === 1 ? 'leader' : 'follower', 1, 1]));
    }
  });

  it('is won by a majority, lost against a majority, and otherwise undecided (paper, section 5.2)', () => {
    const outcome = (...answers: [from: number, reject: boolean][]): Role => {
      const network = lone(1, [1, 2, 3, 4, 5]);
      network.node(1).campaign();
      network.process(1);
      for (const [from, reject] of answers) {
        network.node(1).step(makeMessage({ type: 'MsgVoteResp', to: 1, from, term: 1, reject }));
      }
      return network.node(1).role;
    };
    expect([
      outcome([2, false], [3, false]),
      outcome([2, false]),
      outcome([2, false], [2, false]),
      outcome([2, true], [3, true]),
      outcome([2, true], [3, true], [4, true]),
    ]).to.deep.equal(['leader', 'candidate', 'candidate', 'candidate', 'follower']);
  });

  it('does not count its own vote before it is durable (paper, figure 2: persistent state)', () => {
    const network = lone(1, [1, 2]);
    const { node } = network.member(1);
    node.campaign();
    const ready = node.ready();
    node.step(makeMessage({ type: 'MsgVoteResp', to: 1, from: 2, term: 1 }));
    expect([ready.mustSync, node.role]).to.deep.equal([true, 'candidate']);
    node.advance();
    expect(node.role).to.equal('leader');
  });

  it('makes any role a follower on a later term (paper, section 5.1)', () => {
    for (const role of ['follower', 'candidate', 'leader'] as const) {
      const network = new Network(three);
      if (role !== 'follower') network.node(1).campaign();
      if (role === 'leader') network.settle();
      expect(network.node(1).role).to.equal(role);
      network.node(1).step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 7 }));
      expect([network.node(1).role, network.node(1).term, network.node(1).leader]).to.deep.equal(['follower', 7, 0]);
    }
  });

  it('ignores an earlier term (paper, section 5.1)', () => {
    const network = new Network(three);
    network.elect(1);
    network.elect(2);
    network.elect(1);
    const before = [1, 2].map((id) => network.node(id).status());
    network.node(1).step(makeMessage({ type: 'MsgVoteResp', to: 1, from: 2, term: 2, reject: true }));
    network.node(1).step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 2, index: 9 }));
    network.node(2).step(makeMessage({ type: 'MsgVote', to: 2, from: 3, term: 2, index: 9, logTerm: 9 }));
    network.node(2).step(makeMessage({ type: 'MsgApp', to: 2, from: 3, term: 2, entries: [entry(2, 1)], commit: 1 }));
    expect([1, 2].map((id) => network.node(id).hasReady())).to.deep.equal([false, false]);
    expect([1, 2].map((id) => network.node(id).status())).to.deep.equal(before);
  });

  it('grants one vote per term, and repeats it to the same candidate (paper, section 5.2)', () => {
    const network = lone(1, [1, 2, 3]);
    const ask = (from: number, term: number): object => answerTo(network, { type: 'MsgVote', to: 1, from, term });
    const granted = { type: 'MsgVoteResp', term: 1, reject: false };
    const expected = { term: 1, vote: 2, role: 'follower' };
    expect([ask(2, 1), ask(3, 1), ask(2, 1), ask(3, 2)]).to.deep.equal([
      { ...expected, answers: [granted] },
      { ...expected, answers: [{ ...granted, reject: true }] },
      { ...expected, answers: [granted] },
      { answers: [{ ...granted, term: 2 }], term: 2, vote: 3, role: 'follower' },
    ]);
  });

  it('keeps the vote over a restart (paper, figure 2, persistent state)', () => {
    const network = lone(1, [1, 2, 3]);
    answerTo(network, { type: 'MsgVote', to: 1, from: 2, term: 1 });
    network.restart(1);
    expect(answerTo(network, { type: 'MsgVote', to: 1, from: 3, term: 1 })).to.deep.equal({
      answers: [{ type: 'MsgVoteResp', term: 1, reject: true }],
      term: 1,
      vote: 2,
      role: 'follower',
    });
  });

  it('grants votes only to logs that are at least as up to date (paper, section 5.4.1)', () => {
    const granted = (index: number, logTerm: number): boolean => {
      const network = lone(1, [1, 2], {
        prepare: (storage) => {
          storage.append([entry(1, 1), entry(2, 2), entry(2, 3)]);
          storage.setHardState({ term: 2, vote: 0, commit: 0 });
        },
      });
      network.node(1).step(makeMessage({ type: 'MsgVote', to: 1, from: 2, term: 3, index, logTerm }));
      return network.process(1).messagesAfterAppend[0]?.reject === false;
    };
    expect([granted(3, 2), granted(4, 2), granted(1, 3), granted(2, 2), granted(9, 1)]).to.deep.equal([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('makes a candidate follow the leader of its term (paper, section 5.2)', () => {
    for (const type of ['MsgApp', 'MsgHeartbeat'] as const) {
      const network = lone(1, [1, 2, 3]);
      network.node(1).campaign();
      network.process(1);
      network.node(1).step(makeMessage({ type, to: 1, from: 2, term: 1 }));
      expect([network.node(1).role, network.node(1).leader, network.node(1).term]).to.deep.equal(['follower', 2, 1]);
    }
  });

  it('draws every election timeout from [T, 2T−1] (paper, section 5.2)', () => {
    const seen = new Set<number>();
    const network = lone(1, [1, 2], { config: { electionTicks: 5 } });
    for (let election = 0; election < 200; election += 1) {
      const { term } = network.node(1);
      let ticks = 0;
      for (; network.node(1).term === term; ticks += 1) network.tick(1);
      seen.add(ticks);
    }
    expect([...seen].sort((left, right) => left - right)).to.deep.equal([5, 6, 7, 8, 9]);
  });

  it('resets the timeout on a granted vote or a message of the leader, not on a refusal (paper, section 5.2)', () => {
    const elapsedAfter = (fields: { type: 'MsgVote' | 'MsgHeartbeat' | 'MsgApp'; logTerm: number }): boolean => {
      const network = lone(1, [1, 2], {
        config: { electionTicks: 5, random: { next: () => 0 } },
        prepare: (storage) => {
          storage.append([entry(1, 1)]);
          storage.setHardState({ term: 1, vote: 0, commit: 0 });
        },
      });
      network.tick(1, 4);
      network.node(1).step(makeMessage({ to: 1, from: 2, term: 1, index: 1, ...fields }));
      network.tick(1);
      return network.node(1).role === 'follower';
    };
    expect([
      elapsedAfter({ type: 'MsgVote', logTerm: 1 }),
      elapsedAfter({ type: 'MsgHeartbeat', logTerm: 0 }),
      elapsedAfter({ type: 'MsgApp', logTerm: 1 }),
      elapsedAfter({ type: 'MsgVote', logTerm: 0 }),
    ]).to.deep.equal([true, true, true, false]);
  });

  it('never lets a learner campaign, but lets it vote (thesis, section 4.2.1; etcd pull request 10998)', () => {
    const network = new Network({ voters: [1, 2], learners: [3] });
    network.tick(3, 100);
    network.node(3).campaign();
    expect([network.node(3).role, network.node(3).term]).to.deep.equal(['follower', 0]);
    expect(answerTo(network, { type: 'MsgVote', to: 3, from: 2, term: 1 })).to.deep.equal({
      answers: [{ type: 'MsgVoteResp', term: 1, reject: false }],
      term: 1,
      vote: 2,
      role: 'follower',
    });
  });

  it('does not let a learner count towards a quorum (thesis, section 4.2.1)', () => {
    const network = new Network({ voters: [1, 2], learners: [3, 4] });
    network.isolate(2);
    network.node(1).campaign();
    network.settle();
    expect(network.node(1).role).to.equal('candidate');
    network.heal();
    network.elect(1);
    network.isolate(2);
    network.propose(1, 'x');
    expect([network.applied(1), network.log(3)]).to.deep.equal([[], ['2:', '2:x']]);
  });

  it('does not campaign while a committed configuration change is unapplied (etcd 11284, 12359)', () => {
    // An old configuration could elect a second leader in the term. An uncommitted change must not block the election:
    // its commitment may depend on this election.
    const start = (commit: number, type: Entry['type']): Role => {
      const storage = new MemoryStorage({ confState: confState([1]) });
      storage.append([entry(1, 1), { ...entry(1, 2), type }, entry(1, 3)]);
      storage.setHardState({ term: 1, vote: 0, commit });
      const node = new RawNode({ id: 1, storage, random: seededRandom(1), preVote: false });
      node.campaign();
      return node.role;
    };
    expect([
      start(3, 'conf-change-v2'),
      start(3, 'conf-change'),
      start(1, 'conf-change'),
      start(3, 'normal'),
    ]).to.deep.equal(['follower', 'follower', 'candidate', 'candidate']);
  });
});
