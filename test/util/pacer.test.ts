import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { Pacer } from '../../src/util/pacer.js';

describe('a pacer', () => {
  it('ends a slice after its units', async () => {
    const pacer = new Pacer({ pause: () => Promise.resolve(), sliceUnits: 10 });
    expect(pacer.spend(9)).to.equal(undefined);
    await pacer.spend(1);
    expect(pacer.spend(9)).to.equal(undefined);
  });

  // Only the caller that used up the slice waited: with 16 queries of one client at once, on an engine that reads at once, a turn of
  // the event loop took 16 slices, 130 ms.
  it('has all callers wait once a slice is used up', async () => {
    let turns = 0;
    let unitsOfTurn = 0;
    let most = 0;
    const pacer = new Pacer({ pause: () => nextTurn(), sliceUnits: 100 });
    const caller = async (): Promise<void> => {
      for (let step = 0; step < 200; step++) {
        unitsOfTurn += 1;
        most = Math.max(most, unitsOfTurn);
        const rest = pacer.spend(1);
        await (rest ?? Promise.resolve());
      }
    };
    const callers = { areDone: false };
    const countTurns = async (): Promise<void> => {
      while (!callers.areDone) {
        await nextTurn();
        turns += 1;
        unitsOfTurn = 0;
      }
    };
    const counting = countTurns();
    await Promise.all(Array.from({ length: 16 }, caller));
    callers.areDone = true;
    await counting;
    // Each caller takes a step before it learns that the slice is used up.
    expect(most).to.be.within(100, 100 + 2 * 16);
    expect(turns).to.be.within((16 * 200) / 132, 16 * 200);
  });
});
