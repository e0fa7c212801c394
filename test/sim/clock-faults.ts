import type { Fault } from './fault.js';
import type { FaultKind } from './options.js';

export const clockFaults: Readonly<Record<'clock-jump' & FaultKind, Fault>> = {
  /** Forward only: the clock is monotonic even when it is faulty. */
  'clock-jump': (world, random) => {
    const machine = world.someMachine(random, ({ running }) => running);
    if (machine === undefined) return undefined;
    machine.member.clock.jump(random.next() * 5000);
    return () => undefined;
  },
};
