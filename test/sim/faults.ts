import { clockFaults } from './clock-faults.js';
import { diskFaults } from './disk-faults.js';
import { someTime, type Fault } from './fault.js';
import { networkFaults } from './network-faults.js';
import { FAULT_KINDS, type FaultKind, type Pace } from './options.js';
import { processFaults } from './process-faults.js';
import type { World } from './world.js';

const FAULTS: Readonly<Record<FaultKind, Fault>> = {
  ...networkFaults,
  ...processFaults,
  ...diskFaults,
  ...clockFaults,
};

/** Begins and ends the faults of a run, each at its own rate, until everything is healed. */
export class Faults {
  readonly #world: World;
  readonly #undos = new Set<() => void>();
  #over = false;

  constructor(world: World) {
    this.#world = world;
    for (const kind of FAULT_KINDS) {
      const pace = world.options.faults[kind];
      if (pace !== undefined) void this.#live(kind, pace);
    }
  }

  /** Begins no more faults, and ends the active ones. */
  heal(): void {
    this.#over = true;
    for (const undo of [...this.#undos]) undo();
  }

  async #live(kind: FaultKind, { everyMs, lastsMs }: Pace): Promise<void> {
    const world = this.#world;
    const random = world.random(kind);
    for (;;) {
      await world.sleep(someTime(random, everyMs));
      if (this.#over) return;
      const undoFault = FAULTS[kind](world, random);
      if (undoFault === undefined) continue;
      world.trace.line(undefined, `FAULT ${kind}`);
      const undo = (): void => {
        if (!this.#undos.delete(undo)) return;
        world.trace.line(undefined, `over: ${kind}`);
        undoFault();
      };
      this.#undos.add(undo);
      await world.sleep(someTime(random, lastsMs));
      undo();
    }
  }
}
