import { expect } from 'chai';
import * as fc from 'fast-check';
import { MemoryEngine } from '../../src/engine/memory/memory-engine.js';
import { first, insert, last, remove, sumFrom } from '../../src/util/sorted-map.js';
import type { SortedMap } from '../../src/util/sorted-map.js';
import { seededRandom } from '../../src/util/random.js';
import { scan } from './compliance.js';
import { appliedIndex, compareWithHistory, numberedBatch } from './numbered-batches.js';

async function write(engine: MemoryEngine, from: number, to: number): Promise<void> {
  for (let index = from; index <= to; index++) await engine.write(numberedBatch(index));
}

async function crashStates(engine: MemoryEngine, count: number): Promise<number[]> {
  const seen = new Set<number>();
  for (let seed = 0; seed < count; seed++) {
    const opened = engine.crash(seededRandom(seed));
    const { applied, actual, expected } = await compareWithHistory(opened);
    expect(actual, `SEED=${seed}`).to.deep.equal(expected);
    seen.add(applied);
  }
  return [...seen].sort((a, b) => a - b);
}

describe('the memory engine after a crash', () => {
  it('is at the last barrier without randomness, and at any batch since with it', async () => {
    const engine = new MemoryEngine();
    await write(engine, 1, 5);
    await engine.barrier();
    await write(engine, 6, 9);
    expect(await crashStates(engine, 200)).to.deep.equal([5, 6, 7, 8, 9]);
    expect(appliedIndex(engine.crash())).to.equal(5);
  });

  it('can lose everything before the first barrier, and nothing after a close', async () => {
    const engine = new MemoryEngine();
    await write(engine, 1, 3);
    expect(appliedIndex(engine.crash())).to.equal(0);
    const closed = new MemoryEngine();
    await write(closed, 1, 3);
    await closed.close();
    expect(appliedIndex(closed.crash())).to.equal(3);
  });

  it('covers by a barrier only batches that had resolved before the call', async () => {
    const engine = new MemoryEngine();
    await write(engine, 1, 2);
    const barrier = engine.barrier();
    const later = engine.write(numberedBatch(3));
    await Promise.all([barrier, later]);
    expect(await crashStates(engine, 50)).to.deep.equal([2, 3]);
  });

  it('makes the batches of a label durable at the next one', async () => {
    const engine = new MemoryEngine();
    await write(engine, 1, 3);
    expect(await engine.durableLabel(3)).to.equal(0);
    await write(engine, 4, 5);
    expect(await engine.durableLabel(5)).to.equal(3);
    expect(await crashStates(engine, 50)).to.deep.equal([3, 4, 5]);
  });

  it('keeps the barrier among the states of a crash, for any number of later batches', async () => {
    const engine = new MemoryEngine({ crashStatesMax: 3 });
    await write(engine, 1, 2);
    await engine.barrier();
    await write(engine, 3, 20);
    expect(await crashStates(engine, 100)).to.deep.equal([2, 18, 19, 20]);
  });

  it('loses writes that had not resolved, and is unusable', async () => {
    const engine = new MemoryEngine();
    const writing = engine.write(numberedBatch(1)).then(() => 'resolved', String);
    const opened = engine.crash(seededRandom(1));
    expect(await writing).to.equal('EngineClosedError: the engine has crashed');
    expect(await scan(opened)).to.deep.equal([]);
    expect(() => engine.get(new Uint8Array())).to.throw('the engine has crashed');
  });
});

describe('SortedMap', () => {
  it('stays balanced and sorted, and leaves older maps as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 200 })), { maxLength: 400 }), (steps) => {
        let map: SortedMap<number>;
        const model = new Map<number, number>();
        const history: [SortedMap<number>, string][] = [];
        for (const [step, [put, number]] of steps.entries()) {
          const key = Uint8Array.of(number);
          map = put ? insert(map, { key, value: step & 0xff, measure: number }) : remove(map, key);
          if (put) model.set(number, step & 0xff);
          else model.delete(number);
          if (step % 50 === 0) history.push([map, JSON.stringify(listed(map))]);
        }
        expect(listed(map)).to.deep.equal([...model].sort(([a], [b]) => a - b));
        expect([first(map)?.key[0], last(map)?.key[0]]).to.deep.equal([listed(map)[0]?.[0], listed(map).at(-1)?.[0]]);
        const sum = [...model.keys()].filter((number) => number >= 100).reduce((left, right) => left + right, 0);
        expect(sumFrom(map, Uint8Array.of(100))).to.equal(sum);
        for (const [older, before] of history) expect(JSON.stringify(listed(older))).to.equal(before);
        expect(depth(map)).to.be.at.most(2.5 * Math.log2(model.size + 1) + 1);
      }),
      { numRuns: 60 },
    );
  });
});

function listed(map: SortedMap<number>): [number, number][] {
  if (map === undefined) return [];
  return [...listed(map.left), [map.key[0] ?? -1, map.value], ...listed(map.right)];
}

function depth(map: SortedMap<number>): number {
  return map === undefined ? 0 : 1 + Math.max(depth(map.left), depth(map.right));
}
