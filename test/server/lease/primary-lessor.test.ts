import { expect } from 'chai';
import type { Lease } from '../../../src/kv/store.js';
import type { Ticket } from '../../../src/node/loop/applied-waiters.js';
import type { NodeStatus } from '../../../src/node/status.js';
import type { ExpiryOutcome } from '../../../src/server/lease/expirer.js';
import { PrimaryLessor, type LeaseAnswer, type LeaseQuestion } from '../../../src/server/lease/primary-lessor.js';
import { VirtualTime, type VirtualClock } from '../../support/virtual-time.js';

const TERM = 5;

interface Proposal {
  readonly lease: Lease;
  readonly term: number;
  readonly atMs: number;
  readonly done: (outcome: ExpiryOutcome) => void;
}

describe('PrimaryLessor', () => {
  let time: VirtualTime;
  let clock: VirtualClock;
  let status: NodeStatus;
  /** The result of a request for proof of leadership. */
  let proof: 'now' | 'waiting' | 'full';
  let proofs: Ticket[];
  let proposals: Proposal[];
  /** Whether proposals are applied at once. */
  let applies: boolean;
  let lessor: PrimaryLessor;

  beforeEach(() => {
    time = new VirtualTime();
    clock = time.clock();
    status = { id: 1, role: 'leader', term: TERM, leader: 1, commit: 0, applied: 0, lastIndex: 0, firstIndex: 1 };
    proof = 'now';
    proofs = [];
    proposals = [];
    applies = true;
    lessor = leading([]);
  });

  afterEach(() => lessor.end());

  const lease = (id: number, ttlSeconds: number): Lease => ({ id: BigInt(id), ttlSeconds, grantedIndex: id });
  const grant = (...leases: Lease[]): void => lessor.changed(leases.map((one) => ({ kind: 'granted', lease: one })));
  const revoke = (one: Lease): void => lessor.changed([{ kind: 'revoked', lease: one }]);

  function leading(leases: readonly Lease[]): PrimaryLessor {
    return new PrimaryLessor({
      clock,
      node: {
        status: () => status,
        read: (level, ticket) => {
          expect(level).to.equal('default');
          if (proof === 'waiting') proofs.push(ticket);
          return proof;
        },
      },
      term: TERM,
      leases,
      expire: (one, term, done) => {
        proposals.push({ lease: one, term, atMs: time.nowMs, done });
        if (!applies) return;
        clock.soon(() => {
          revoke(one);
          done('applied');
        });
      },
    });
  }

  function ask(question: LeaseQuestion): LeaseAnswer[] {
    const answers: LeaseAnswer[] = [];
    lessor.ask(question, (answer) => answers.push(answer));
    return answers;
  }

  const renew = (id: number): LeaseAnswer[] => ask({ id: BigInt(id), renew: true });
  const look = (id: number): LeaseAnswer[] => ask({ id: BigInt(id), renew: false });
  const prove = (): void => {
    for (const ticket of proofs.splice(0)) if (!ticket.abandoned) ticket.ready();
  };

  it('ends a lease when its time is over, not before, and soon after', async () => {
    grant(lease(1, 10), lease(2, 5));
    await time.advance(4999);
    expect(proposals).to.deep.equal([]);
    await time.advance(20);
    expect(proposals.map((one) => [one.lease.id, one.term])).to.deep.equal([[2n, TERM]]);
    await time.advance(10_000);
    expect(proposals.map((one) => one.lease.id)).to.deep.equal([2n, 1n]);
    for (const { lease: ended, atMs } of proposals) {
      expect(atMs).to.be.within(ended.ttlSeconds * 1000, ended.ttlSeconds * 1000 + 200);
    }
  });

  it('restarts the time of a lease at each renewal', async () => {
    grant(lease(1, 10));
    for (let i = 0; i < 5; i++) {
      await time.advance(9_000);
      expect(renew(1)).to.deep.equal([{ kind: 'found', ttlSeconds: 10, remainingMs: 10_000 }]);
    }
    await time.advance(9_999);
    expect(proposals).to.deep.equal([]);
    await time.advance(200);
    expect(proposals.length).to.equal(1);
  });

  it('reports the remaining time without changing it', async () => {
    grant(lease(1, 10));
    await time.advance(2_500);
    expect(look(1)).to.deep.equal([{ kind: 'found', ttlSeconds: 10, remainingMs: 7_500 }]);
    expect(look(2)).to.deep.equal([{ kind: 'not-found' }]);
    expect(renew(2)).to.deep.equal([{ kind: 'not-found' }]);
    await time.advance(7_700);
    expect(proposals.length).to.equal(1);
  });

  it('gives every lease its full time at the start of a leadership', async () => {
    await time.advance(100_000);
    lessor = leading([lease(1, 10), lease(2, 3)]);
    await time.advance(2_999);
    expect(proposals).to.deep.equal([]);
    await time.advance(20_000);
    expect(proposals.map((one) => one.atMs >= 100_000 + one.lease.ttlSeconds * 1000)).to.deep.equal([true, true]);
  });

  it('renews only with a proof of leadership, and from the time of the proof', async () => {
    grant(lease(1, 10));
    proof = 'waiting';
    await time.advance(6_000);
    const answers = renew(1);
    await time.advance(1_000);
    expect(answers).to.deep.equal([]);
    prove();
    expect(answers).to.deep.equal([{ kind: 'found', ttlSeconds: 10, remainingMs: 10_000 }]);
    proof = 'full';
    expect(renew(1)).to.deep.equal([{ kind: 'not-leader' }]);
  });

  it('ends leases only with a proof of leadership (etcd 15247)', async () => {
    grant(lease(1, 10));
    proof = 'waiting';
    await time.advance(60_000);
    expect(proposals).to.deep.equal([]);
    // The proof has another term: this leadership is over, though the lessor was not notified yet.
    status = { ...status, term: TERM + 2 };
    prove();
    await time.advance(60_000);
    expect(proposals).to.deep.equal([]);
    status = { ...status, term: TERM };
    prove();
    expect(proposals.length).to.equal(1);
  });

  it('ends expired leases once a proof is possible again, after the queue for proofs was full', async () => {
    grant(lease(1, 10));
    proof = 'full';
    await time.advance(11_000);
    expect(proposals).to.deep.equal([]);
    proof = 'now';
    await time.advance(200);
    expect(proposals.length).to.equal(1);
  });

  it('does not renew an expired lease, and reports when it is gone', async () => {
    applies = false;
    grant(lease(1, 10));
    await time.advance(10_050);
    const late = renew(1);
    expect(look(1)).to.deep.equal([{ kind: 'found', ttlSeconds: 10, remainingMs: 0 }]);
    await time.advance(100);
    expect(late).to.deep.equal([]);
    revoke(lease(1, 10));
    expect(late).to.deep.equal([{ kind: 'not-found' }]);
  });

  it('does not renew an expired lease even if its timer is late', async () => {
    grant(lease(1, 10));
    await time.advance(1_000);
    clock.jump(9_000);
    const late = renew(1);
    await time.advance(10_000);
    expect(late).to.deep.equal([{ kind: 'not-found' }]);
  });

  it('notifies waiting callers that it no longer leads', async () => {
    applies = false;
    grant(lease(1, 1), lease(2, 10));
    await time.advance(1_200);
    const late = renew(1);
    proof = 'waiting';
    const unproven = renew(2);
    lessor.end();
    expect([...late, ...unproven]).to.deep.equal([{ kind: 'not-leader' }, { kind: 'not-leader' }]);
    // Later events have no effect.
    prove();
    await time.advance(60_000);
    expect(proposals.length).to.equal(1);
    expect(unproven.length).to.equal(1);
  });

  it('proposes an end again if the proposal failed', async () => {
    applies = false;
    grant(lease(1, 10));
    await time.advance(10_050);
    for (let i = 1; i <= 3; i++) {
      expect(proposals.length).to.equal(i);
      proposals.at(-1)?.done('failed');
      await time.advance(150);
    }
    revoke(lease(1, 10));
    proposals.at(-1)?.done('failed');
    await time.advance(1_000);
    expect(proposals.length).to.equal(4);
  });

  it('ends thousands of leases that expire together at a bounded rate, and answers meanwhile', async () => {
    const many = Array.from({ length: 5_000 }, (_, at) => lease(at + 1, 10));
    grant(...many, lease(9_999, 60));
    await time.advance(10_500);
    expect(proposals.length).to.be.within(300, 600);
    expect(renew(9_999).map(({ kind }) => kind)).to.deep.equal(['found']);
    await time.advance(5_500);
    expect(new Set(proposals.map((one) => one.lease.id)).size).to.equal(5_000);
    for (let second = 10; second < 16; second++) {
      const inSecond = proposals.filter(({ atMs }) => atMs >= second * 1000 && atMs < (second + 1) * 1000);
      expect(inSecond.length).to.be.at.most(1_000);
    }
  });

  it('bounds the proposals that are not applied yet', async () => {
    applies = false;
    grant(...Array.from({ length: 1_000 }, (_, at) => lease(at + 1, 10)));
    await time.advance(60_000);
    expect(proposals.length).to.equal(400);
    for (const { lease: one, done } of [...proposals]) {
      revoke(one);
      done('applied');
    }
    await time.advance(1_000);
    expect(proposals.length).to.equal(800);
  });

  it('forgets a revoked lease, and restarts the time of one granted again with its id', async () => {
    grant(lease(1, 10));
    await time.advance(9_000);
    revoke(lease(1, 10));
    grant({ ...lease(1, 20), grantedIndex: 77 });
    await time.advance(19_999);
    expect(proposals).to.deep.equal([]);
    await time.advance(200);
    expect(proposals.map((one) => one.lease.grantedIndex)).to.deep.equal([77]);
  });

  it('waits for years without an overflow of its timer', async () => {
    // Node fires a timer of more than 2^31−1 ms immediately.
    const delays: number[] = [];
    const plain = clock.timeout.bind(clock);
    clock.timeout = (delayMs, callback) => {
      delays.push(delayMs);
      return plain(delayMs, callback);
    };
    grant(lease(1, 9_000_000_000));
    await time.advance(7_300_000);
    expect(proposals).to.deep.equal([]);
    expect(delays.length).to.be.within(2, 5);
    for (const delayMs of delays) expect(delayMs).to.be.at.most(2 ** 31 - 1);
  });

  it('keeps no questions of callers that no longer wait', async () => {
    proof = 'waiting';
    grant(lease(1, 10));
    const answers: LeaseAnswer[] = [];
    const forget = lessor.ask({ id: 1n, renew: true }, (answer) => answers.push(answer));
    forget();
    expect(proofs.map(({ abandoned }) => abandoned)).to.deep.equal([true]);
    await time.advance(9_000);
    lessor.end();
    expect(answers).to.deep.equal([]);
  });

  // Without a majority to apply the end of a lease, renewals were kept long after their deadlines.
  it('keeps no renewals of an expired lease for callers that no longer wait', async () => {
    applies = false;
    grant(lease(1, 1));
    await time.advance(2_000);
    const answers: LeaseAnswer[] = [];
    const ask = (): (() => void) => lessor.ask({ id: 1n, renew: true }, (answer) => answers.push(answer));
    const forget = [ask(), ask(), ask()];
    expect(lessor.waitingRenewals).to.equal(3);
    forget[1]?.();
    expect(lessor.waitingRenewals).to.equal(2);
    revoke(lease(1, 1));
    expect(lessor.waitingRenewals).to.equal(0);
    expect(answers).to.deep.equal([{ kind: 'not-found' }, { kind: 'not-found' }]);
  });
});
