import { expect } from 'chai';
import { LeaderRounds, VoterPromise, type QuorumOf } from '../../../src/node/authority/lease.js';
import { quorumOfConfiguration } from '../../../src/node/authority/quorum.js';

const quorumOf: QuorumOf = quorumOfConfiguration({
  confState: { voters: [1, 2, 3, 4, 5], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
});

function leader(): LeaderRounds {
  const rounds = new LeaderRounds({ self: 1, leaseMs: 100, driftBound: 0.1 });
  rounds.lead(7);
  return rounds;
}

function send(rounds: LeaderRounds, nowMs: number, commit = 10): number {
  return rounds.send({ nowMs, commit, commitIsCurrent: true });
}

function answer(rounds: LeaderRounds, from: number, sequence: number, timeMs = 0): boolean {
  return rounds.answer(from, { term: 7, sequence, timeMs }, quorumOf);
}

describe("the leader's lease (thesis, section 6.4.1)", () => {
  it('begins when a quorum has answered, and lasts from the time of the send', () => {
    const rounds = leader();
    const sequence = send(rounds, 1000);
    expect(answer(rounds, 2, sequence)).to.equal(false);
    expect(rounds.holds(1001)).to.equal(false);
    expect(answer(rounds, 3, sequence)).to.equal(true);
    expect([1000, 1089, 1090, 1200].map((now) => rounds.holds(now))).to.deep.equal([true, true, false, false]);
  });

  it('counts the answer to a round as an answer to all earlier rounds', () => {
    const rounds = leader();
    const first = send(rounds, 1000);
    const second = send(rounds, 1050);
    answer(rounds, 2, second);
    expect(answer(rounds, 3, first)).to.equal(true);
    expect([1089, 1090].map((now) => rounds.holds(now))).to.deep.equal([true, false]);
    expect(answer(rounds, 4, second)).to.equal(true);
    expect([1139, 1140].map((now) => rounds.holds(now))).to.deep.equal([true, false]);
  });

  it('starts a new term without the answers of an earlier one', () => {
    const rounds = leader();
    const sequence = send(rounds, 1000);
    answer(rounds, 2, sequence);
    rounds.lead(8);
    expect(rounds.answer(3, { term: 7, sequence, timeMs: 0 }, quorumOf)).to.equal(false);
    expect(rounds.holds(1001)).to.equal(false);
  });

  it('is off for the rest of the term after a transfer was begun, whatever answers arrive', () => {
    const rounds = leader();
    rounds.forbid();
    const sequence = send(rounds, 1000);
    answer(rounds, 2, sequence);
    answer(rounds, 3, sequence);
    expect(rounds.holds(1001)).to.equal(false);
    rounds.lead(9);
    const later = send(rounds, 2000);
    for (const from of [2, 3]) rounds.answer(from, { term: 9, sequence: later, timeMs: 0 }, quorumOf);
    expect(rounds.holds(2001)).to.equal(true);
  });

  it('needs a quorum of both halves of a joint configuration', () => {
    const rounds = leader();
    const joint = quorumOfConfiguration({
      confState: { voters: [1, 2, 3], votersOutgoing: [1, 4, 5], learners: [], learnersNext: [], autoLeave: false },
    });
    const sequence = send(rounds, 1000);
    expect(rounds.answer(2, { term: 7, sequence, timeMs: 0 }, joint)).to.equal(false);
    expect(rounds.answer(4, { term: 7, sequence, timeMs: 0 }, joint)).to.equal(true);
  });

  it('ends before every promise behind it, while the clocks keep the bound', () => {
    // A follower whose clock is fast by the bound ends its promise early; a slow leader trusts its lease for long.
    const rounds = leader();
    const sequence = send(rounds, 0);
    answer(rounds, 2, sequence);
    answer(rounds, 3, sequence);
    const promise = new VoterPromise({ leaseMs: 100, driftBound: 0.1, nowMs: -1e6 });
    promise.renew(0);
    for (let trueMs = 0; trueMs < 200; trueMs += 0.5) {
      const leaderHolds = rounds.holds(trueMs * 0.95);
      const followerHolds = promise.holds(trueMs * 1.05);
      expect(leaderHolds && !followerHolds, `at ${trueMs} ms`).to.equal(false);
    }
  });
});

describe("the echo of a follower's timestamp", () => {
  it('returns only with a round that was sent after the timestamp arrived', () => {
    const rounds = leader();
    const first = send(rounds, 1000, 10);
    answer(rounds, 2, first, 500);
    answer(rounds, 3, first, 600);
    expect(rounds.echoFor(2), 'the round that is confirmed was sent before').to.equal(undefined);
    const second = send(rounds, 1010, 12);
    answer(rounds, 2, second, 510);
    answer(rounds, 3, second, 610);
    expect(rounds.echoFor(2)).to.deep.equal({ timeMs: 500, commit: 12 });
    expect(rounds.echoFor(4)).to.equal(undefined);
    expect(rounds.freshPoint()).to.deep.equal({ timeMs: 1010, commit: 12 });
  });

  it('is withheld until the leader has committed an entry of its own term', () => {
    const rounds = leader();
    for (const nowMs of [1000, 1010]) {
      const sequence = rounds.send({ nowMs, commit: 10, commitIsCurrent: false });
      answer(rounds, 2, sequence, nowMs);
      answer(rounds, 3, sequence, nowMs);
    }
    expect(rounds.echoFor(2)).to.equal(undefined);
    expect(rounds.freshPoint()).to.equal(undefined);
  });
});

describe('the promise of a voter', () => {
  it('holds after a start, as the member may have promised before a crash', () => {
    const promise = new VoterPromise({ leaseMs: 100, driftBound: 0.1, nowMs: 50 });
    expect([50, 159, 161].map((now) => promise.holds(now))).to.deep.equal([true, true, false]);
    promise.renew(200);
    expect([309, 311].map((now) => promise.holds(now))).to.deep.equal([true, false]);
  });
});
