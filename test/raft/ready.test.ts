import { expect } from 'chai';
import type { Message, Ready } from '../../src/raft/index.js';
import { makeMessage } from '../../src/raft/messages.js';
import { brief, bytes, entry, lone, Network } from './network.js';

/** An empty Ready with the given fields replaced. */
function ready(fields: Partial<Ready>): Ready {
  return {
    softState: undefined,
    hardState: undefined,
    readStates: [],
    entries: [],
    snapshot: undefined,
    committedEntries: [],
    messages: [],
    messagesAfterAppend: [],
    mustSync: false,
    ...fields,
  };
}

const fromOne = (fields: Parameters<typeof makeMessage>[0]): Message => makeMessage({ from: 1, term: 1, ...fields });

/** A message of a leader of a later term that replaces the log from an index on. */
function replace(from: number, term: number, logTerm: number, ...data: string[]): Message {
  const entries = data.map((each, position) => entry(term, from + position, each));
  return makeMessage({ type: 'MsgApp', to: 1, from: term, term, index: from - 1, logTerm, entries });
}

describe('raft: Ready', () => {
  it('has all work of a leader at each step of an election and a write', () => {
    const network = lone(1, [1, 2]);
    const { node } = network.member(1);
    expect(node.hasReady()).to.equal(false);

    node.campaign();
    expect(network.process(1), 'candidate').to.deep.equal(
      ready({
        softState: { leader: 0, role: 'candidate' },
        hardState: { term: 1, vote: 1, commit: 0 },
        messagesAfterAppend: [fromOne({ type: 'MsgVote', to: 2 })],
        mustSync: true,
      }),
    );

    node.step(makeMessage({ type: 'MsgVoteResp', to: 1, from: 2, term: 1 }));
    expect(network.process(1), 'leader').to.deep.equal(
      ready({
        softState: { leader: 1, role: 'leader' },
        entries: [entry(1, 1)],
        messages: [fromOne({ type: 'MsgApp', to: 2, entries: [entry(1, 1)] })],
        mustSync: true,
      }),
    );

    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 1 }));
    node.propose(bytes('a'));
    expect(network.process(1), 'commit and append').to.deep.equal(
      ready({
        hardState: { term: 1, vote: 1, commit: 1 },
        entries: [entry(1, 2, 'a')],
        committedEntries: [entry(1, 1)],
        messages: [
          fromOne({ type: 'MsgApp', to: 2, index: 1, logTerm: 1, commit: 1 }),
          fromOne({ type: 'MsgApp', to: 2, index: 1, logTerm: 1, commit: 1, entries: [entry(1, 2, 'a')] }),
        ],
        mustSync: true,
      }),
    );

    node.step(makeMessage({ type: 'MsgAppResp', to: 1, from: 2, term: 1, index: 2 }));
    expect(network.process(1), 'commit alone').to.deep.equal(
      ready({
        hardState: { term: 1, vote: 1, commit: 2 },
        committedEntries: [entry(1, 2, 'a')],
        messages: [fromOne({ type: 'MsgApp', to: 2, index: 2, logTerm: 1, commit: 2 })],
      }),
    );

    node.readIndex(bytes('r'));
    expect(network.process(1), 'read').to.deep.equal(
      ready({ messages: [fromOne({ type: 'MsgHeartbeat', to: 2, commit: 2, context: bytes('r') })] }),
    );
    node.step(makeMessage({ type: 'MsgHeartbeatResp', to: 1, from: 2, term: 1, context: bytes('r') }));
    expect(network.process(1), 'answer').to.deep.equal(ready({ readStates: [{ index: 2, context: bytes('r') }] }));
    expect(node.hasReady()).to.equal(false);
  });

  /**
   * Vote requests were sent before the write. A follower that had received an entry campaigned before the entry was on
   * its disk, and a voter that held the committed entry granted its vote. The follower crashed and lost the entry, the
   * term and its own vote. It campaigned in that term again; the earlier vote arrived now, and it led without the
   * committed entry. (A pre-vote would have prevented this, but pre-vote is optional.)
   */
  it('sends vote requests only after the entries that they state are durable', () => {
    const network = lone(1, [1, 2, 3], { config: { preVote: false } });
    const { node } = network.member(1);
    node.step(makeMessage({ type: 'MsgApp', to: 1, from: 2, term: 1, entries: [entry(1, 1, 'committed')] }));
    node.campaign();
    const { entries, messages, messagesAfterAppend } = node.ready();
    expect(brief(entries)).to.deep.equal(['1:committed']);
    expect(messages).to.deep.equal([]);
    expect(messagesAfterAppend.map(({ type, to, index }) => [type, to, index])).to.deep.equal([
      ['MsgAppResp', 2, 1],
      ['MsgVote', 2, 1],
      ['MsgVote', 3, 1],
    ]);
  });

  it('has all work of a follower: vote, append and heartbeat', () => {
    const network = lone(2, [1, 2]);
    const { node } = network.member(2);
    const fromTwo = (fields: Omit<Parameters<typeof makeMessage>[0], 'to'>): Message =>
      makeMessage({ to: 1, from: 2, term: 1, ...fields });

    node.step(fromOne({ type: 'MsgVote', to: 2 }));
    expect(network.process(2), 'vote').to.deep.equal(
      ready({
        hardState: { term: 1, vote: 1, commit: 0 },
        messagesAfterAppend: [fromTwo({ type: 'MsgVoteResp' })],
        mustSync: true,
      }),
    );

    node.step(fromOne({ type: 'MsgApp', to: 2, entries: [entry(1, 1), entry(1, 2, 'a')], commit: 1 }));
    expect(network.process(2), 'append').to.deep.equal(
      ready({
        softState: { leader: 1, role: 'follower' },
        hardState: { term: 1, vote: 1, commit: 1 },
        entries: [entry(1, 1), entry(1, 2, 'a')],
        committedEntries: [entry(1, 1)],
        messagesAfterAppend: [fromTwo({ type: 'MsgAppResp', index: 2 })],
        mustSync: true,
      }),
    );

    node.step(fromOne({ type: 'MsgHeartbeat', to: 2, commit: 2 }));
    expect(network.process(2), 'heartbeat').to.deep.equal(
      ready({
        hardState: { term: 1, vote: 1, commit: 2 },
        committedEntries: [entry(1, 2, 'a')],
        messages: [fromTwo({ type: 'MsgHeartbeatResp' })],
      }),
    );
  });

  it('collects further work while one is outstanding', () => {
    const network = new Network({ voters: [1, 2] });
    network.elect(1);
    const { node, storage } = network.member(1);
    node.propose(bytes('a'));
    const first = node.ready();
    for (const data of ['b', 'c']) node.propose(bytes(data));
    node.tick();
    expect(node.hasReady()).to.equal(false);
    expect(() => node.ready()).to.throw('a Ready is outstanding');
    storage.append(first.entries);
    node.advance();
    expect(() => {
      node.advance();
    }).to.throw('advance without a Ready');
    const second = node.ready();
    expect([first.entries, second.entries].map(brief)).to.deep.equal([['1:a'], ['1:b', '1:c']]);
    expect(second.messages.map(({ type }) => type)).to.deep.equal(['MsgApp', 'MsgApp', 'MsgHeartbeat']);
  });

  it('writes entries again that a new leader replaced during their write', () => {
    const network = lone(1, [1, 2, 3, 4]);
    const { node, storage } = network.member(1);
    node.step(replace(1, 2, 0, 'a', 'b', 'c'));
    const first = node.ready();
    node.step(replace(2, 3, 2, 'x'));
    storage.append(first.entries);
    // This acknowledges 2/3 "c", which was replaced by 3/2 "x", an entry that is not on disk.
    node.advance();
    const second = network.process(1);
    expect([brief(first.entries), brief(second.entries)]).to.deep.equal([['2:a', '2:b', '2:c'], ['3:x']]);
    expect(second.messagesAfterAppend.map(({ index, term }) => [index, term])).to.deep.equal([[2, 3]]);
    expect([network.log(1), node.lastIndex]).to.deep.equal([['2:a', '3:x'], 2]);
  });

  it('does not take the completed write of one entry for that of another at the same index (ABA)', () => {
    // The same index was written, replaced and written again: only the term tells the two entries apart.
    const network = lone(1, [1, 2, 3, 4]);
    const { node, storage } = network.member(1);
    node.step(replace(1, 2, 0, 'a', 'b'));
    const first = node.ready();
    node.step(replace(1, 3, 0, 'x', 'y'));
    storage.append(first.entries);
    node.advance();
    expect(brief(network.process(1).entries)).to.deep.equal(['3:x', '3:y']);
    expect(network.log(1)).to.deep.equal(['3:x', '3:y']);
  });

  it('requires a sync for entries, term and vote, but not for the commit index alone', () => {
    const network = lone(1, [1, 2, 3]);
    const { node } = network.member(1);
    const syncAfter = (message: Message): boolean => {
      node.step(message);
      return network.process(1).mustSync;
    };
    expect([
      syncAfter(makeMessage({ type: 'MsgHeartbeat', to: 1, from: 2, term: 1 })),
      syncAfter(makeMessage({ type: 'MsgApp', to: 1, from: 2, term: 1, entries: [entry(1, 1)] })),
      syncAfter(makeMessage({ type: 'MsgHeartbeat', to: 1, from: 2, term: 1, commit: 1 })),
      syncAfter(makeMessage({ type: 'MsgVote', to: 1, from: 3, term: 2, index: 9, logTerm: 9 })),
    ]).to.deep.equal([true, true, false, true]);
  });

  it('hands out entries behind a received snapshot only once it is durable (paper, section 7)', () => {
    const network = lone(1, [1, 2]);
    const { node } = network.member(1);
    const confState = node.status().config;
    const snapshot = { metadata: { index: 5, term: 1, confState }, data: bytes('state') };
    node.step(makeMessage({ type: 'MsgSnap', to: 1, from: 2, term: 1, snapshot }));
    node.step(
      makeMessage({
        type: 'MsgApp',
        to: 1,
        from: 2,
        term: 1,
        index: 5,
        logTerm: 1,
        entries: [entry(1, 6, 'a')],
        commit: 6,
      }),
    );
    node.campaign();
    const first = network.process(1);
    expect(first).to.deep.equal(
      ready({
        softState: { leader: 2, role: 'follower' },
        hardState: { term: 1, vote: 0, commit: 6 },
        snapshot,
        entries: [entry(1, 6, 'a')],
        messagesAfterAppend: [5, 6].map((index) => makeMessage({ type: 'MsgAppResp', to: 2, from: 1, term: 1, index })),
        mustSync: true,
      }),
    );
    expect(brief(network.process(1).committedEntries)).to.deep.equal(['1:a']);
    // A late acknowledgement changes nothing; the answer states the certain match.
    node.step(makeMessage({ type: 'MsgSnap', to: 1, from: 2, term: 1, snapshot }));
    const { messagesAfterAppend, snapshot: none } = network.process(1);
    expect([none, messagesAfterAppend.map(({ index }) => index)]).to.deep.equal([undefined, [6]]);
  });
});
