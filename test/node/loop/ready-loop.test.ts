import { expect } from 'chai';
import { runReadyLoop, type ReadyLoopOptions } from '../../../src/node/loop/ready-loop.js';

/** A loop with something to do in every turn, for 40 turns, whose executor waits for nothing. */
function busyLoop(execute: (turn: number) => void): ReadyLoopOptions & { readonly turns: () => number } {
  let turns = 0;
  const loop = {
    turns: () => turns,
    lifecycle: {
      get running(): boolean {
        return turns < 40;
      },
    },
    step: { run: () => void (turns += 1) },
    raw: { hasReady: () => true, ready: () => ({ readStates: [] }) },
    executor: { execute: () => execute(turns), answers: () => [], idle: () => Promise.resolve() },
    commits: { full: false, settled: true },
    receiver: { arrived: undefined, discardUnwanted: () => undefined },
    onStep: () => undefined,
  };
  return loop as unknown as ReadyLoopOptions & { readonly turns: () => number };
}

describe('the Ready loop, while nothing makes it wait,', () => {
  it('lets the applier continue after each few turns', async () => {
    const options = busyLoop(() => undefined);
    const loop = runReadyLoop(options);
    const seen: number[] = [];
    for (let turns = 0; turns < 40; turns = options.turns()) {
      seen.push(options.turns());
      await Promise.resolve();
    }
    await loop;
    const gaps = seen.map((turns, at) => turns - (seen[at - 1] ?? 0));
    expect(Math.max(...gaps), seen.join(' ')).to.be.at.most(8);
  });

  it('ends with the error of an executor that throws in its turn', async () => {
    const failure = new Error('a write in the turn failed');
    const options = busyLoop((turn) => {
      if (turn === 3) throw failure;
    });
    expect(await runReadyLoop(options).catch((error: unknown) => error)).to.equal(failure);
    expect(options.turns()).to.equal(3);
  });
});
