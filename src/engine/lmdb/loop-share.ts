import { setImmediate as nextTurn } from 'node:timers/promises';

/** Time of reads after which other work of the event loop has its turn, in milliseconds. */
const SHARE_MS = 2;

/**
 * LMDB reads its file in memory, in the event loop. Reads give way to other work after some time, also many short ones, whose
 * promises would otherwise resolve one after the other.
 */
export class LoopShare {
  #spentMs = 0;
  #turn: Promise<void> | undefined;

  /** Works once there is time for it: nothing comes between the look at the time and the work, so that no two callers share a look. */
  async run<T>(work: () => T): Promise<T> {
    while (this.#spentMs >= SHARE_MS) await this.#nextTurn();
    const startMs = performance.now();
    try {
      return work();
    } finally {
      this.#spentMs += performance.now() - startMs;
    }
  }

  /** The same turn for all callers. */
  #nextTurn(): Promise<void> {
    return (this.#turn ??= nextTurn().then(() => {
      this.#turn = undefined;
      this.#spentMs = 0;
    }));
  }
}
