import { expect } from 'chai';
import { Linger } from '../../../src/node/loop/linger.js';
import type { Clock } from '../../../src/ports/clock.js';
import { Signal } from '../../../src/util/signal.js';

/** A clock on which each turn of the event loop takes 10 µs, and which counts the turns. */
function turningClock(onTurn: (turn: number) => void = () => undefined): Clock & { readonly turns: () => number } {
  let turns = 0;
  return {
    now: () => turns * 0.01,
    timeout: () => () => undefined,
    soon: (callback) => {
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
