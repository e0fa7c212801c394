import { expect } from 'chai';
import { AppliedWaiters, type Ticket } from '../../../src/node/loop/applied-waiters.js';
import { levelOfContext, ReadQueue } from '../../../src/node/authority/reads.js';
import { defined } from '../../../src/util/assert.js';
import { seededRandom } from '../../../src/util/random.js';

function ticket(log: string[], name: string): Ticket {
  return { abandoned: false, ready: () => void log.push(name) };
}

function queue(readsMax = 100): ReadQueue {
  return new ReadQueue({ self: 3, random: seededRandom(1), readsMax, retryTicks: 2 });
}

describe('ReadQueue (thesis, section 6.4)', () => {
  it('gathers waiting reads into one round, and later ones into the next', () => {
    const reads = queue();
    const log: string[] = [];
    reads.add('consistent', ticket(log, 'a'));
    reads.add('consistent', ticket(log, 'b'));
    const [first] = reads.start();
    reads.add('consistent', ticket(log, 'late'));
    expect(reads.start(), 'one round at a time').to.deep.equal([]);
    for (const read of reads.answered(defined(first, 'context'))) read.ready();
    expect(log).to.deep.equal(['a', 'b']);
    const [second] = reads.start();
    expect(second).not.to.deep.equal(first);
    expect(reads.answered(defined(second, 'context'))).to.have.length(1);
  });

  it('separates reads by level, which the context states', () => {
    const reads = queue();
    reads.add('default', ticket([], 'a'));
    reads.add('consistent', ticket([], 'b'));
    expect(reads.start().map(levelOfContext)).to.deep.equal(['consistent', 'default']);
  });

  it('repeats a round without an answer under a new context, and ignores a late answer to the old one', () => {
    const reads = queue();
    reads.add('consistent', ticket([], 'a'));
    const [lost] = reads.start();
    expect([reads.tick(), reads.tick()]).to.deep.equal([false, true]);
    const [again] = reads.start();
    expect(reads.answered(defined(lost, 'context'))).to.deep.equal([]);
    expect(reads.answered(defined(again, 'context'))).to.have.length(1);
  });

  it('never uses an answer from before a leader change (etcd 7331, 20418)', () => {
    const reads = queue();
    reads.add('consistent', ticket([], 'a'));
    const [before] = reads.start();
    reads.restart();
    expect(reads.answered(defined(before, 'context'))).to.deep.equal([]);
    expect(reads.start()).to.have.length(1);
  });

  it('is bounded: abandoned reads make room, and then one more read is refused', () => {
    const reads = queue(2);
    const gone = ticket([], 'gone');
    expect(reads.add('default', gone)).to.equal(true);
    expect(reads.add('default', ticket([], 'a'))).to.equal(true);
    expect(reads.add('default', ticket([], 'b'))).to.equal(false);
    gone.abandoned = true;
    expect(reads.add('default', ticket([], 'b'))).to.equal(true);
  });

  it('makes contexts that differ across restarts of a member', () => {
    const contexts = [1, 2].map((seed) => {
      const reads = new ReadQueue({ self: 3, random: seededRandom(seed), readsMax: 10, retryTicks: 2 });
      reads.add('default', ticket([], 'a'));
      return reads.start()[0];
    });
    expect(contexts[0]).not.to.deep.equal(contexts[1]);
  });
});

describe('AppliedWaiters', () => {
  it('calls waiters in the order of their indexes, whatever the order in which they came', () => {
    const waiters = new AppliedWaiters();
    const log: string[] = [];
    for (const index of [5, 3, 4, 3]) waiters.add(index, ticket(log, String(index)));
    waiters.reached(2);
    expect(log).to.deep.equal([]);
    waiters.reached(4);
    expect(log).to.deep.equal(['3', '3', '4']);
    expect(waiters.size).to.equal(1);
  });

  it('removes abandoned waiters, so that waits for an index that never comes do not accumulate', () => {
    const waiters = new AppliedWaiters();
    for (let count = 0; count < 10_000; count++) {
      const waiting = ticket([], 'never');
      waiters.add(Number.MAX_SAFE_INTEGER, waiting);
      waiting.abandoned = true;
    }
    expect(waiters.size).to.be.at.most(1024);
  });

  // One read that had given up to wait for a revision far ahead ended the batching of a follower for good.
  it('counts a caller as waiting until it is called or stops waiting', () => {
    const waiters = new AppliedWaiters();
    expect(waiters.isAwaited).to.equal(false);
    const [first, second] = [ticket([], 'first'), ticket([], 'second')];
    waiters.add(5, first);
    waiters.add(Number.MAX_SAFE_INTEGER, second);
    second.abandoned = true;
    expect(waiters.isAwaited).to.equal(true);
    waiters.reached(5);
    expect(waiters.isAwaited).to.equal(false);
    waiters.add(6, first);
    expect(waiters.isAwaited).to.equal(true);
    first.abandoned = true;
    expect(waiters.isAwaited).to.equal(false);
  });
});
