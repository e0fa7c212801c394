import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { SharedTurns, type Outcome, type Steps } from '../../src/util/slices.js';

/** Steps of 0.1 ms each. */
function* steps(count: number): Steps<string> {
  for (let step = 0; step < count; step++) {
    const begunMs = performance.now();
    while (performance.now() < begunMs + 0.1);
    yield;
  }
  return 'value';
}

/** Calls back in each turn of the event loop until it is stopped. */
function everyTurn(callback: () => void): { stop: () => void } {
  let immediate = setImmediate(function each() {
    callback();
    immediate = setImmediate(each);
  });
  return { stop: () => clearImmediate(immediate) };
}

describe('SharedTurns', () => {
  const wanted = (): boolean => true;
  const done: Outcome<string> = { kind: 'done', value: 'value' };

  it('finishes short work before it returns', () => {
    const outcomes: Outcome<string>[] = [];
    new SharedTurns().run(steps(3), { wanted, finish: (outcome) => outcomes.push(outcome) });
    expect(outcomes).to.deep.equal([done]);
  });

  it('passes on an error of the work', () => {
    const failing = function* (): Steps<string> {
      yield;
      throw new Error('broken');
    };
    const outcomes: Outcome<string>[] = [];
    new SharedTurns().run(failing(), { wanted, finish: (outcome) => outcomes.push(outcome) });
    expect(outcomes).to.have.nested.property('[0].error.message', 'broken');
  });

  it('drops work that is not wanted any more', async () => {
    const turns = new SharedTurns();
    let isWanted = true;
    let finished = false;
    let cleaned = false;
    const cleaning = function* (): Steps<string> {
      try {
        return yield* steps(1_000);
      } finally {
        cleaned = true;
      }
    };
    turns.run(cleaning(), { wanted: () => isWanted, finish: () => (finished = true) });
    isWanted = false;
    await nextTurn();
    await nextTurn();
    expect({ finished, cleaned }).to.deep.equal({ finished: false, cleaned: true });
  });

  // Each slice had 2 ms for itself: the decoding of ten requests took 20 ms of each turn.
  it('gives all work together the time of one slice in each turn', async () => {
    const turns = new SharedTurns();
    const works = 20;
    let inTurn = 0;
    const counted = function* (): Steps<string> {
      for (let step = 0; step < 40; step++) {
        yield* steps(1);
        inTurn += 1;
      }
      return 'value';
    };
    let most = 0;
    const watch = everyTurn(() => {
      most = Math.max(most, inTurn);
      inTurn = 0;
    });
    await new Promise<void>((resolve) => {
      let left = works;
      for (let work = 0; work < works; work++)
        turns.run(counted(), { wanted, finish: () => --left === 0 && resolve() });
    });
    watch.stop();
    // Work begins outside of the immediate as well: 2 ms each, and the steps until the clock is read.
    expect(most).to.be.below(60);
  });

  it('lets work take turns, so that short work is not behind all of the long one', async () => {
    const turns = new SharedTurns();
    const finished: string[] = [];
    const all = ['long', 'short', 'shorter'].map(
      (name, index) =>
        new Promise<void>((resolve) => {
          const finish = (): void => {
            finished.push(name);
            resolve();
          };
          turns.run(steps([200, 30, 2][index] ?? 0), { wanted, finish });
        }),
    );
    await Promise.all(all);
    expect(finished).to.deep.equal(['shorter', 'short', 'long']);
  });

  // A client that read as fast as an answer of 100 MB was printed had each slice of it run in the turn of the one
  // before, and all other calls waited for up to 0.7 s.
  it('runs the next slice in another turn, even if the work need not wait', async () => {
    let slices = 0;
    let turnsBetween = 0;
    const watch = everyTurn(() => (turnsBetween += 1));
    await new Promise<void>((resolve) =>
      new SharedTurns().run(steps(200), {
        wanted,
        finish: () => resolve(),
        hold: (resume) => {
          slices += 1;
          resume();
          return true;
        },
      }),
    );
    watch.stop();
    expect(slices).to.be.greaterThan(4);
    expect(turnsBetween).to.be.within(slices, 3 * slices);
  });
});
