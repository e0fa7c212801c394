import { expect } from 'chai';
import { ConfChangeError, decodeConfChange, encodeConfChange, LEAVE_JOINT } from '../../src/raft/index.js';
import type { ConfChange, ConfChangeStep, ConfChangeTransition, NodeId } from '../../src/raft/index.js';
import { makeMessage } from '../../src/raft/messages.js';
import { bytes, confState, entry, lone, Network } from './network.js';

function change(text: string, transition: ConfChangeTransition = 'auto'): ConfChange {
  const types = { v: 'add-voter', l: 'add-learner', r: 'remove', u: 'update' } as const;
  const steps = text.split(' ').map((word): ConfChangeStep => {
    const type = types[word.charAt(0) as keyof typeof types];
    return { type, id: Number(word.slice(1)) };
  });
  return { transition, steps, context: bytes('why') };
}

/** The configuration as every member sees it. */
function configurations(network: Network, ids: readonly NodeId[]): unknown[] {
  return ids.map((id) => network.node(id).confState);
}

describe('raft: configuration changes', () => {
  it('survive encoding and decoding, and leaving a joint configuration takes no bytes', () => {
    for (const each of [change('v3'), change('r1 v9007199254740991 l2', 'explicit'), change('u2 l4', 'implicit')]) {
      expect(decodeConfChange(encodeConfChange(each))).to.deep.equal(each);
    }
    expect(encodeConfChange(LEAVE_JOINT)).to.have.length(0);
    expect(decodeConfChange(new Uint8Array(0))).to.deep.equal(LEAVE_JOINT);
    const whole = encodeConfChange(change('v3'));
    for (const damaged of [whole.slice(0, 3), whole.slice(0, 8), Uint8Array.of(2, ...whole.slice(1))]) {
      expect(() => decodeConfChange(damaged))
        .to.throw()
        .with.property('name', 'ConfChangeFormatError');
    }
  });

  it('add a voter, which catches up and then counts (thesis, section 4.1)', () => {
    const network = new Network({ voters: [1] });
    network.elect(1);
    network.propose(1, 'a');
    network.join(2);
    network.node(1).proposeConfChange(change('v2'), { asV1: true });
    network.settle();
    expect(configurations(network, [1, 2])).to.deep.equal([confState([1, 2]), confState([1, 2])]);
    network.isolate(2);
    network.propose(1, 'b');
    expect(network.applied(1).at(-1), 'one of two is no majority').to.not.equal('b');
    network.heal();
    network.run(2);
    expect([network.applied(1).at(-1), network.applied(2).at(-1)]).to.deep.equal(['b', 'b']);
  });

  it('with several steps use a joint configuration, which is left automatically; with one step they do not (thesis, section 4.3)', () => {
    const network = new Network({ voters: [1, 2, 3] });
    network.elect(1);
    for (const id of [4, 5]) network.join(id);
    network.node(1).proposeConfChange(change('v4 r3 l5'));
    network.settle();
    const expected = confState([1, 2, 4], { learners: [5] });
    expect(configurations(network, [1, 2, 4, 5])).to.deep.equal([expected, expected, expected, expected]);
    expect(network.applied(1)).to.have.length(1);
  });

  it('with an explicit transition stay joint until another change, and need both majorities meanwhile (paper, section 6)', () => {
    const network = new Network({ voters: [1, 2, 3] });
    network.elect(1);
    for (const id of [4, 5]) network.join(id);
    network.node(1).proposeConfChange(change('r2 r3 v4 v5', 'explicit'));
    network.settle();
    expect(network.node(1).confState).to.deep.equal(confState([1, 4, 5], { votersOutgoing: [1, 2, 3] }));
    network.isolate(2);
    network.isolate(3);
    network.propose(1, 'x');
    expect(network.applied(1), 'the outgoing half has no majority').to.not.include('x');
    network.heal();
    network.run(2);
    expect(network.applied(1)).to.include('x');
    network.node(1).proposeConfChange(LEAVE_JOINT);
    network.settle();
    expect(network.node(1).confState).to.deep.equal(confState([1, 4, 5]));
  });

  for (const [half, away] of [
    ['old', [2, 3]],
    ['new', [4, 5]],
  ] as const) {
    it(`answer no read and elect no leader while the majority of the ${half} half is missing (paper, section 6)`, () => {
      const network = new Network({ voters: [1, 2, 3] });
      network.elect(1);
      for (const id of [4, 5]) network.join(id);
      network.node(1).proposeConfChange(change('r2 r3 v4 v5', 'explicit'));
      network.settle();
      for (const id of away) network.isolate(id);
      network.node(1).readIndex(bytes('r'));
      network.settle();
      expect(network.member(1).reads).to.deep.equal([]);
      const [present] = [2, 4].filter((id) => away.every((absent) => absent !== id));
      const challenger = network.node(present ?? 0);
      challenger.campaign();
      network.settle();
      expect(challenger.role).to.equal('candidate');
      network.heal();
      challenger.campaign();
      network.settle();
      expect(challenger.role).to.equal('leader');
    });
  }

  it('are replaced by empty entries while another is pending or the configuration is joint', () => {
    const network = lone(1, [1, 2, 3], {
      prepare: (storage) => {
        storage.append([entry(1, 1, 'old')]);
        storage.setHardState({ term: 1, vote: 0, commit: 0 });
      },
    });
    const { node } = network.member(1);
    node.campaign();
    network.process(1);
    node.step(makeMessage({ type: 'MsgVoteResp', to: 1, from: 2, term: 2 }));
    network.process(1);
    // Entries of earlier leaders may hold a change that is not applied yet.
    node.proposeConfChange(change('v4'));
    expect(network.process(1).entries).to.deep.equal([entry(2, 3)]);
    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 2, index: 3 }));
    network.process(1);
    node.proposeConfChange(change('v4', 'explicit'));
    node.proposeConfChange(change('v5'));
    const types = network.process(1).entries.map(({ type, data }) => [type, data.length > 0]);
    expect(types).to.deep.equal([
      ['conf-change-v2', true],
      ['normal', false],
    ]);
    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 2, index: 5 }));
    network.process(1);
    expect(node.confState.votersOutgoing).to.deep.equal([1, 2, 3]);
    node.proposeConfChange(change('v5'));
    expect(network.process(1).entries).to.deep.equal([entry(2, 6)]);
  });

  it('are all appended if the embedder checks them when it applies them', () => {
    const network = lone(1, [1], { config: { disableConfChangeValidation: true } });
    const { node } = network.member(1);
    node.campaign();
    network.process(1);
    node.proposeConfChange(LEAVE_JOINT);
    node.proposeConfChange(change('v2'));
    const types = node.ready().entries.map(({ type }) => type);
    expect(types).to.deep.equal(['normal', 'conf-change-v2', 'conf-change-v2']);
  });

  it('that do not decode are replaced by empty entries', () => {
    const network = new Network({ voters: [1, 2] });
    network.elect(1);
    const garbage = { term: 0, index: 0, type: 'conf-change-v2', data: bytes('?') } as const;
    network.node(1).step(makeMessage({ type: 'MsgProp', to: 1, from: 2, entries: [garbage] }));
    network.settle();
    expect(network.member(2).applied.at(-1)).to.deep.equal(entry(1, 2));
  });

  it('never remove all voters, nor change two voters at once without a joint configuration', () => {
    const network = new Network({ voters: [1, 2] });
    network.elect(1);
    const node = network.node(1);
    expect(() => node.applyConfChange(change('r1 r2', 'implicit'))).to.throw(ConfChangeError, 'removed all voters');
    expect(() => node.applyConfChange(LEAVE_JOINT)).to.throw(ConfChangeError);
    expect(node.allowsConfChange(change('r1 r2', 'implicit'))).to.equal(false);
    expect(node.confState, 'nothing has changed').to.deep.equal(confState([1, 2]));
    expect(node.allowsConfChange(change('r2'))).to.equal(true);
  });

  it('skip void steps', () => {
    // The core accepted node 0 as a voter, which no member can reach, so the group lost its majority.
    const network = new Network({ voters: [1] });
    network.elect(1);
    const { node } = network.member(1);
    expect(node.applyConfChange(change('v0 l0 r0', 'explicit')).voters).to.deep.equal([1]);
    expect(node.applyConfChange(LEAVE_JOINT), 'nothing else has come of it').to.deep.equal(confState([1]));
    expect(node.applyConfChange(change('v0'))).to.deep.equal(confState([1]));
  });

  it('without steps cannot enter a joint configuration', () => {
    const network = new Network({ voters: [1] });
    network.elect(1);
    const empty: ConfChange = { transition: 'explicit', steps: [], context: bytes('') };
    network.node(1).proposeConfChange(empty);
    network.settle();
    expect(network.member(1).applied.at(-1)).to.deep.equal(entry(1, 2));
    expect(network.node(1).confState).to.deep.equal(confState([1]));
  });

  it('make a demoted voter a learner when the joint configuration is left', () => {
    const network = new Network({ voters: [1, 2, 3] });
    network.elect(1);
    network.node(1).proposeConfChange(change('l3', 'explicit'));
    network.settle();
    const joint = confState([1, 2], { votersOutgoing: [1, 2, 3], learnersNext: [3] });
    expect(configurations(network, [1, 3])).to.deep.equal([joint, joint]);
    expect(network.node(1).status().progress.get(3)?.isLearner).to.equal(false);
    network.node(1).proposeConfChange(LEAVE_JOINT);
    network.settle();
    expect(network.node(3).confState).to.deep.equal(confState([1, 2], { learners: [3] }));
    expect(network.node(1).status().progress.get(3)?.isLearner).to.equal(true);
  });

  it('are completed by the next leader if the leader changes in a joint configuration', () => {
    const network = new Network({ voters: [1, 2, 3] });
    network.elect(1);
    network.join(4);
    const { node } = network.member(1);
    node.proposeConfChange(change('r3 v4'));
    // Only the entry that enters the joint configuration is replicated before the leader is isolated.
    while (network.node(2).confState.votersOutgoing.length === 0) {
      for (const id of [1, 2, 3, 4]) if (network.node(id).hasReady()) network.process(id);
      if (network.node(2).confState.votersOutgoing.length > 0) break;
      for (const id of [1, 2, 3, 4]) network.deliver(id);
    }
    network.isolate(1);
    network.settle();
    network.node(2).campaign();
    network.settle();
    network.run(3);
    expect(network.node(2).role).to.equal('leader');
    expect(network.node(2).confState).to.deep.equal(confState([1, 2, 4]));
  });

  it('let a removed leader lead until it is stopped, or step down at once with stepDownOnRemoval', () => {
    for (const stepDownOnRemoval of [false, true]) {
      const network = new Network({ voters: [1, 2, 3], config: { stepDownOnRemoval } });
      network.elect(1);
      network.node(1).proposeConfChange(change('r1'));
      network.settle();
      expect(network.node(1).role).to.equal(stepDownOnRemoval ? 'follower' : 'leader');
      expect(network.node(1).propose(bytes('x')).kind).to.equal('dropped');
      network.elect(2);
      network.propose(2, 'y');
      expect(network.applied(3)).to.include('y');
    }
  });

  it('commit entries that a smaller quorum has already, and cancel a transfer to a removed member', () => {
    const network = new Network({ voters: [1, 2, 3, 4] });
    network.elect(1);
    network.isolate(3);
    network.isolate(4);
    network.propose(1, 'x');
    const { node } = network.member(1);
    node.transferLeader(4);
    expect([node.commit, node.status().transferee], 'two of four').to.deep.equal([1, 4]);
    node.applyConfChange(change('r4'));
    expect([node.commit, node.status().transferee], 'two of three').to.deep.equal([2, 0]);
  });
});
