import { expect } from 'chai';
import { LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD, MemoryStorage, RawNode } from '../../src/raft/index.js';
import type { Message, Ready } from '../../src/raft/index.js';
import { makeMessage } from '../../src/raft/messages.js';
import { defined } from '../../src/util/assert.js';
import { seededRandom } from '../../src/util/random.js';
import { brief, bytes, confState, entry } from './network.js';

/** A member whose two storage threads advance on command. */
class Threads {
  readonly storage: MemoryStorage;
  readonly node: RawNode;
  readonly appends: Message[] = [];
  readonly applies: Message[] = [];
  readonly sent: Message[] = [];

  constructor(voters: readonly number[]) {
    this.storage = new MemoryStorage({ confState: confState(voters) });
    this.node = new RawNode({
      id: 1,
      storage: this.storage,
      random: seededRandom(1),
      preVote: false,
      checkQuorum: false,
      asyncStorageWrites: true,
    });
  }

  ready(): Ready {
    const ready = this.node.ready();
    for (const message of ready.messages) {
      if (message.to === LOCAL_APPEND_THREAD) this.appends.push(message);
      else if (message.to === LOCAL_APPLY_THREAD) this.applies.push(message);
      else this.sent.push(message);
    }
    return ready;
  }

  append(): void {
    const { entries, term, vote, commit, responses } = defined(this.appends.shift(), 'an append');
    this.storage.append(entries);
    if (term > 0) this.storage.setHardState({ term, vote, commit });
    this.#deliver(responses);
  }

  apply(): string[] {
    const { entries, responses } = defined(this.applies.shift(), 'an apply');
    this.#deliver(responses);
    return brief(entries);
  }

  #deliver(responses: readonly Message[]): void {
    for (const response of responses) {
      if (response.to === 1) this.node.step(response);
      else this.sent.push(response);
    }
  }
}

/** A leader's append of one entry per data item, after (index, logTerm). */
function appendOf(term: number, index: number, logTerm: number, ...data: string[]): Message {
  const entries = data.map((each, position) => entry(term, index + 1 + position, each));
  return makeMessage({ type: 'MsgApp', to: 1, from: term === 2 ? 3 : 2, term, index, logTerm, entries });
}

describe('raft: asynchronous storage (thesis, section 10.2)', () => {
  it('counts its own vote and log once they are durable, and hands out Readies meanwhile', () => {
    const threads = new Threads([1]);
    const { node } = threads;
    node.campaign();
    expect(threads.ready().hardState?.vote).to.equal(1);
    expect([node.role, node.hasReady()]).to.deep.equal(['candidate', false]);
    threads.append();
    expect(node.role).to.equal('leader');
    threads.ready();
    node.propose(bytes('a'));
    expect(brief(threads.ready().entries), 'while the first append is under way').to.deep.equal(['1:a']);
    expect(node.commit).to.equal(0);
    threads.append();
    expect([node.commit, threads.ready().committedEntries.length]).to.deep.equal([1, 1]);
    expect(threads.apply()).to.deep.equal(['1:']);
    expect(node.applied).to.equal(1);
  });

  it('applies no entry that is not durable locally, even if it is committed', () => {
    const threads = new Threads([1, 2, 3]);
    const { node } = threads;
    node.step({ ...appendOf(1, 0, 0, 'a', 'b'), commit: 2 });
    const ready = threads.ready();
    expect([ready.entries.length, ready.committedEntries.length, node.commit]).to.deep.equal([2, 0, 2]);
    expect(threads.sent, 'no acknowledgement before the write').to.deep.equal([]);
    threads.append();
    expect(threads.sent.map(({ type, index }) => [type, index])).to.deep.equal([['MsgAppResp', 2]]);
    threads.ready();
    expect(threads.apply()).to.deep.equal(['1:a', '1:b']);
  });

  /*
   * A second leader replaced the end of the log, and the first leader's entries replaced it again, before the first
   * write was acknowledged. The acknowledgement names an index and a term that the log holds, but the latest write of
   * that entry is still in progress.
   */
  it('does not take the response of an old write for that of a newer write of the same entries (ABA)', () => {
    const threads = new Threads([1, 2, 3]);
    const { node } = threads;
    node.step(appendOf(1, 0, 0, 'a', 'b'));
    threads.ready();
    node.step(appendOf(2, 1, 1, 'x'));
    threads.ready();
    node.step({
      ...makeMessage({ type: 'MsgApp', to: 1, from: 2, term: 3, index: 1, logTerm: 1 }),
      entries: [entry(1, 2, 'b')],
    });
    threads.ready();
    expect(threads.appends).to.have.length(3);
    threads.append();
    expect(node.hasReady(), 'nothing has become durable').to.equal(false);
    node.step(makeMessage({ type: 'MsgHeartbeat', to: 1, from: 2, term: 3, commit: 2 }));
    expect(threads.ready().committedEntries, 'the answer was of term 1').to.deep.equal([]);
    threads.append();
    threads.append();
    expect(brief(threads.ready().committedEntries)).to.deep.equal(['1:a', '1:b']);
  });

  it('accepts storage responses only from its storage threads, and refuses advance', () => {
    const threads = new Threads([1, 2]);
    const forged = makeMessage({ type: 'MsgStorageAppendResp', to: 1, from: 2, term: 1, index: 1, logTerm: 1 });
    expect(threads.node.step(forged)).to.deep.equal({ kind: 'refused', reason: 'local-type' });
    expect(() => threads.node.advance()).to.throw('advance without a Ready');
  });
});
