import { expect } from 'chai';
import * as fc from 'fast-check';
import { balanced } from '../../../src/kv/feeds/balance.js';
import type { Feed } from '../../../src/kv/feeds/feed.js';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

function feedOf(partitions: number): Feed {
  return {
    name: 'f',
    id: 1,
    key: Buffer.from('k'),
    rangeEnd: Buffer.alloc(0),
    puts: true,
    deletes: true,
    prevKv: false,
    retainRevisions: 1,
    broken: 0,
    workers: [],
    partitions: Array.from({ length: partitions }, () => ({ cursor: 0, epoch: 1, worker: '' })),
  };
}

/** The number of partitions of each worker, the smallest first. */
function shares({ workers, partitions }: Feed): readonly number[] {
  const counts = workers.map(({ name }) => partitions.filter(({ worker }) => worker === name).length);
  return counts.sort((left, right) => left - right);
}

describe('the division of a feed among workers', () => {
  it('is even, moves as few partitions as possible, and raises the epochs of those', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.uniqueArray(fc.constantFrom(...NAMES)), { maxLength: 12 }),
        (partitions, steps) => {
          let feed = feedOf(partitions);
          for (const names of steps) {
            const workers = [...names].sort().map((name, at) => ({ name, lease: BigInt(at + 1) }));
            const next = balanced(feed, workers);
            const counts = shares(next);
            if (workers.length > 0) {
              expect((counts.at(-1) ?? 0) - (counts[0] ?? 0)).to.be.at.most(1);
              expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(partitions);
            }
            let moved = 0;
            for (const [at, { worker, epoch }] of next.partitions.entries()) {
              const before = feed.partitions[at];
              const isSame = before?.worker === worker;
              if (!isSame) moved++;
              expect(epoch).to.equal((before?.epoch ?? 0) + (isSame ? 0 : 1));
              if (workers.length === 0) expect(worker).to.equal('');
            }
            expect(moved).to.equal(fewestMoves(feed, names));
            feed = next;
          }
        },
      ),
    );
  });

  it('gives a worker that begins anew other epochs', () => {
    const workers = [{ name: 'a', lease: 1n }];
    const first = balanced(feedOf(2), workers);
    const again = balanced(first, workers, 'a');
    expect(again.partitions.map(({ worker, epoch }) => `${worker}${epoch}`)).to.deep.equal(['a3', 'a3']);
  });
});

/** Those without a worker that remains, and what the workers have beyond their shares, if those with the most keep the rest. */
function fewestMoves({ partitions }: Feed, names: readonly string[]): number {
  const owned = names.map((name) => partitions.filter(({ worker }) => worker === name).length);
  owned.sort((left, right) => right - left);
  if (names.length === 0) return partitions.filter(({ worker }) => worker !== '').length;
  const share = Math.floor(partitions.length / names.length);
  const rest = partitions.length % names.length;
  const kept = owned.reduce((sum, count, at) => sum + Math.min(count, at < rest ? share + 1 : share), 0);
  return partitions.length - kept;
}
