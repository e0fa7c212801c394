import { expect } from 'chai';
import { Linger } from '../../../src/node/loop/linger.js';
import type { Clock } from '../../../src/ports/clock.js';
import { realClock } from '../../../src/util/real-clock.js';
import { Signal } from '../../../src/util/signal.js';

/** Reads of the clock and turns after which a test fails, in place of a process that never ends. */
const STEPS_MAX = 10_000;

/** A clock on which each turn of the event loop takes 10 µs, and which counts the turns. */
function turningClock(onTurn: (turn: number) => void = () => undefined): Clock & { readonly turns: () => number } {
  let turns = 0;
  let steps = 0;
  const step = (): void => {
    steps += 1;
    if (steps > STEPS_MAX) throw new Error(`still awake after ${turns} turns`);
  };
  return {
    now: () => {
      step();
      return turns * 0.01;
    },
    timeout: () => () => undefined,
    soon: (callback) => {
      step();
      turns += 1;
      onTurn(turns);
      queueMicrotask(callback);
    },
    turns: () => turns,
  };
}

describe('Linger', () => {
  it('stays awake for its time while a round waits for its answer', async () => {
    const clock = turningClock();
    await new Linger({ clock, reads: { underWay: true }, lingerMs: 0.2 }).await(new Signal());
    expect(clock.turns()).to.equal(20);
  });

  it('ends as soon as something arrives', async () => {
    const signal = new Signal();
    const clock = turningClock((turn) => (turn === 5 ? signal.set() : undefined));
    await new Linger({ clock, reads: { underWay: true }, lingerMs: 0.2 }).await(signal);
    expect(clock.turns()).to.equal(5);
    expect(signal.isSet).to.equal(true);
  });

  /** A loop that stays awake without turns of the event loop keeps out the answer for which it waits. */
  it('lets sockets and timers have each turn meanwhile', async () => {
    let others = 0;
    const other = (): void => {
      others += 1;
      turn = setImmediate(other);
    };
    let turn = setImmediate(other);
    await new Linger({ clock: realClock, reads: { underWay: true }, lingerMs: 20 }).await(new Signal());
    clearImmediate(turn);
    expect(others).to.be.greaterThan(0);
  });

  it('stays awake after an answer, for the next read, and then no longer', async () => {
    const clock = turningClock();
    const linger = new Linger({ clock, reads: { underWay: false }, lingerMs: 0.2 });
    linger.answered();
    await linger.await(new Signal());
    expect(clock.turns()).to.equal(20);
    await linger.await(new Signal());
    expect(clock.turns()).to.equal(20);
  });

  it('sleeps at once without reads, and if it is switched off', async () => {
    const clock = turningClock();
    await new Linger({ clock, reads: { underWay: false }, lingerMs: 0.2 }).await(new Signal());
    await new Linger({ clock, reads: { underWay: true }, lingerMs: 0 }).await(new Signal());
    expect(clock.turns()).to.equal(0);
  });
});
