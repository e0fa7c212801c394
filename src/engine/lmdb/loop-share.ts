import { setImmediate as nextTurn } from 'node:timers/promises';

/** Time of reads after which other work of the event loop has its turn, in milliseconds. */
const SHARE_MS = 2;

/**
 * LMDB reads its file in memory, in the event loop. Walks of any length give way to other work after some time, also many short
 * walks, whose promises would otherwise resolve one after the other.
 */
export class LoopShare {
  #spentMs = 0;

  async wait(): Promise<void> {
    if (this.#spentMs < SHARE_MS) return;
    this.#spentMs = 0;
    await nextTurn();
  }

  measured<T>(work: () => T): T {
    const startMs = performance.now();
    try {
      return work();
    } finally {
      this.#spentMs += performance.now() - startMs;
    }
  }
}
