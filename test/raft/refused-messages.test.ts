import { expect } from 'chai';
import { MemoryStorage } from '../../src/raft/memory-storage.js';
import { makeMessage, TERM_JUMP_MAX, type MessageFields } from '../../src/raft/messages.js';
import { RawNode } from '../../src/raft/raw-node.js';
import type { Entry, EntryType } from '../../src/raft/types.js';
import { defined } from '../../src/util/assert.js';
import { seededRandom } from '../../src/util/random.js';
import { confState } from './network.js';

const MAX = Number.MAX_SAFE_INTEGER;

const entry = (term: number, index: number, text = '', type: EntryType = 'normal'): Entry => ({
  term,
  index,
  type,
  data: Buffer.from(text),
});

/** The state machine cannot apply entries with the data "noise". */
const canApply = ({ data }: Entry): boolean => Buffer.from(data).toString() !== 'noise';

interface Start {
  readonly entries?: readonly Entry[];
  readonly commit?: number;
  readonly term?: number;
  readonly voters?: readonly number[];
}

const storages = new WeakMap<RawNode, MemoryStorage>();

/** Executes all Readys of a node. */
function settle(node: RawNode): void {
  while (node.hasReady()) {
    const { entries, hardState } = node.ready();
    const storage = defined(storages.get(node), 'a storage');
    storage.append(entries);
    if (hardState !== undefined) storage.setHardState(hardState);
    node.advance();
  }
}

/** Member 1 of three, in term 2, as a follower of member 2. */
function follower({ entries = [entry(1, 1)], commit = 1, term = 2, voters = [1, 2, 3] }: Start = {}): RawNode {
  const storage = new MemoryStorage({ confState: confState([...voters]) });
  storage.append([...entries]);
  storage.setHardState({ term, vote: 0, commit });
  const node = new RawNode({ id: 1, storage, random: seededRandom(1), canApply });
  storages.set(node, storage);
  if (voters.length > 1) node.step(makeMessage({ type: 'MsgHeartbeat', to: 1, from: 2, term }));
  return node;
}

const outcome = (node: RawNode, fields: MessageFields): string => {
  const result = node.step(makeMessage(fields));
  return result.kind === 'ok' ? 'ok' : result.reason;
};

describe('RawNode refuses', () => {
  /** One heartbeat of term 2^53-1 permanently left a group without a term for the next election. */
  it('a term that no election can have reached', () => {
    const types = [
      'MsgHeartbeat',
      'MsgApp',
      'MsgVote',
      'MsgPreVote',
      'MsgAppResp',
      'MsgSnap',
      'MsgTimeoutNow',
    ] as const;
    for (const type of types) {
      const node = follower();
      expect(outcome(node, { type, to: 1, from: 2, term: MAX }), type).to.equal('absurd-term');
      expect([node.term, node.leader], type).to.deep.equal([2, 2]);
    }
    const node = follower();
    expect(outcome(node, { type: 'MsgHeartbeat', to: 1, from: 3, term: 2 + TERM_JUMP_MAX })).to.equal('ok');
    expect(node.term).to.equal(2 + TERM_JUMP_MAX);
  });

  it('to campaign in a term that would not be a safe integer', () => {
    const node = follower({ term: MAX, voters: [1] });
    node.campaign();
    expect([node.role, node.term]).to.deep.equal(['follower', MAX]);
    const last = follower({ term: MAX - 1, voters: [1] });
    last.campaign();
    settle(last);
    expect([last.role, last.term]).to.deep.equal(['leader', MAX]);
  });

  /** A second leader in one term failed an assertion, so one forged message stopped a process. */
  it('what only the leader sends from any other member of its term (paper, section 5.2: election safety)', () => {
    const leaderOnly = ['MsgHeartbeat', 'MsgApp', 'MsgSnap', 'MsgTimeoutNow', 'MsgReadIndexResp'] as const;
    for (const type of leaderOnly) {
      const node = follower();
      expect(outcome(node, { type, to: 1, from: 3, term: 2 }), type).to.equal('not-the-leader');
      expect([node.role, node.leader, node.term], type).to.deep.equal(['follower', 2, 2]);
    }
    expect(outcome(follower(), { type: 'MsgHeartbeat', to: 1, from: 2, term: 2 })).to.equal('ok');
  });

  it('the same at the leader itself', () => {
    const node = follower({ voters: [1] });
    node.campaign();
    settle(node);
    expect(node.role).to.equal('leader');
    expect(outcome(node, { type: 'MsgHeartbeat', to: 1, from: 3, term: node.term })).to.equal('not-the-leader');
  });

  /** An entry that is not a command reached the log, was committed, and stopped the applier at each start. */
  it('entries that its state machine cannot apply, before they reach the log', () => {
    const append = { type: 'MsgApp', to: 1, from: 2, term: 2, index: 1, logTerm: 1, commit: 3 } as const;
    for (const bad of [
      entry(2, 3, 'noise'),
      entry(2, 3, 'noise', 'conf-change'),
      entry(2, 3, '??', 'conf-change-v2'),
    ]) {
      const node = follower();
      expect(outcome(node, { ...append, entries: [entry(2, 2, 'x'), bad] })).to.equal('unreadable-entry');
      expect([node.lastIndex, node.commit]).to.deep.equal([1, 1]);
    }
    const node = follower();
    expect(outcome(node, { ...append, entries: [entry(2, 2, 'x'), entry(2, 3)] })).to.equal('ok');
    expect([node.lastIndex, node.commit]).to.deep.equal([3, 3]);
  });

  it('proposals of other members that its state machine cannot apply', () => {
    const node = follower({ voters: [1] });
    node.campaign();
    settle(node);
    const proposal = { type: 'MsgProp', to: 1, from: 3 } as const;
    expect(outcome(node, { ...proposal, entries: [entry(0, 0, 'noise')] })).to.equal('unreadable-entry');
    expect(outcome(node, { ...proposal, entries: [entry(0, 0, 'x')] })).to.equal('ok');
    expect(node.lastIndex).to.equal(3);
  });
});

/** A log with an entry that an earlier version accepted: followers would reject this member's appends if it led. */
describe('RawNode with an uncommitted entry in its log that its state machine cannot apply', () => {
  const poisoned = { entries: [entry(1, 1), entry(2, 2, 'x'), entry(2, 3, 'noise'), entry(2, 4)], commit: 1 };

  it('does not campaign', () => {
    const node = follower(poisoned);
    for (let at = 0; at < 100; at += 1) node.tick();
    node.campaign();
    expect([node.role, node.term]).to.deep.equal(['follower', 2]);
  });

  it('campaigns again once a leader has replaced the entry', () => {
    const node = follower(poisoned);
    const replacing = { type: 'MsgApp', to: 1, from: 3, term: 3, index: 2, logTerm: 2, commit: 2 } as const;
    expect(outcome(node, { ...replacing, entries: [entry(3, 3, 'y')] })).to.equal('ok');
    settle(node);
    expect(node.lastIndex).to.equal(3);
    node.campaign();
    expect(node.role).to.equal('pre-candidate');
  });

  it('still votes for a candidate with a log that is as up to date', () => {
    const node = follower({ ...poisoned, term: 3 });
    node.forgetLeader();
    const vote = { type: 'MsgVote', to: 1, from: 3, term: 4, index: 5, logTerm: 3 } as const;
    expect(outcome(node, vote)).to.equal('ok');
    const { messagesAfterAppend } = node.ready();
    expect(messagesAfterAppend.map(({ type, reject }) => [type, reject])).to.deep.equal([['MsgVoteResp', false]]);
  });
});
