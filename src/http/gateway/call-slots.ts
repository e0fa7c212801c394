import type { ServerResponse } from 'node:http';

import type { OnLimit } from '../../util/limit-hits.js';

/** Bounds the calls that run at the same time; the others wait in order. A call keeps its slot until its answer is sent. */
export class CallSlots {
  readonly #max: number;
  readonly #onLimit: OnLimit;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(max: number, onLimit: OnLimit) {
    this.#onLimit = onLimit;
    this.#max = max;
  }

  /** Runs a call once it has a slot, or never if its client leaves before. */
  take(response: ServerResponse, run: () => void): void {
    if (this.#running < this.#max) return this.#run(response, run);
    this.#onLimit('gateway_calls');
    const start = (): void => {
      response.off('close', leave);
      this.#run(response, run);
    };
    const leave = (): void => void this.#waiting.delete(start);
    this.#waiting.add(start);
    response.once('close', leave);
  }

  #run(response: ServerResponse, run: () => void): void {
    this.#running += 1;
    response.once('close', () => {
      this.#running -= 1;
      const [next] = this.#waiting;
      if (next === undefined) return;
      this.#waiting.delete(next);
      next();
    });
    run();
  }
}
