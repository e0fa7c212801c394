import { expect } from 'chai';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Entry } from '../../src/raft/types.js';
import { recordBytes } from '../../src/record/record.js';
import { EntryRecorder } from '../../src/record/recorder.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { EntryCache } from '../../src/wal/entry-cache.js';
import { entry } from './fixtures.js';

/** Entries as they reach the cache: with a record in a shared buffer, or without one. */
function entriesFrom(recorder: EntryRecorder, low: number, high: number, term: number): Entry[] {
  return Array.from({ length: high - low }, (_, position) => {
    const made = entry(low + position, term, 20 + ((low + position) % 90));
    return made.index % 13 === 0 ? made : recorder.record(made);
  });
}

/** As text: quick to compare. */
function texts(entries: readonly Entry[]): string[] {
  return entries.map(
    ({ index, term, type, data }) => `${index} ${term} ${type} ${Buffer.from(data).toString('latin1')}`,
  );
}

describe('EntryCache', () => {
  it('holds the newest entries within its bound, whatever is appended, replaced and dropped', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed);
      const below = (limit: number): number => randomInteger(random, 0, limit);
      const recorder = new EntryRecorder();
      const maxBytes = 1 + below(150_000);
      const cache = new EntryCache(maxBytes);
      let expected: Entry[] = [];
      let next = 1;
      for (let step = 0; step < 40; step++) {
        const kind = below(10);
        if (kind === 0) {
          // Entries of a later term replace the last ones.
          next = Math.max(1, next - below(100));
          cache.truncate(next);
          expected = expected.filter(({ index }) => index < next);
        } else if (kind === 1) {
          const before = next - below(1200);
          cache.dropBefore(before);
          expected = expected.filter(({ index }) => index >= before);
        } else if (kind === 2 && below(8) === 0) {
          cache.clear();
          expected = [];
        } else {
          const added = entriesFrom(recorder, next, next + below(150), 1 + step);
          for (const each of added) cache.append(each);
          expected.push(...added);
          next += added.length;
        }
        const first = Math.min(cache.first, next);
        const kept = expected.filter(({ index }) => index >= first);
        expect(kept.length, `seed ${seed}, step ${step}`).to.equal(next - first);
        const bytes = kept.reduce((sum, { data }) => sum + recordBytes(data.length), 0);
        expect(bytes, `seed ${seed}, step ${step}`).to.be.at.most(maxBytes);
        if (first === next) continue;
        const low = first + below(next - first);
        const high = low + below(next + 1 - low);
        expect(texts(cache.range(low, high)).join('\n'), `seed ${seed}, step ${step}`).to.equal(
          texts(kept.slice(low - first, high - first)).join('\n'),
        );
      }
    }
  });

  it('returns the newest entries as the objects that were appended', () => {
    const cache = new EntryCache(1024 * 1024);
    const added = entriesFrom(new EntryRecorder(), 1, 2001, 1);
    for (const each of added) cache.append(each);
    for (const [at, found] of cache.range(1501, 2001).entries()) expect(found).to.equal(added[1500 + at]);
  });

  it('refuses a gap', () => {
    const cache = new EntryCache(1000);
    cache.append(entry(5));
    expect(() => cache.append(entry(7))).to.throw(/entry 7 after 5/);
  });

  // The cache kept an object and a view for each of some 70,000 entries. At 40,000 entries a second each lived for two
  // seconds: the collector copied all of them twice, and then filled the old generation with them.
  it('keeps almost no object of the heap for an entry', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const cache = new EntryCache(32 * 1024 * 1024);
    const recorder = new EntryRecorder();
    const value = Buffer.alloc(256, 'v');
    const add = (low: number, high: number): void => {
      for (let index = low; index < high; index++)
        cache.append(recorder.record({ index, term: 1, type: 'normal', data: value }));
    };
    add(1, 5_000);
    collect();
    const before = process.memoryUsage().heapUsed;
    add(5_000, 65_000);
    collect();
    const perEntry = (process.memoryUsage().heapUsed - before) / 60_000;
    expect(cache.range(5_000, 65_000)).to.have.length(60_000);
    expect(perEntry).to.be.below(30);
  });
});
