import { expect } from 'chai';
import { makeMessage } from '../../src/raft/messages.js';
import { Inflights } from '../../src/raft/tracker/inflights.js';
import { Progress } from '../../src/raft/tracker/progress.js';
import { brief, bytes, lone, Network } from './network.js';

const unlimited = { messages: Infinity, bytes: Infinity };

/** A leader with two followers played by the test; both have acknowledged the first entry. */
function leader(config: object = {}): Network {
  const network = lone(1, [1, 2, 3], { config });
  const { node } = network.member(1);
  node.campaign();
  network.process(1);
  node.step(makeMessage({ type: 'MsgVoteResp', to: 1, from: 2, term: 1 }));
  network.process(1);
  for (const from of [2, 3]) node.step(makeMessage({ type: 'MsgAppResp', to: 1, from, term: 1, index: 1 }));
  network.settle();
  return network;
}

function appendsTo(network: Network, id: number): string[][] {
  const { messages } = network.process(1);
  return messages.filter(({ to, type }) => to === id && type === 'MsgApp').map(({ entries }) => brief(entries));
}

describe('raft: flow to a follower (thesis, section 10.2.2)', () => {
  it('sends one append at a time while it probes, and many once the logs match', () => {
    const network = leader();
    const { node } = network.member(1);
    node.reportUnreachable(2);
    for (const data of ['a', 'b', 'c']) node.propose(bytes(data));
    expect(appendsTo(network, 2)).to.deep.equal([['1:a']]);
    expect(node.status().progress.get(2)).to.include({ state: 'probe', paused: true, match: 1, next: 2 });
    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 2 }));
    expect(appendsTo(network, 2)).to.deep.equal([['1:b', '1:c']]);
    expect(node.status().progress.get(2)).to.include({ state: 'replicate', match: 2, next: 5 });
  });

  it('stops at the bound on unanswered appends, and continues with the answers', () => {
    const network = leader({ maxInflightMessages: 2 });
    const { node } = network.member(1);
    for (const data of ['a', 'b', 'c', 'd']) node.propose(bytes(data));
    expect(appendsTo(network, 2)).to.deep.equal([['1:a'], ['1:b']]);
    expect(node.status().progress.get(2)).to.include({ paused: true, inflightMessages: 2, inflightBytes: 2 });
    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 2 }));
    // The commit index is sent at once, with the entries that fit into the window.
    expect(appendsTo(network, 2)).to.deep.equal([['1:c', '1:d']]);
  });

  it('stops at the bound on unanswered bytes', () => {
    const network = leader({ maxInflightBytes: 5, maxMessageBytes: 5 });
    const { node } = network.member(1);
    for (const data of ['aaa', 'bbb', 'ccc']) node.propose(bytes(data));
    expect(appendsTo(network, 2)).to.deep.equal([['1:aaa'], ['1:bbb']]);
    expect(node.status().progress.get(2)).to.include({ paused: true, inflightBytes: 6 });
  });

  it('sends an empty append through a full window on a heartbeat answer, to detect lost appends', () => {
    const network = leader({ maxInflightMessages: 1 });
    const { node } = network.member(1);
    for (const data of ['a', 'b']) node.propose(bytes(data));
    expect(appendsTo(network, 2)).to.deep.equal([['1:a']]);
    node.step(makeMessage({ type: 'MsgHeartbeatResp', to: 1, from: 2, term: 1 }));
    expect(appendsTo(network, 2)).to.deep.equal([[]]);
    node.step(
      makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 2, reject: true, rejectHint: 1, logTerm: 1 }),
    );
    expect(appendsTo(network, 2)).to.deep.equal([['1:a', '1:b']]);
  });

  it('sends one append for all answers to heartbeats that come at once', () => {
    // A follower that had been stopped for 30 s answered 300 heartbeats at once, and got the same append of 1 MB for each: the
    // leader read 150 MB from its log in one turn of half a second. Ten minutes would have been 3 GB.
    const network = leader();
    const { node } = network.member(1);
    node.reportUnreachable(2);
    for (const data of ['a', 'b']) node.propose(bytes(data));
    expect(appendsTo(network, 2)).to.deep.equal([['1:a']]);
    const answer = makeMessage({ type: 'MsgHeartbeatResp', to: 1, from: 2, term: 1 });
    for (let count = 0; count < 300; count++) node.step(answer);
    expect(appendsTo(network, 2)).to.deep.equal([['1:a', '1:b']]);
    network.tick(1);
    expect(appendsTo(network, 2)).to.deep.equal([]);
    node.step(answer);
    expect(appendsTo(network, 2), 'after another heartbeat').to.deep.equal([['1:a', '1:b']]);
  });

  it('ends a probe on a repeated acknowledgement', () => {
    // The answer to a probe was lost, and the follower repeats a match that the leader knows. Sending must resume.
    const network = leader();
    const { node } = network.member(1);
    node.reportUnreachable(2);
    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 1 }));
    expect(node.status().progress.get(2)).to.include({ state: 'replicate', match: 1, next: 2 });
  });

  it('ignores an acknowledgement past the end of its log', () => {
    const network = leader();
    network.node(1).step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 99 }));
    expect([network.node(1).commit, network.node(1).status().progress.get(2)?.match]).to.deep.equal([1, 1]);
  });

  it('sends a snapshot if the log was cut, waits for it, and continues behind it (paper, section 7)', () => {
    const network = new Network({ voters: [1, 2, 3] });
    network.elect(1);
    network.isolate(3);
    network.propose(1, 'a', 'b', 'c');
    const { storage, node } = network.member(1);
    storage.createSnapshot(4, node.status().config, bytes('state'));
    storage.compact(4);
    network.heal();
    network.ignore('MsgSnap');
    network.tick(1);
    network.settle();
    expect(node.status().progress.get(3)).to.include({ state: 'snapshot', paused: true, pendingSnapshot: 4 });
    network.propose(1, 'd');
    expect(network.log(3)).to.deep.equal(['1:']);
    network.heal();
    node.reportSnapshot(3, 'failed');
    network.tick(1);
    network.settle();
    expect(node.status().progress.get(3)).to.include({ state: 'replicate', match: 5 });
    expect([network.log(3), network.applied(3), network.node(3).commit]).to.deep.equal([['1:d'], ['d'], 5]);
  });

  it('sends another snapshot if the log was cut past the last one meanwhile', () => {
    // Found by chaos seed 27: the follower acknowledged the snapshot at 3, but the leader's log then began at 5. The
    // acknowledgement matched neither the log nor a report of the transport, and the leader never sent to the follower
    // again.
    const network = new Network({ voters: [1, 2, 3] });
    network.elect(1);
    network.isolate(3);
    network.propose(1, 'a', 'b');
    const { storage, node } = network.member(1);
    const cut = (index: number): void => {
      storage.createSnapshot(index, node.status().config, bytes(`state at ${index}`));
      storage.compact(index);
    };
    cut(3);
    node.reportUnreachable(3);
    network.heal();
    network.tick(1);
    // Heartbeat, answer, snapshot, and its acknowledgement, which arrives after the next compaction.
    for (const id of [1, 3, 1, 3]) {
      network.deliver(id);
      network.process(id);
    }
    expect(node.status().progress.get(3)).to.include({ state: 'snapshot', pendingSnapshot: 3 });
    node.propose(bytes('c'));
    network.process(1);
    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 4 }));
    network.process(1);
    cut(4);
    network.settle();
    expect(node.status().progress.get(3)).to.include({ state: 'replicate', match: 4 });
  });

  it('only advances match, and keeps next above it', () => {
    const progress = new Progress({ match: 3, next: 8, isLearner: false, limits: unlimited });
    const seen = [
      progress.acknowledge(3),
      progress.refuse(9, 5),
      progress.refuse(7, 1),
      progress.next,
      progress.acknowledge(5),
      progress.next,
    ];
    expect(seen).to.deep.equal([false, false, true, 4, true, 6]);
    progress.becomeReplicate();
    progress.sentEntries(4, 10);
    expect([progress.next, progress.refuse(5, 5), progress.refuse(8, 2), progress.next]).to.deep.equal([
      10,
      false,
      true,
      6,
    ]);
  });

  it('counts unanswered messages and bytes', () => {
    const inflights = new Inflights({ messages: 100, bytes: 50 });
    for (let index = 1; index <= 90; index += 1) {
      inflights.add(index, 1);
      if (index > 2) inflights.release(index - 2);
    }
    expect([inflights.count, inflights.bytes, inflights.full]).to.deep.equal([2, 2, false]);
    inflights.add(95, 48);
    expect([inflights.count, inflights.bytes, inflights.full]).to.deep.equal([3, 50, true]);
    expect(() => inflights.add(95, 1)).to.throw('window index 95 after 95');
    inflights.release(95);
    expect([inflights.count, inflights.bytes]).to.deep.equal([0, 0]);
  });
});
