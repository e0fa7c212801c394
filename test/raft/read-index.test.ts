import { expect } from 'chai';
import { makeMessage } from '../../src/raft/messages.js';
import { bytes, entry, lone, Network, text } from './network.js';

const three = { voters: [1, 2, 3] };

function reads(network: Network, id: number): [index: number, context: string][] {
  return network.member(id).reads.map(({ index, context }) => [index, text(context)]);
}

describe('raft: ReadIndex (thesis, section 6.4)', () => {
  it('answers once a quorum has confirmed the leader after the read arrived', () => {
    const network = new Network(three);
    network.elect(1);
    network.propose(1, 'a');
    network.node(1).readIndex(bytes('r'));
    network.process(1);
    expect(reads(network, 1)).to.deep.equal([]);
    network.settle();
    expect(reads(network, 1)).to.deep.equal([[2, 'r']]);
  });

  it('does not answer without a quorum: a deposed leader must not serve stale data (etcd 741)', () => {
    const network = new Network(three);
    network.elect(1);
    network.isolate(1);
    network.node(1).readIndex(bytes('r'));
    network.elect(2);
    network.propose(2, 'new');
    network.settle();
    expect([network.node(1).role, reads(network, 1)]).to.deep.equal(['leader', []]);
    // The read of the earlier leadership is never answered, whatever arrives later: the client must repeat it.
    network.heal();
    network.tick(2);
    network.settle();
    expect([network.node(1).role, reads(network, 1)]).to.deep.equal(['follower', []]);
  });

  it('waits for the first commit of the term, and then answers with it (etcd 7331)', () => {
    // A new leader's commit index may be below an index that its predecessor acknowledged.
    const network = new Network(three);
    network.elect(1);
    network.cut(2, 1);
    network.cut(3, 1);
    network.propose(1, 'a');
    network.heal();
    network.isolate(1);
    network.ignore('MsgAppResp');
    network.elect(2);
    expect([network.node(2).commit, network.node(2).hasCommittedInTerm]).to.deep.equal([1, false]);
    network.node(2).readIndex(bytes('r'));
    network.tick(2);
    network.settle();
    expect(reads(network, 2)).to.deep.equal([]);
    network.heal();
    network.tick(2);
    network.settle();
    expect([network.node(2).commit, reads(network, 2)]).to.deep.equal([3, [[3, 'r']]]);
  });

  it('applies that rule to a lone voter, whose commit index on disk may be outdated', () => {
    const network = new Network({
      voters: [1],
      prepare: (storage) => {
        storage.append([entry(1, 1, 'acknowledged')]);
        storage.setHardState({ term: 1, vote: 1, commit: 0 });
      },
    });
    const { node } = network.member(1);
    node.campaign();
    network.process(1);
    expect(node.role).to.equal('leader');
    node.readIndex(bytes('r'));
    network.settle();
    expect(reads(network, 1)).to.deep.equal([[2, 'r']]);
    node.readIndex(bytes('s'));
    expect(network.process(1).readStates.map(({ index }) => index)).to.deep.equal([2]);
  });

  it('is forwarded by followers and learners, which receive the index', () => {
    const network = new Network({ voters: [1, 2], learners: [3] });
    network.elect(1);
    network.propose(1, 'a');
    for (const id of [2, 3]) network.node(id).readIndex(bytes(`r${id}`));
    network.settle();
    expect([1, 2, 3].map((id) => reads(network, id))).to.deep.equal([[], [[2, 'r2']], [[2, 'r3']]]);
  });

  it('is dropped without a leader', () => {
    const network = new Network(three);
    expect(network.node(1).readIndex(bytes('r'))).to.deep.equal({ kind: 'dropped', reason: 'no-leader' });
  });

  it('confirms all pending reads with one round', () => {
    const network = new Network(three);
    network.elect(1);
    network.sent.length = 0;
    for (let read = 0; read < 100; read += 1) network.node(1).readIndex(bytes(`r${read}`));
    network.node(2).readIndex(bytes('s'));
    network.process(2);
    network.deliver(1);
    network.settle();
    expect(network.sentOf('MsgHeartbeat').map(({ to, context }) => [to, text(context)])).to.deep.equal([
      [2, 's'],
      [3, 's'],
    ]);
    expect([reads(network, 1).length, reads(network, 2)]).to.deep.equal([100, [[1, 's']]]);
  });

  it('adds a read only to rounds that start after it arrived', () => {
    const network = lone(1, [1, 2, 3]);
    const { node } = network.member(1);
    node.campaign();
    network.process(1);
    node.step(makeMessage({ type: 'MsgVoteResp', to: 1, from: 2, term: 1 }));
    network.process(1);
    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 1 }));
    network.settle();
    const confirm = (from: number, context: string): void => {
      node.step(makeMessage({ type: 'MsgHeartbeatResp', to: 1, from, term: 1, context: bytes(context) }));
    };
    node.readIndex(bytes('first'));
    network.settle();
    node.readIndex(bytes('second'));
    confirm(2, 'first');
    network.settle();
    expect(reads(network, 1)).to.deep.equal([[1, 'first']]);
    confirm(3, 'first');
    network.settle();
    expect(reads(network, 1)).to.deep.equal([[1, 'first']]);
    confirm(3, 'second');
    network.settle();
    expect(reads(network, 1)).to.deep.equal([
      [1, 'first'],
      [1, 'second'],
    ]);
  });

  it('does not count the answer of a learner', () => {
    const network = new Network({ voters: [1, 2, 3], learners: [4] });
    network.elect(1);
    for (const id of [2, 3]) network.isolate(id);
    network.node(1).readIndex(bytes('r'));
    network.settle();
    expect(reads(network, 1)).to.deep.equal([]);
  });

  it('repeats a lost round with the next heartbeat', () => {
    const network = new Network(three);
    network.elect(1);
    network.isolate(1);
    network.node(1).readIndex(bytes('r'));
    network.settle();
    network.heal();
    network.tick(1);
    network.settle();
    expect(reads(network, 1)).to.deep.equal([[1, 'r']]);
  });

  it('drops pending reads when the leader steps down, also if it is elected again', () => {
    const network = new Network(three);
    network.elect(1);
    network.isolate(1);
    network.node(1).readIndex(bytes('r'));
    network.settle();
    network.heal();
    network.elect(2);
    network.elect(1);
    network.tick(1);
    network.settle();
    expect(reads(network, 1)).to.deep.equal([]);
  });

  it('bounds pending reads, and frees their places when they are answered', () => {
    const network = new Network({ ...three, config: { maxPendingReads: 2 } });
    network.elect(1);
    const ask = (context: string): string => network.node(1).readIndex(bytes(context)).kind;
    expect([ask('a'), ask('b'), ask('c')]).to.deep.equal(['ok', 'ok', 'dropped']);
    network.settle();
    expect([ask('d'), ask('e'), ask('f')]).to.deep.equal(['ok', 'ok', 'dropped']);
  });

  it('drops answers from before a leader change (etcd 20418)', () => {
    const network = lone(1, [1, 2, 3]);
    const { node } = network.member(1);
    node.step(makeMessage({ type: 'MsgHeartbeat', to: 1, from: 2, term: 1 }));
    network.process(1);
    node.step(makeMessage({ type: 'MsgReadIndexResp', to: 1, from: 2, term: 1, index: 0, context: bytes('r') }));
    node.step(makeMessage({ type: 'MsgHeartbeat', to: 1, from: 3, term: 2 }));
    expect(network.process(1).readStates).to.deep.equal([]);
  });

  it('is answered at once with lease-based reads, until a transfer begins in the term', () => {
    const network = lone(1, [1, 2, 3], { config: { readOnlyOption: 'lease-based', checkQuorum: true } });
    const { node } = network.member(1);
    node.campaign();
    network.process(1);
    node.step(makeMessage({ type: 'MsgVoteResp', to: 1, from: 2, term: 1 }));
    network.process(1);
    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 1 }));
    network.process(1);
    node.readIndex(bytes('r'));
    expect(network.process(1).readStates.map(({ index }) => index)).to.deep.equal([1]);
    node.transferLeader(3);
    // A TimeoutNow in flight can depose this leader at any time, even after the transfer was aborted.
    node.transferLeader(1);
    expect(node.status().transferee).to.equal(0);
    node.readIndex(bytes('s'));
    expect(network.process(1).readStates).to.deep.equal([]);
    node.step(makeMessage({ type: 'MsgHeartbeatResp', to: 1, from: 2, term: 1, context: bytes('s') }));
    expect(network.process(1).readStates.map(({ index }) => index)).to.deep.equal([1]);
  });

  it('keeps followers from forgetting a live leader with lease-based reads', () => {
    for (const readOnlyOption of ['safe', 'lease-based'] as const) {
      const network = new Network({ ...three, config: { readOnlyOption, checkQuorum: true } });
      network.elect(1);
      network.node(2).forgetLeader();
      expect(network.node(2).leader, readOnlyOption).to.equal(readOnlyOption === 'safe' ? 0 : 1);
    }
  });
});
