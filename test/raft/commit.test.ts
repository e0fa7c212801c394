import { expect } from 'chai';
import { RawNode, MemoryStorage } from '../../src/raft/index.js';
import { makeMessage } from '../../src/raft/messages.js';
import { seededRandom } from '../../src/util/random.js';
import { brief, bytes, confState, entry, lone, Network } from './network.js';

describe('raft: commit', () => {
  it('commits entries of earlier terms with the no-op of a new term (paper, section 8)', () => {
    const network = new Network({
      voters: [1, 2, 3],
      prepare: (storage, id) => {
        if (id !== 3) storage.append([entry(1, 1, 'old')]);
        storage.setHardState({ term: 1, vote: 0, commit: 0 });
      },
    });
    network.elect(1);
    expect([1, 2, 3].map((id) => network.applied(id))).to.deep.equal([['old'], ['old'], ['old']]);
    expect(network.log(1)).to.deep.equal(['1:old', '2:']);
  });

  it('does not commit an entry of an earlier term by counting copies (paper, section 5.4.2 and figure 8)', () => {
    const network = lone(1, [1, 2, 3, 4, 5], {
      prepare: (storage) => {
        storage.append([entry(1, 1), entry(2, 2)]);
        storage.setHardState({ term: 3, vote: 0, commit: 1 });
      },
    });
    const { node } = network.member(1);
    const hear = (type: 'MsgVoteResp' | 'MsgAppResp', from: number, index = 0): void => {
      node.step(makeMessage({ type, to: 1, from, term: 4, index }));
    };
    node.campaign();
    network.process(1);
    hear('MsgVoteResp', 2);
    hear('MsgVoteResp', 3);
    network.process(1);
    // Figure 8, (c): the entry of term 2 is on a majority, but a leader of a later term could replace it.
    for (const from of [2, 3]) hear('MsgAppResp', from, 2);
    expect([node.role, node.commit, node.hasCommittedInTerm]).to.deep.equal(['leader', 1, false]);
    // Figure 8, (e): once an entry of its own term is on a majority, all entries before it are committed too.
    for (const from of [2, 3]) hear('MsgAppResp', from, 3);
    expect([node.commit, node.hasCommittedInTerm]).to.deep.equal([3, true]);
  });

  it('counts the leader only once its own write is durable (thesis, section 10.2.1)', () => {
    const network = lone(1, [1, 2, 3]);
    const { node } = network.member(1);
    node.campaign();
    network.process(1);
    node.step(makeMessage({ type: 'MsgVoteResp', to: 1, from: 2, term: 1 }));
    node.ready();
    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 1 }));
    expect(node.commit).to.equal(0);
    // A majority of followers commits before the leader's own write.
    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 3, term: 1, index: 1 }));
    expect(node.commit).to.equal(1);
    node.advance();
    expect(node.commit).to.equal(1);
  });

  it('sends followers a new commit index at once', () => {
    const network = new Network({ voters: [1, 2, 3] });
    network.elect(1);
    network.node(1).propose(bytes('a'));
    network.process(1);
    for (const id of [2, 3]) network.deliver(id);
    for (const id of [2, 3]) network.process(id);
    network.deliver(1);
    const { messages, committedEntries } = network.process(1);
    expect(brief(committedEntries)).to.deep.equal(['1:a']);
    expect(messages.map(({ type, to, commit }) => [type, to, commit])).to.deep.equal([
      ['MsgApp', 2, 2],
      ['MsgApp', 3, 2],
    ]);
  });

  it("sets a follower's commit index to min(leader commit, last new entry) (paper, figure 2, AppendEntries step 5)", () => {
    const commitAfter = (index: number, count: number, commit: number): number => {
      // Entries after the new ones may differ from the leader's log, so they must not be committed.
      const network = lone(1, [1, 2], { prepare: (storage) => storage.append([1, 2, 3, 4].map((at) => entry(1, at))) });
      const entries = Array.from({ length: count }, (_, position) => entry(1, index + 1 + position));
      const logTerm = index === 0 ? 0 : 1;
      network.node(1).step(makeMessage({ type: 'MsgApp', to: 1, from: 2, term: 2, index, logTerm, entries, commit }));
      return network.node(1).commit;
    };
    expect([commitAfter(2, 1, 4), commitAfter(2, 0, 4), commitAfter(2, 2, 3), commitAfter(3, 2, 9)]).to.deep.equal([
      3, 2, 3, 5,
    ]);
  });

  /**
   * The newest record of a follower's log was damaged, which looks like a torn write, so the follower restarted without
   * an entry that it had acknowledged. It then received the commit index and stopped, as it must, but with a failed
   * assertion ("commit 64 is past the end 63") that blamed the program instead of the disk.
   */
  it('stops a follower that has lost acknowledged entries, with advice', () => {
    const { node } = lone(1, [1, 2], { prepare: (storage) => storage.append([entry(1, 1)]) }).member(1);
    const heartbeat = makeMessage({ type: 'MsgHeartbeat', to: 1, from: 2, term: 1, commit: 2 });
    expect(() => node.step(heartbeat))
      .to.throw(
        Error,
        /^the log ends at 1, but this member has acknowledged entries up to 2: .* rebuilt from its peers/,
      )
      .with.property('name', 'Error');
  });

  it("limits the commit index of a heartbeat to the follower's match", () => {
    const network = new Network({ voters: [1, 2, 3] });
    network.elect(1);
    network.cut(1, 3);
    network.propose(1, 'a', 'b');
    network.sent.length = 0;
    network.tick(1);
    network.process(1);
    expect(network.sentOf('MsgHeartbeat').map(({ to, commit }) => [to, commit])).to.deep.equal([
      [2, 3],
      [3, 1],
    ]);
  });

  it('reports the smallest match of all members, including learners, as minMatch', () => {
    const network = new Network({ voters: [1, 2, 3], learners: [4] });
    network.elect(1);
    network.cut(1, 4);
    network.propose(1, 'a');
    expect([network.node(1).minMatch, network.node(2).minMatch, network.node(1).commit]).to.deep.equal([1, 0, 2]);
    network.heal();
    network.tick(1);
    network.settle();
    expect(network.node(1).minMatch).to.equal(2);
  });

  it('does not count entries in minMatch that the leader is still writing', () => {
    // Logs are compacted up to minMatch. This member leads by the votes of others while its disk is still writing an
    // entry; if it crashed now, no member might have that entry to send to it.
    const network = lone(1, [1, 2, 3]);
    const { node, storage } = network.member(1);
    node.step(makeMessage({ type: 'MsgApp', to: 1, from: 2, term: 1, entries: [entry(1, 1)] }));
    const writing = node.ready();
    node.campaign();
    for (const from of [2, 3]) node.step(makeMessage({ type: 'MsgVoteResp', to: 1, from, term: 2 }));
    expect(node.role).to.equal('leader');
    for (const from of [2, 3]) node.step(makeMessage({ type: 'MsgAppResp', to: 1, from, term: 2, index: 1 }));
    expect(node.minMatch).to.equal(0);
    storage.append(writing.entries);
    node.advance();
    expect(node.minMatch).to.equal(1);
  });

  it('hands out committed entries in pages without gaps', () => {
    const storage = new MemoryStorage({ confState: confState([1]) });
    storage.append(['aa', 'bb', 'cccccc', 'd'].map((data, position) => entry(1, position + 1, data)));
    storage.setHardState({ term: 1, vote: 1, commit: 4 });
    const node = new RawNode({ id: 1, storage, random: seededRandom(1), maxCommittedBytesPerReady: 20 });
    const pages: string[][] = [];
    while (node.hasReady()) {
      pages.push(brief(node.ready().committedEntries));
      node.advance();
    }
    expect(pages).to.deep.equal([['1:aa', '1:bb'], ['1:cccccc'], ['1:d']]);
  });

  it('waits for the applier if the embedder reports progress, with the same bound', () => {
    const storage = new MemoryStorage({ confState: confState([1]) });
    storage.append(['aa', 'bb', 'cc'].map((data, position) => entry(1, position + 1, data)));
    storage.setHardState({ term: 1, vote: 1, commit: 3 });
    const options = { id: 1, storage, random: seededRandom(1), maxCommittedBytesPerReady: 20, applyOnAdvance: false };
    const node = new RawNode(options);
    expect(brief(node.ready().committedEntries)).to.deep.equal(['1:aa', '1:bb']);
    node.advance();
    expect([node.hasReady(), node.applied]).to.deep.equal([false, 0]);
    expect(() => node.appliedTo(3)).to.throw('only 2 was handed over');
    node.appliedTo(1);
    expect([node.hasReady(), node.applied]).to.deep.equal([false, 1]);
    node.appliedTo(2);
    expect([node.hasReady({ committed: false }), node.hasReady(), node.applied]).to.deep.equal([false, true, 2]);
    expect(brief(node.ready({ committed: false }).committedEntries)).to.deep.equal([]);
    node.advance();
    expect(brief(node.ready().committedEntries)).to.deep.equal(['1:cc']);
  });

  it('continues at the applied index after a restart, without gap or repetition', () => {
    const first = (commit: number, applied: number): string[] => {
      const storage = new MemoryStorage({ confState: confState([1, 2]) });
      storage.append(['a', 'b', 'c'].map((data, position) => entry(1, position + 1, data)));
      storage.setHardState({ term: 1, vote: 0, commit });
      const node = new RawNode({ id: 1, storage, random: seededRandom(1), applied });
      return node.hasReady() ? brief(node.ready().committedEntries) : [];
    };
    // The commit index is not synced by itself, so after a restart it may be below the applied index.
    expect([first(3, 0), first(3, 2), first(3, 3), first(1, 2)]).to.deep.equal([
      ['1:a', '1:b', '1:c'],
      ['1:c'],
      [],
      [],
    ]);
  });

  it('refuses to start on a log that has lost committed entries', () => {
    const storage = new MemoryStorage({ confState: confState([1, 2]) });
    storage.append([entry(1, 1)]);
    storage.setHardState({ term: 1, vote: 0, commit: 2 });
    expect(() => new RawNode({ id: 1, storage, random: seededRandom(1) })).to.throw('the log ends at 1');
  });
});
