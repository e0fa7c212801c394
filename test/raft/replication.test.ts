import { expect } from 'chai';
import { RawNode, MemoryStorage } from '../../src/raft/index.js';
import type { Entry, Message } from '../../src/raft/index.js';
import { makeMessage } from '../../src/raft/messages.js';
import { seededRandom } from '../../src/util/random.js';
import { brief, bytes, confState, entry, lone, Network } from './network.js';

const three = { voters: [1, 2, 3] };

/** A log of entries with these terms, oldest first. */
function logOf(...terms: number[]): Entry[] {
  return terms.map((term, position) => entry(term, position + 1));
}

/** The fields of a message that replication tests compare. */
function gist({ type, to, index, logTerm, entries, reject, rejectHint }: Message): object {
  return { type, to, index, logTerm, entries: brief(entries), ...(reject ? { rejectHint } : {}) };
}

describe('raft: replication', () => {
  it('replicates proposals to every log in order, and commits them (paper, section 5.3)', () => {
    const network = new Network(three);
    network.elect(1);
    network.propose(1, 'a', 'b');
    network.propose(1, 'c');
    for (const id of [1, 2, 3]) {
      expect(network.log(id)).to.deep.equal(['1:', '1:a', '1:b', '1:c']);
      expect(network.applied(id)).to.deep.equal(['a', 'b', 'c']);
    }
  });

  it("forwards a follower's proposal to the leader", () => {
    const network = new Network(three);
    network.elect(1);
    network.propose(2, 'a');
    expect(network.applied(3)).to.deep.equal(['a']);
  });

  it('drops proposals that cannot be accepted, with a reason', () => {
    const network = new Network({ ...three, config: { disableProposalForwarding: true } });
    expect(network.node(1).propose(bytes('a'))).to.deep.equal({ kind: 'dropped', reason: 'no-leader' });
    network.elect(1);
    expect(network.node(2).propose(bytes('a'))).to.deep.equal({ kind: 'dropped', reason: 'not-leader' });
    network.node(3).campaign();
    expect(network.node(3).propose(bytes('a'))).to.deep.equal({ kind: 'dropped', reason: 'no-leader' });
  });

  it('appends only after an entry with matching index and term (paper, section 5.3)', () => {
    const answer = (index: number, logTerm: number, entries: Entry[]): object => {
      const network = lone(1, [1, 2], { prepare: (storage) => storage.append(logOf(1, 1, 2)) });
      network.node(1).step(makeMessage({ type: 'MsgApp', to: 1, from: 2, term: 3, index, logTerm, entries }));
      const {
        reject,
        rejectHint,
        index: at,
      } = network.process(1).messagesAfterAppend[0] ?? makeMessage({ type: 'MsgApp', to: 0 });
      return { reject, rejectHint, at, log: network.log(1) };
    };
    const kept = ['1:', '1:', '2:'];
    expect([
      answer(3, 2, [entry(3, 4, 'x')]),
      answer(4, 3, []),
      answer(3, 3, []),
      answer(2, 1, [entry(3, 3, 'x')]),
      answer(1, 1, [entry(1, 2)]),
      answer(0, 0, [entry(3, 1, 'x')]),
    ]).to.deep.equal([
      { reject: false, rejectHint: 0, at: 4, log: [...kept, '3:x'] },
      { reject: true, rejectHint: 3, at: 4, log: kept },
      { reject: true, rejectHint: 3, at: 3, log: kept },
      { reject: false, rejectHint: 0, at: 3, log: ['1:', '1:', '3:x'] },
      // A delayed message must not truncate later entries (paper, figure 2: AppendEntries, 3).
      { reject: false, rejectHint: 0, at: 2, log: kept },
      { reject: false, rejectHint: 0, at: 1, log: ['3:x'] },
    ]);
  });

  it("makes the logs of figure 7 equal to the leader's (paper, figure 7)", () => {
    const leader = logOf(1, 1, 1, 4, 4, 5, 5, 6, 6, 6);
    const followers = [
      logOf(1, 1, 1, 4, 4, 5, 5, 6, 6),
      logOf(1, 1, 1, 4),
      logOf(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6),
      logOf(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7),
      logOf(1, 1, 1, 4, 4, 4, 4),
      logOf(1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3),
    ];
    for (const [position, follower] of followers.entries()) {
      // A third member with an empty log provides the majority.
      const network = new Network({
        ...three,
        prepare: (storage, id) => {
          storage.append([leader, follower, []][id - 1] ?? []);
          storage.setHardState({ term: 7, vote: 0, commit: 0 });
        },
      });
      network.elect(1);
      const whole = [...brief(leader), '8:'];
      expect(
        [1, 2, 3].map((id) => network.log(id)),
        `case ${'abcdef'[position]}`,
      ).to.deep.equal([whole, whole, whole]);
    }
  });

  it('finds the last matching entry in one exchange per term, by hints of both sides (paper, end of section 5.3)', () => {
    const refusals = (leader: Entry[], follower: Entry[]): number => {
      const network = new Network({
        ...three,
        prepare: (storage, id) => {
          storage.append(id === 2 ? follower : leader);
          storage.setHardState({ term: 9, vote: 0, commit: 0 });
        },
      });
      network.elect(1);
      expect(network.log(2)).to.deep.equal(network.log(1));
      return network.sentOf('MsgAppResp').filter(({ reject }) => reject).length;
    };
    const times = (count: number, term: number): number[] => Array.from({ length: count }, () => term);
    expect([
      // The follower skips: it has many entries of a term that is not in the leader's log.
      refusals(logOf(1, ...times(50, 5)), logOf(1, ...times(60, 2))),
      // The leader skips: its last entries have a later term than the follower's.
      refusals(logOf(1, 2, ...times(50, 5)), logOf(1, 2, ...times(10, 3))),
      // Both skip in turn: two terms of nine entries each, two exchanges.
      refusals(logOf(1, ...times(9, 4), ...times(9, 6)), logOf(1, ...times(9, 3), ...times(9, 5))),
    ]).to.deep.equal([1, 1, 2]);
  });

  it('survives old, repeated and reordered appends (paper, section 5.3: idempotent)', () => {
    const network = lone(1, [1, 2]);
    const append = (index: number, count: number): Message =>
      makeMessage({
        type: 'MsgApp',
        to: 1,
        from: 2,
        term: 1,
        index,
        logTerm: index === 0 ? 0 : 1,
        entries: Array.from({ length: count }, (_, position) => entry(1, index + 1 + position)),
      });
    for (const message of [append(0, 2), append(2, 2), append(0, 2), append(2, 1), append(6, 1), append(1, 3)]) {
      network.node(1).step(message);
    }
    const answers = network.process(1).messagesAfterAppend.map(({ index, reject }) => (reject ? `no ${index}` : index));
    expect([answers, network.log(1)]).to.deep.equal([
      [2, 4, 2, 3, 'no 6', 4],
      ['1:', '1:', '1:', '1:'],
    ]);
  });

  it('pipelines appends without waiting for answers (thesis, section 10.2.2)', () => {
    const network = new Network(three);
    network.elect(1);
    const { node } = network.member(1);
    for (const data of ['a', 'b', 'c']) node.propose(bytes(data));
    const toTwo = network.process(1).messages.filter(({ to }) => to === 2);
    expect(toTwo.map(gist)).to.deep.equal([
      { type: 'MsgApp', to: 2, index: 1, logTerm: 1, entries: ['1:a'] },
      { type: 'MsgApp', to: 2, index: 2, logTerm: 1, entries: ['1:b'] },
      { type: 'MsgApp', to: 2, index: 3, logTerm: 1, entries: ['1:c'] },
    ]);
  });

  it('sends the proposals of one call in one message', () => {
    const network = new Network(three);
    network.elect(1);
    network.node(1).propose([bytes('a'), bytes('b')]);
    expect(network.process(1).messages.map(gist)).to.deep.equal(
      [2, 3].map((to) => ({ type: 'MsgApp', to, index: 1, logTerm: 1, entries: ['1:a', '1:b'] })),
    );
  });

  it('splits entries into messages of bounded size, with a larger entry alone', () => {
    const network = new Network({ ...three, config: { maxMessageBytes: 20 } });
    network.elect(1);
    network.cut(1, 3);
    network.propose(1, 'aa', 'bb', 'cc', 'dddddddd', 'e');
    network.heal();
    network.sent.length = 0;
    network.node(1).reportUnreachable(3);
    network.tick(1);
    network.settle();
    const sizes = network.sentOf('MsgApp').filter(({ to, entries }) => to === 3 && entries.length > 0);
    expect(sizes.map(({ entries }) => brief(entries))).to.deep.equal([
      ['1:aa', '1:bb'],
      ['1:cc'],
      ['1:dddddddd'],
      ['1:e'],
    ]);
    expect(network.log(3)).to.deep.equal(network.log(1));
  });

  it('bounds uncommitted bytes, but accepts one proposal of any size', () => {
    const network = new Network({ ...three, config: { maxUncommittedBytes: 10 } });
    network.elect(1);
    const { node } = network.member(1);
    const refusal = { kind: 'dropped', reason: 'too-much-uncommitted' };
    const ok = { kind: 'ok' };
    expect([node.propose(bytes('x'.repeat(50))), node.propose(bytes('y'))]).to.deep.equal([ok, refusal]);
    // Empty proposals do not count towards the bound, so they are always accepted.
    expect(node.propose(bytes(''))).to.deep.equal(ok);
    network.settle();
    expect([node.propose(bytes('12345')), node.propose(bytes('67890')), node.propose(bytes('y'))]).to.deep.equal([
      ok,
      ok,
      refusal,
    ]);
    network.settle();
    expect(node.propose(bytes('y'))).to.deep.equal(ok);
  });

  it('keeps learners up to date', () => {
    const network = new Network({ voters: [1, 2], learners: [3] });
    network.elect(1);
    network.propose(1, 'a');
    expect([network.log(3), network.applied(3)]).to.deep.equal([['1:', '1:a'], ['a']]);
  });

  it('refuses malformed, misdirected and forged messages', () => {
    const storage = new MemoryStorage({ confState: confState([1, 2]) });
    const node = new RawNode({ id: 1, storage, random: seededRandom(1) });
    const append = (entries: Entry[]): Message => makeMessage({ type: 'MsgApp', to: 1, from: 2, term: 2, entries });
    const reasons = [
      append([entry(1, 2)]),
      append([entry(1, 1), entry(1, 3)]),
      append([entry(2, 1), entry(1, 2)]),
      append([entry(3, 1)]),
      makeMessage({ type: 'MsgHeartbeat', to: 1, from: 2 }),
      makeMessage({ type: 'MsgReadIndex', to: 1, from: 2 }),
      makeMessage({ type: 'MsgProp', to: 1, from: 2 }),
      makeMessage({ type: 'MsgHup', to: 1 }),
      makeMessage({ type: 'MsgHeartbeat', to: 3, from: 2, term: 1 }),
      makeMessage({ type: 'MsgAppResp', to: 1, from: 9, term: 1 }),
    ].map((message) => {
      const outcome = node.step(message);
      return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
    });
    expect(reasons).to.deep.equal([
      ...Array.from({ length: 7 }, () => 'malformed'),
      'local-type',
      'not-for-us',
      'unknown-peer',
    ]);
    expect(node.hasReady()).to.equal(false);
  });
});
