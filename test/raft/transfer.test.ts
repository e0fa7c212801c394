import { expect } from 'chai';
import type { Outcome } from '../../src/raft/index.js';
import { makeMessage } from '../../src/raft/messages.js';
import { bytes, lone, Network } from './network.js';

const three = { voters: [1, 2, 3], config: { electionTicks: 5, checkQuorum: true, preVote: true } };

function roles(network: Network): string[] {
  return [...network.members.keys()].map((id) => network.node(id).role);
}

function started(): Network {
  const network = new Network(three);
  network.elect(1);
  network.propose(1, 'a');
  return network;
}

describe('raft: leadership transfer (thesis, section 3.10)', () => {
  it('elects an up-to-date target at once, although the others still hear the leader', () => {
    const network = started();
    network.node(1).transferLeader(2);
    network.settle();
    expect([roles(network), network.node(2).term]).to.deep.equal([['follower', 'leader', 'follower'], 2]);
  });

  it('brings a slow member up to date first', () => {
    const network = started();
    network.isolate(3);
    network.propose(1, 'b', 'c');
    network.heal();
    network.node(1).transferLeader(3);
    network.settle();
    // Messages sent during the partition are lost; a rejected empty append or a heartbeat response reveals it.
    network.tick(1);
    network.settle();
    expect([roles(network), network.applied(3)]).to.deep.equal([
      ['follower', 'follower', 'leader'],
      ['a', 'b', 'c'],
    ]);
  });

  it('brings a member that needs a snapshot up to date first', () => {
    const network = started();
    network.isolate(3);
    network.propose(1, 'b', 'c');
    const { storage, node } = network.member(1);
    storage.createSnapshot(node.applied, node.status().config, bytes('state'));
    storage.compact(node.applied);
    network.heal();
    node.transferLeader(3);
    network.settle();
    network.tick(1);
    network.settle();
    expect([roles(network), network.node(3).term]).to.deep.equal([['follower', 'follower', 'leader'], 2]);
  });

  it('can be requested from a follower', () => {
    const network = started();
    network.node(3).transferLeader(2);
    network.settle();
    expect(roles(network)).to.deep.equal(['follower', 'leader', 'follower']);
  });

  it('drops proposals meanwhile, and gives up after an election timeout', () => {
    const network = started();
    network.cut(1, 2);
    network.node(1).transferLeader(2);
    network.settle();
    const refusal: Outcome = { kind: 'dropped', reason: 'transferring' };
    expect([network.node(1).propose(bytes('b')), network.node(1).status().transferee]).to.deep.equal([refusal, 2]);
    for (let tick = 0; tick < 5; tick += 1) {
      network.tick(1);
      network.settle();
    }
    expect([network.node(1).role, network.node(1).status().transferee]).to.deep.equal(['leader', 0]);
    network.propose(1, 'b');
    expect(network.applied(3)).to.deep.equal(['a', 'b']);
  });

  it('to itself, a learner or an unknown node has no effect', () => {
    const network = new Network({ voters: [1, 2], learners: [3] });
    network.elect(1);
    const outcomes = [1, 3, 9].map((to) => network.node(1).transferLeader(to));
    const refusal: Outcome = { kind: 'dropped', reason: 'not-a-voter' };
    expect([outcomes, network.node(1).status().transferee]).to.deep.equal([[{ kind: 'ok' }, refusal, refusal], 0]);
    expect(network.node(1).propose(bytes('a'))).to.deep.equal({ kind: 'ok' });
  });

  it('follows the newest request, and ignores a repeated one', () => {
    const network = started();
    for (const id of [2, 3]) network.cut(1, id);
    network.node(1).transferLeader(2);
    network.node(1).transferLeader(2);
    network.settle();
    expect(network.sentOf('MsgTimeoutNow').map(({ to }) => to)).to.deep.equal([2]);
    network.node(1).transferLeader(3);
    expect(network.node(1).status().transferee).to.equal(3);
    network.node(1).transferLeader(1);
    expect(network.node(1).status().transferee).to.equal(0);
  });

  it('ends when the leader steps down', () => {
    const network = started();
    network.isolate(1);
    network.node(1).transferLeader(2);
    network.tick(1, 10);
    expect([network.node(1).role, network.node(1).status().transferee]).to.deep.equal(['follower', 0]);
  });

  it('makes the target campaign without a pre-vote, and voters grant votes although they hear a leader', () => {
    const network = lone(2, [1, 2, 3], { config: { preVote: true } });
    network.node(2).step(makeMessage({ type: 'MsgHeartbeat', to: 2, from: 1, term: 1 }));
    network.process(2);
    network.node(2).step(makeMessage({ type: 'MsgTimeoutNow', to: 2, from: 1, term: 1 }));
    const requests = network.process(2).messagesAfterAppend;
    expect(requests.map(({ type, term, context }) => [type, term, context.length > 0])).to.deep.equal(
      Array.from({ length: 2 }, () => ['MsgVote', 2, true]),
    );
  });

  it('does not make a learner campaign', () => {
    const network = new Network({ voters: [1, 2], learners: [3] });
    network.elect(1);
    network.node(3).step(makeMessage({ type: 'MsgTimeoutNow', to: 3, from: 1, term: 1 }));
    expect(network.node(3).role).to.equal('follower');
  });
});
