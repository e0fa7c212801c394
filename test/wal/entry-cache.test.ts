import { expect } from 'chai';
import type { Entry } from '../../src/raft/types.js';
import { writeEntry } from '../../src/record/entry-record.js';
import { recordBytes } from '../../src/record/record.js';
import { EntryRecorder } from '../../src/record/recorder.js';
import { defined } from '../../src/util/assert.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { EntryCache } from '../../src/wal/entry-cache.js';
import { collectGarbage, leastBufferBytes, liveBufferBytes } from '../support/collect-garbage.js';
import { entry } from './fixtures.js';

/** Entries as they reach the cache: with a record in a shared buffer, or without one. */
function entriesFrom(recorder: EntryRecorder, low: number, high: number, term: number): Entry[] {
  return Array.from({ length: high - low }, (_, position) => {
    const index = low + position;
    const made = entry(index, term, index % 97 === 0 ? 3000 : 20 + (index % 90));
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
      // What was read before, and what it was then.
      const read: { entries: Entry[]; text: string }[] = [];
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
        expect(cache.bytes, `seed ${seed}, step ${step}`).to.be.within(bytes, maxBytes);
        for (const { entries, text } of read)
          expect(texts(entries).join('\n'), `seed ${seed}, step ${step}`).to.equal(text);
        if (first === next) continue;
        const low = first + below(next - first);
        const high = low + below(next + 1 - low);
        const entries = cache.range(low, high);
        const text = texts(kept.slice(low - first, high - first)).join('\n');
        expect(texts(entries).join('\n'), `seed ${seed}, step ${step}`).to.equal(text);
        read.push({ entries, text });
        if (read.length > 4) read.shift();
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
    const cache = new EntryCache(32 * 1024 * 1024);
    const recorder = new EntryRecorder();
    const add = (low: number, high: number): void => addPuts({ cache, recorder, low, high });
    add(1, 5_000);
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    add(5_000, 65_000);
    collectGarbage();
    const perEntry = (process.memoryUsage().heapUsed - before) / 60_000;
    expect(cache.range(5_000, 65_000)).to.have.length(60_000);
    expect(perEntry).to.be.below(30);
  });

  // The cache kept the buffers in which entries had arrived. Each was in the old generation by the time it left the
  // cache, and V8 collected the whole heap of a follower for every 7 MB of them, more than once a second.
  it('needs no more memory once it is full, and frees nothing that only a collection of the whole heap finds', () => {
    const cache = new EntryCache(4 * 1024 * 1024);
    const recorder = new EntryRecorder();
    addPuts({ cache, recorder, low: 1, high: 20_000 });
    const before = liveBufferBytes();
    for (let low = 20_000; low < 80_000; low += 4000) {
      addPuts({ cache, recorder, low, high: low + 4000 });
      collectGarbage({ type: 'minor' });
    }
    expect(leastBufferBytes(before + 3e6)).to.be.at.most(before + 3e6);
    expect(cache.bytes).to.be.within(3.5 * 1024 * 1024, 4 * 1024 * 1024);
  });

  it('takes memory as it fills, keeps it when the log is cut, and frees it if later entries do not need it', () => {
    const cache = new EntryCache(4 * 1024 * 1024);
    const recorder = new EntryRecorder();
    addPuts({ cache, recorder, low: 1, high: 101 });
    expect(cache.bytes).to.be.below(64 * 1024);
    let next = 101;
    // A load that fills the cache again and again between cuts finds its memory there.
    const fullBytes: number[] = [];
    for (let cycle = 0; cycle < 5; cycle++) {
      addPuts({ cache, recorder, low: next, high: next + 9000 });
      next += 9000;
      if (cycle > 0) fullBytes.push(cache.bytes);
      cache.dropBefore(next - 2000);
      expect(cache.bytes).to.be.above(2.5e6);
    }
    for (const end = next + 60_000; next < end; next += 100) {
      addPuts({ cache, recorder, low: next, high: next + 100 });
      cache.dropBefore(next - 2000);
    }
    expect(Math.max(...fullBytes) - Math.min(...fullBytes)).to.be.below(0.3e6);
    expect(cache.bytes).to.be.below(1.2e6);
    expect(cache.range(cache.first, next)).to.have.length(next - cache.first);
    cache.clear();
    expect(cache.bytes).to.equal(0);
  });

  it('holds entries larger than its slabs within its bound', () => {
    const cache = new EntryCache(4 * 1024 * 1024);
    const recorder = new EntryRecorder();
    const sizes = [100, 70_000, 300_000, 2000];
    const added: Entry[] = [];
    for (let index = 1; index <= 200; index++) {
      added.push(recorder.record(entry(index, 1, sizes[index % sizes.length])));
      cache.append(defined(added.at(-1), 'an entry'));
      expect(cache.bytes).to.be.at.most(4 * 1024 * 1024);
    }
    expect(cache.first).to.be.below(180);
    expect(texts(cache.range(cache.first, 201))).to.deep.equal(texts(added.slice(cache.first - 1)));
    cache.append(entry(201, 1, 5 * 1024 * 1024));
    expect(cache.first).to.equal(Infinity);
    expect(cache.bytes).to.be.at.most(4 * 1024 * 1024);
  });

  // Only the record was counted: a frame of a mebibyte with one entry of 70 KB among small ones stayed in memory as a whole.
  it('keeps no received frame for one large entry of it', () => {
    const cache = new EntryCache(4 * 1024 * 1024);
    const frames = 8;
    const sizes = [70_000, ...Array<number>(25).fill(15_000)];
    let index = 0;
    for (let frame = 0; frame < frames; frame++) {
      const source = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + recordBytes(size), 0));
      let at = 0;
      for (const size of sizes) {
        const record = writeEntry(source, at, entry(++index, 1, size));
        cache.append(record);
        at = record.end;
      }
    }
    // Each by itself: neighbours in a slab are copied out together.
    const each = Array.from({ length: index + 1 - cache.first }, (_, at) => cache.first + at);
    const large = each.flatMap((at) => cache.range(at, at + 1)).filter(({ data }) => data.length === 70_000);
    expect(large.length).to.be.above(5);
    const kept = large.slice(0, -2).map(({ data }) => data.buffer.byteLength);
    expect(Math.max(...kept)).to.be.below(70_000 * 1.125);
    cache.truncate(cache.first + 1);
    cache.clear();
    expect(cache.bytes).to.equal(0);
  });
});

interface Puts {
  readonly cache: EntryCache;
  readonly recorder: EntryRecorder;
  readonly low: number;
  readonly high: number;
}

function addPuts({ cache, recorder, low, high }: Puts): void {
  const data = Buffer.alloc(256, 'v');
  for (let index = low; index < high; index++) cache.append(recorder.record({ index, term: 1, type: 'normal', data }));
}
