import { expect } from 'chai';
import { Sketch } from '../../../src/server/hot/sketch.js';
import { KEPT_BYTES } from '../../../src/server/hot/key-slots.js';
import { expectShortWork } from '../../support/time-limits.js';
import { randomInteger, seededRandom, type Random } from '../../../src/util/random.js';

const SEED = Number(process.env['SEED'] ?? 1);
const HALF_LIFE_MS = 1_000;
const NONE = Buffer.alloc(0);

function sketchOf(capacity: number): Sketch {
  return new Sketch({ capacity, seed: [3, 4], halfLifeMs: HALF_LIFE_MS }, 0);
}

interface Call {
  readonly key: string;
  readonly weight: number;
  readonly atMs: number;
}

/** Feeds calls to a sketch, and returns it with the exact decayed counts at the time of the last one. */
function fed(capacity: number, calls: readonly Call[]): { sketch: Sketch; exact: Map<string, number>; nowMs: number } {
  const sketch = sketchOf(capacity);
  const exact = new Map<string, number>();
  const nowMs = calls.at(-1)?.atMs ?? 0;
  for (const { key, weight, atMs } of calls) {
    sketch.add(Buffer.from(key), NONE, weight, atMs);
    exact.set(key, (exact.get(key) ?? 0) + weight * 2 ** ((atMs - nowMs) / HALF_LIFE_MS));
  }
  return { sketch, exact, nowMs };
}

/** Checks what Space-Saving guarantees: see the class. */
function expectBounds(capacity: number, calls: readonly Call[]): void {
  const { sketch, exact, nowMs } = fed(capacity, calls);
  const total = [...exact.values()].reduce((sum, count) => sum + count, 0);
  const slack = 1e-9 * total;
  const found = sketch.top(Infinity, nowMs);
  expect(sketch.total(nowMs)).to.be.closeTo(total, slack);
  expect(found.length).to.equal(Math.min(capacity, exact.size));
  expect(new Set(found.map(({ key }) => String(key))).size).to.equal(found.length);
  for (const { key, count, error } of found) {
    const truth = exact.get(String(key)) ?? 0;
    expect(count, `${String(key)}, seed ${SEED}`).to.be.within(truth - slack, truth + error + slack);
    expect(error).to.be.at.most(total / capacity + slack);
  }
  const counts = found.map(({ count }) => count);
  expect(counts).to.deep.equal([...counts].sort((left, right) => right - left));
  expect(sketch.largest(nowMs)).to.equal(counts[0] ?? 0);
  const names = new Set(found.map(({ key }) => String(key)));
  for (const [key, count] of exact) if (count > total / capacity + slack) expect(names.has(key), key).to.equal(true);
}

/** Rank 0 is drawn most often: with probability proportional to 1 / (rank + 1). */
function zipf(random: Random, keys: number): () => number {
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 0; rank < keys; rank++) sums.push((sum += 1 / (rank + 1)));
  return () => {
    const point = random.next() * sum;
    let low = 0;
    for (let high = keys - 1; low < high;) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > point) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

describe('Sketch', () => {
  it('keeps its bounds on Zipf-distributed keys, and finds the most frequent ones', () => {
    const random = seededRandom(SEED);
    const rank = zipf(random, 5_000);
    const calls = Array.from({ length: 15_000 }, (_, at) => ({ key: `k${rank()}`, weight: 1, atMs: at / 25 }));
    for (const capacity of [1, 16, 256]) expectBounds(capacity, calls);
    const top = fed(256, calls).sketch.top(3, 600);
    expect(top.map(({ key }) => String(key))).to.deep.equal(['k0', 'k1', 'k2']);
  });

  it('keeps its bounds where each new key evicts one', () => {
    const distinct = Array.from({ length: 1_000 }, (_, at) => ({ key: `k${at % 65}`, weight: 1, atMs: 0 }));
    expectBounds(64, distinct);
    expectBounds(64, [...distinct, { key: 'late', weight: 400, atMs: 0 }, ...distinct]);
  });

  it('keeps its bounds on any calls, weights and times', () => {
    const random = seededRandom(SEED);
    for (let run = 0; run < 40; run++) {
      const capacity = randomInteger(random, 1, 40);
      const keys = randomInteger(random, 1, 100);
      const stepMs = [0, 1, 50, 200_000][randomInteger(random, 0, 4)] ?? 0;
      let atMs = 0;
      const calls = Array.from({ length: randomInteger(random, 1, 1_500) }, () => ({
        key: `k${randomInteger(random, 0, keys)}`,
        weight: randomInteger(random, 1, 17),
        atMs: (atMs += random.next() * stepMs),
      }));
      expectBounds(capacity, calls);
    }
  });

  // A client that names another key in each call replaces one in each.
  it('takes the same memory, and some microseconds a call, under a flow of distinct keys', async () => {
    for (const capacity of [256, 10_000]) {
      const sketch = sketchOf(capacity);
      const { sizeBytes } = sketch;
      const key = Buffer.alloc(1024 ** 2);
      let next = 0;
      const flow = (calls: number, keyBytes: number): void => {
        for (let at = 0; at < calls; at++) {
          key.writeUInt32LE(next++, 0);
          sketch.add(key.subarray(0, keyBytes), NONE, 1, 0);
        }
      };
      flow(2 * capacity, 16);
      // Some 1 µs and 6 µs a call on a usual processor.
      await expectShortWork(250, () => flow(50_000, 16));
      await expectShortWork(250, () => flow(5_000, key.length));
      expect(sketch.sizeBytes).to.equal(sizeBytes);
      expect(sketch.top(Infinity, 0).length).to.equal(capacity);
    }
  });

  it('halves counts with each half-life, so that a new key passes an old one', () => {
    const sketch = sketchOf(4);
    sketch.add(Buffer.from('old'), NONE, 1_000, 0);
    sketch.add(Buffer.from('new'), NONE, 200, 3 * HALF_LIFE_MS);
    const counts = sketch.top(4, 3 * HALF_LIFE_MS).map(({ key, count }) => [String(key), count]);
    expect(counts).to.deep.equal([
      ['new', 200],
      ['old', 125],
    ]);
    // Scaled down in between, and down to nothing.
    sketch.add(Buffer.from('newest'), NONE, 1, 100 * HALF_LIFE_MS);
    expect(sketch.top(1, 100 * HALF_LIFE_MS).map(({ key }) => String(key))).to.deep.equal(['newest']);
    sketch.add(Buffer.from('newest'), NONE, 1, 1e6 * HALF_LIFE_MS);
    expect(sketch.top(2, 1e6 * HALF_LIFE_MS).map(({ count }) => count)).to.deep.equal([1, 0]);
  });

  it('takes the same memory whatever the length of keys, and shows their beginnings', () => {
    const sketch = sketchOf(8);
    const { sizeBytes } = sketch;
    expect(sizeBytes).to.be.below(8 * 400);
    for (let at = 0; at < 20; at++) sketch.add(Buffer.alloc(1024 ** 2, at), Buffer.alloc(1024 ** 2, 255), 1, 0);
    expect(sketch.sizeBytes).to.equal(sizeBytes);
    const [first] = sketch.top(1, 0);
    expect(first).to.include({ keyBytes: 1024 ** 2, rangeEndBytes: 1024 ** 2, count: 3 });
    expect(first?.key.length).to.equal(KEPT_BYTES);
    expect(first?.rangeEnd).to.deep.equal(Buffer.alloc(KEPT_BYTES, 255));
  });

  it('distinguishes keys from their prefixes and ranges, and long keys by what is not kept', () => {
    const sketch = sketchOf(64);
    const long = 'x'.repeat(KEPT_BYTES);
    const ranges = [
      ['', ''],
      ['a', ''],
      ['ab', ''],
      ['a', 'b'],
      ['a', '\0'],
      ['b', 'a'],
      ['\0', '\0'],
      [long, ''],
      [`${long}1`, ''],
      [`${long}2`, ''],
      [`${long}2`, 'y'],
      ['a', `${long}1`],
      ['a', `${long}2`],
      [`${long.repeat(20)}1`, ''],
      [`${long.repeat(20)}2`, ''],
    ] as const;
    for (const [weight, [key, end]] of ranges.entries()) {
      for (let round = 0; round < 3; round++) sketch.add(Buffer.from(key), Buffer.from(end), weight + 1, 0);
    }
    expect(sketch.top(64, 0).map(({ count }) => count)).to.deep.equal(ranges.map((_, at) => 3 * (at + 1)).reverse());
  });
});
