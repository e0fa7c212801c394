import { setImmediate as turn } from 'node:timers/promises';
import { defined } from '../../../../src/util/assert.js';

interface Waiting {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time that passes only when everything waits. Sleepers until the same time wake in the order in which they began. */
export class VirtualClock {
  #nowMs = 0;
  #waiting: Waiting[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const entry: Waiting = { atMs: this.#nowMs + ms, wake };
      const abort = (): void => {
        this.#waiting = this.#waiting.filter((each) => each !== entry);
        wake();
      };
      this.#waiting.push(entry);
      signal?.addEventListener('abort', abort);
    });
  };

  /** Lets time pass until the task is done. @throws what the task throws, and Error if nothing can go on */
  async run<Result>(task: Promise<Result>): Promise<Result> {
    const state = { done: false };
    const end = (): void => {
      state.done = true;
    };
    task.then(end, end);
    for (;;) {
      // Promises that are settled are handled before the next turn.
      await turn();
      if (state.done) return await task;
      this.#waiting.sort((one, other) => one.atMs - other.atMs);
      const next = defined(this.#waiting.shift(), 'a sleeper: the others wait for an event that never comes');
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
  }
}
