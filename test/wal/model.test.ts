import { expect } from 'chai';
import * as fc from 'fast-check';
import { EMPTY_HARD_STATE } from '../../src/raft/types.js';
import type { Entry, HardState } from '../../src/raft/types.js';
import type { WriteAheadLog } from '../../src/wal/write-ahead-log.js';
import { seededRandom } from '../../src/util/random.js';
import { FaultyDisk } from '../support/faulty-disk.js';
import { IN_TURN, contentsOf, entry, open, plain, store } from './fixtures.js';

/** A log as an array. */
interface Model {
  readonly cut: { readonly index: number; readonly term: number };
  readonly entries: readonly Entry[];
  readonly hardState: HardState;
}

type Step =
  | {
      readonly kind: 'append';
      readonly back: number;
      readonly count: number;
      readonly bytes: number;
      readonly sync: boolean;
    }
  | { readonly kind: 'vote' }
  | { readonly kind: 'compact'; readonly part: number }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'kill' }
  | { readonly kind: 'crash'; readonly seed: number };

const POOL = { segmentBytes: 4096, cacheBytes: 3000 };
const TURN = { ...POOL, writes: IN_TURN };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      back: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(8) }),
      count: fc.integer({ min: 1, max: 5 }),
      bytes: fc.oneof({ weight: 6, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.nat(6000) }),
      sync: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('vote' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('compact' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash' as const), seed: fc.nat() }) },
);

function lastOf({ cut, entries }: Model): number {
  return cut.index + entries.length;
}

function contentsOfModel(model: Model): unknown {
  const { cut, entries, hardState } = model;
  return { first: cut.index + 1, last: lastOf(model), cutTerm: cut.term, hardState, entries: plain(entries) };
}

/** The log with its model, and all models that are valid after a crash. */
class Pair {
  disk = new FaultyDisk();
  log: WriteAheadLog;
  model: Model = { cut: { index: 0, term: 0 }, entries: [], hardState: EMPTY_HARD_STATE };
  /** States since the last sync, the synced one first. */
  possible: Model[] = [this.model];
  readonly #options: typeof POOL;

  constructor(disk: FaultyDisk, log: WriteAheadLog, options: typeof POOL) {
    this.#options = options;
    this.disk = disk;
    this.log = log;
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'append':
        return this.#append(step);
      case 'vote': {
        const hardState = {
          ...this.model.hardState,
          term: this.model.hardState.term + 1,
          vote: lastOf(this.model) % 5,
        };
        await store(this.log, { entries: [], hardState, mustSync: true });
        return this.#become({ ...this.model, hardState }, true);
      }
      case 'compact': {
        const { cut, entries } = this.model;
        const count = Math.floor(step.part * entries.length);
        const last = entries[count - 1];
        if (last === undefined) return undefined;
        await this.log.compact(last.index);
        return this.#become(
          { ...this.model, cut: { index: cut.index + count, term: last.term }, entries: entries.slice(count) },
          true,
        );
      }
      case 'reopen':
        await this.log.close();
        this.log = await open(this.disk, this.#options);
        this.possible = [this.model];
        return undefined;
      case 'kill':
        this.disk = this.disk.restarted();
        this.log = await open(this.disk, this.#options);
        this.possible = [this.model];
        return undefined;
      case 'crash': {
        const random = seededRandom(step.seed);
        this.disk = this.disk.crashed((options) => Math.floor(random.next() * options));
        this.log = await open(this.disk, this.#options);
        const found = JSON.stringify(contentsOf(this.log));
        const survivor = this.possible.find((model) => JSON.stringify(contentsOfModel(model)) === found);
        if (survivor === undefined) expect(contentsOf(this.log)).to.deep.equal(contentsOfModel(this.model));
        else this.#become(survivor, true);
        return undefined;
      }
    }
  }

  check(): void {
    expect(contentsOf(this.log)).to.deep.equal(contentsOfModel(this.model));
  }

  async #append({ back, count, bytes, sync }: Extract<Step, { kind: 'append' }>): Promise<void> {
    const { cut, entries: before, hardState: old } = this.model;
    const first = Math.max(cut.index + 1, lastOf(this.model) + 1 - back);
    const term = old.term + (back > 0 ? 1 : 0);
    const entries = Array.from({ length: count }, (_, position) => entry(first + position, term, bytes));
    const hardState = { term, vote: old.vote, commit: Math.max(old.commit, cut.index) };
    await store(this.log, { entries, hardState, mustSync: sync });
    this.#become({ cut, entries: [...before.slice(0, first - cut.index - 1), ...entries], hardState }, sync);
  }

  #become(model: Model, synced: boolean): void {
    this.model = model;
    this.possible = synced ? [model] : [...this.possible, model];
  }
}

describe('WriteAheadLog compared with a model', () => {
  it('holds the same content after random appends, overwrites, cuts, restarts and crashes', async () => {
    // After a crash: exactly the synced state, or that with some of the following batches in order.
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.boolean(), async (steps, inTurn) => {
        const disk = new FaultyDisk();
        const options = inTurn ? TURN : POOL;
        const pair = new Pair(disk, await open(disk, options), options);
        for (const one of steps) {
          await pair.take(one);
          pair.check();
        }
      }),
      { numRuns: 120 },
    );
  });
});
