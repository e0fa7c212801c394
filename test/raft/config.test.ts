import { expect } from 'chai';
import { MemoryStorage, RawNode } from '../../src/raft/index.js';
import type { Config } from '../../src/raft/index.js';
import { makeMessage } from '../../src/raft/messages.js';
import type { Entry } from '../../src/raft/types.js';
import { seededRandom } from '../../src/util/random.js';
import { confState } from './network.js';

function start(options: Partial<Config>): RawNode {
  const storage = new MemoryStorage({ confState: confState([1]) });
  return new RawNode({ id: 1, storage, random: seededRandom(1), ...options });
}

describe('raft: configuration', () => {
  it('refuses invalid options and names them', () => {
    const cases: [Partial<Config>, string][] = [
      [{ id: 0 }, 'id 0'],
      [{ id: 2 ** 53 }, 'id'],
      [{ heartbeatTicks: 0 }, 'heartbeatTicks 0'],
      [{ electionTicks: 3, heartbeatTicks: 3 }, 'electionTicks 3'],
      [{ applied: -1 }, 'applied -1'],
      [{ maxInflightMessages: 0 }, 'maxInflightMessages 0'],
      [{ maxMessageBytes: -1 }, 'maxMessageBytes -1'],
      [{ maxMessageBytes: 10, maxInflightBytes: 9 }, 'maxInflightBytes 9'],
      [{ maxUncommittedBytes: Number.NaN }, 'maxUncommittedBytes NaN'],
      [{ maxCommittedBytesPerReady: 0 }, 'maxCommittedBytesPerReady 0'],
      [{ asyncStorageWrites: true, applyUnstable: true }, 'applyUnstable'],
    ];
    for (const [options, name] of cases) expect(() => start(options)).to.throw(RangeError, name);
  });

  it('lets the embedder make each entry that the node appends as a leader, once', () => {
    const made: Entry[] = [];
    const storage = new MemoryStorage({ confState: confState([1]) });
    const node = start({
      storage,
      makeEntry: (entry) => {
        const own = { ...entry };
        made.push(own);
        return own;
      },
    });
    node.campaign();
    while (node.hasReady()) {
      storage.append(node.ready().entries);
      node.advance();
    }
    node.propose(Buffer.from('one'));
    node.propose([Buffer.from('two'), Buffer.from('three')]);
    const { entries } = node.ready();
    expect(made.map(({ index, term, data }) => [index, term, Buffer.from(data).toString()])).to.deep.equal([
      [1, 1, ''],
      [2, 1, 'one'],
      [3, 1, 'two'],
      [4, 1, 'three'],
    ]);
    expect(entries.every((entry, at) => entry === made[at + 1])).to.equal(true);
  });

  it('with applyUnstable false, hands out only entries that are durable on this node', () => {
    for (const applyUnstable of [true, false]) {
      const storage = new MemoryStorage({ confState: confState([1, 2]) });
      const node = new RawNode({ id: 2, storage, random: seededRandom(1), applyUnstable });
      const entries = [{ term: 1, index: 1, type: 'normal', data: Buffer.from('a') }] as const;
      node.step(makeMessage({ type: 'MsgApp', to: 2, from: 1, term: 1, index: 0, logTerm: 0, entries, commit: 1 }));
      const first = node.ready();
      expect(first.committedEntries).to.have.length(applyUnstable ? 1 : 0);
      storage.append(first.entries);
      node.advance();
      expect(node.hasReady()).to.equal(!applyUnstable);
      if (!applyUnstable) expect(node.ready().committedEntries).to.have.length(1);
    }
  });

  it('starts as a follower without a leader and without work', () => {
    const node = start({});
    expect([node.status(), node.hasReady()]).to.deep.equal([
      {
        id: 1,
        term: 0,
        vote: 0,
        commit: 0,
        applied: 0,
        lastIndex: 0,
        leader: 0,
        role: 'follower',
        transferee: 0,
        config: confState([1]),
        progress: new Map(),
      },
      false,
    ]);
  });

  it('refuses a state machine that is ahead of the log', () => {
    expect(() => start({ applied: 1 })).to.throw('applied 1 say that there was more');
  });

  it('replays: equal seeds and events give equal runs', () => {
    const elections = (): number[] => {
      const node = start({ random: seededRandom(9), electionTicks: 20, preVote: false });
      return Array.from({ length: 60 }, () => {
        node.tick();
        return node.term;
      });
    };
    expect(elections()).to.deep.equal(elections());
  });
});
