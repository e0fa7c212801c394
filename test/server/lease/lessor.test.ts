import { expect } from 'chai';
import type { Ticket } from '../../../src/node/loop/applied-waiters.js';
import type { NodeStatus } from '../../../src/node/status.js';
import { PeerCalls } from '../../../src/server/lease/peer-calls.js';
import { Lessor, type LeaseOutcome } from '../../../src/server/lease/lessor.js';
import type { LeaseAnswer, LeaseQuestion } from '../../../src/server/lease/primary-lessor.js';
import { OWN_CALL } from '../../../src/server/requests/own-call.js';
import { PendingCalls } from '../../../src/server/requests/pending.js';
import { silentLogger } from '../../../src/util/logger.js';
import { seededRandom } from '../../../src/util/random.js';
import { VirtualTime } from '../../support/virtual-time.js';

const SELF = 1;
const QUESTION: LeaseQuestion = { id: -7n, renew: true };
const FOUND: LeaseAnswer = { kind: 'found', ttlSeconds: 9_000_000_000, remainingMs: 1234.5 };
const STATUS: NodeStatus = {
  id: SELF,
  role: 'follower',
  term: 1,
  leader: 2,
  commit: 0,
  applied: 0,
  lastIndex: 0,
  firstIndex: 1,
};

/** A follower, with the other ends of its links. */
class Follower {
  readonly time = new VirtualTime();
  readonly pending: PendingCalls;
  readonly lessor: Lessor;
  readonly peers: PeerCalls;
  /** Requests received from members that consider themselves leader, with their times. */
  readonly asked: { readonly by: number; readonly question: LeaseQuestion; readonly atMs: number }[] = [];
  /** Pending proofs of its own leadership. */
  readonly proofs: Ticket[] = [];
  status = STATUS;
  connected = true;
  leaderIsLost = false;
  answers: (to: number) => LeaseAnswer | 'silence' = () => FOUND;

  constructor() {
    const clock = this.time.clock();
    this.pending = new PendingCalls({ clock, limitMs: 5_000 });
    const call = (to: number, bytes: Uint8Array): void => void clock.timeout(1, () => this.#arrive(to, bytes));
    const shared = { clock, logger: silentLogger, random: seededRandom(1) };
    this.peers = new PeerCalls({
      ...shared,
      node: { call, isConnected: () => this.connected },
    });
    const isLost = (): boolean => this.leaderIsLost;
    this.lessor = new Lessor({
      memberId: SELF,
      node: {
        read: (_level, ticket) => {
          this.proofs.push(ticket);
          return 'waiting';
        },
        status: () => this.status,
        get leaderIsLost() {
          return isLost();
        },
      },
      store: { leases: { size: 0, get: () => undefined, all: () => [], state: {} } },
      clock,
      pending: this.pending,
      peers: this.peers,
      expire: () => undefined,
    });
  }

  ask(): LeaseOutcome[] {
    const outcomes: LeaseOutcome[] = [];
    this.lessor.ask(OWN_CALL, QUESTION, (outcome) => outcomes.push(outcome));
    return outcomes;
  }

  /** The other end, with the same codec. */
  #arrive(to: number, bytes: Uint8Array): void {
    const other = new PeerCalls({
      clock: this.time.clock(),
      logger: silentLogger,
      random: seededRandom(2),
      node: {
        isConnected: () => true,
        call: (_to, answer) =>
          void this.time.schedule(1, () => this.peers.received(to, answer, { answer: () => undefined })),
      },
    });
    other.received(SELF, bytes, {
      answer: (question, done) => {
        this.asked.push({ by: to, question, atMs: this.time.nowMs });
        const answer = this.answers(to);
        if (answer !== 'silence') done(answer);
      },
    });
  }
}

describe('a lease question at a member that does not lead', () => {
  let member: Follower;

  beforeEach(() => {
    member = new Follower();
  });

  it('is answered by the leader', async () => {
    const outcomes = [member.ask(), member.ask()];
    await member.time.advance(10);
    expect(outcomes).to.deep.equal([[FOUND], [FOUND]]);
    expect(member.asked.map(({ by, question }) => ({ by, question }))).to.deep.equal([
      { by: 2, question: QUESTION },
      { by: 2, question: QUESTION },
    ]);
    member.answers = () => ({ kind: 'not-found' });
    const gone = member.ask();
    await member.time.advance(10);
    expect(gone).to.deep.equal([{ kind: 'not-found' }]);
  });

  it('is repeated if the member asked has lost the leadership', async () => {
    member.answers = (to) => (to === 2 ? { kind: 'not-leader' } : FOUND);
    const outcomes = member.ask();
    await member.time.advance(300);
    expect(outcomes).to.deep.equal([]);
    expect(member.asked.length).to.be.within(4, 8);
    member.status = { ...STATUS, leader: 3, term: 2 };
    await member.time.advance(100);
    expect(outcomes).to.deep.equal([FOUND]);
  });

  it('is repeated if an answer is lost, and at once if the leader changes', async () => {
    member.answers = (to) => (to === 2 ? 'silence' : FOUND);
    const outcomes = member.ask();
    await member.time.advance(1_200);
    expect(member.asked.length).to.equal(2);
    member.status = { ...STATUS, leader: 3, term: 2 };
    member.lessor.onLeadership(member.status);
    await member.time.advance(100);
    expect(outcomes).to.deep.equal([FOUND]);
  });

  it('is not sent without a link to the leader, and fails at the time limit of the request', async () => {
    member.connected = false;
    const outcomes = member.ask();
    await member.time.advance(5_200);
    expect(member.asked).to.deep.equal([]);
    expect(outcomes).to.deep.equal([
      { kind: 'failed', status: { code: 14, message: 'etcdserver: request timed out' } },
    ]);
  });

  it('fails with "no leader" if there is none', async () => {
    member.status = { ...STATUS, leader: 0 };
    const patient = member.ask();
    await member.time.advance(5_200);
    member.leaderIsLost = true;
    const late = member.ask();
    const noLeader = { kind: 'failed', status: { code: 14, message: 'etcdserver: no leader' } };
    expect([patient, late]).to.deep.equal([[noLeader], [noLeader]]);
  });

  it('of another member is answered with "not leader"', () => {
    const answers: LeaseAnswer[] = [];
    member.lessor.answer(QUESTION, (answer) => answers.push(answer));
    expect(answers).to.deep.equal([{ kind: 'not-leader' }]);
  });

  // A leader without proof kept all requests of the others forever, though they had cancelled and repeated them.
  it('is kept by a leader no longer than its caller waits', async () => {
    member.lessor.onLeadership({ role: 'leader', term: 1 });
    const answers: LeaseAnswer[] = [];
    member.lessor.answer(QUESTION, (answer) => answers.push(answer));
    await member.time.advance(900);
    expect(member.proofs.map(({ abandoned }) => abandoned)).to.deep.equal([false]);
    await member.time.advance(300);
    expect(member.proofs.map(({ abandoned }) => abandoned)).to.deep.equal([true]);
    member.lessor.onLeadership({ role: 'follower', term: 1 });
    expect(answers).to.deep.equal([]);
  });

  it('fails when the member stops', async () => {
    member.answers = () => 'silence';
    const outcomes = member.ask();
    await member.time.advance(10);
    member.pending.stop();
    member.lessor.stop();
    member.peers.stop();
    await member.time.advance(10_000);
    expect(outcomes).to.deep.equal([{ kind: 'failed', status: { code: 14, message: 'etcdserver: server stopped' } }]);
    expect(member.asked.length).to.equal(1);
  });

  it('is not affected by malformed calls of other members', () => {
    for (const bytes of [
      Buffer.from('ff', 'hex'),
      Buffer.alloc(0),
      Buffer.from('08011200', 'hex'),
      Buffer.from('0801', 'hex'),
    ]) {
      const receive = (): void => member.peers.received(2, bytes, { answer: () => undefined });
      expect(receive, bytes.toString('hex')).to.not.throw();
    }
    expect(member.asked, 'calls passed on to the leader').to.deep.equal([]);
  });
});
