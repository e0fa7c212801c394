import type { OnLimit } from '../../util/limit-hits.js';
import type { CallContext } from '../../rpc/service.js';

/** Passwords that wait to be hashed. Beyond it calls are refused: bcrypt takes tens of milliseconds for each. */
const WAITING_MAX = 1024;

interface Job {
  readonly call: CallContext;
  readonly run: () => Promise<void>;
}

/**
 * Bounds the passwords that are hashed at the same time. They share a pool of threads with the disk and the processors with
 * all other calls, so log-ins wait for each other.
 */
export class HashingQueue {
  readonly #atOnce: number;
  readonly #onLimit: OnLimit;
  readonly #waiting: Job[] = [];
  #running = 0;

  constructor(atOnce: number, onLimit: OnLimit = () => undefined) {
    this.#atOnce = atOnce;
    this.#onLimit = onLimit;
  }

  /** Number of jobs that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Runs the work in its turn, unless its call has ended meanwhile.
   * @param run must not reject
   * @returns false if too many wait: the work does not run
   */
  add(call: CallContext, run: () => Promise<void>): boolean {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#onLimit('waiting_passwords');
      return false;
    }
    this.#waiting.push({ call, run });
    this.#next();
    return true;
  }

  #next(): void {
    while (this.#running < this.#atOnce) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      if (job.call.cancelled) continue;
      this.#running += 1;
      void job.run().finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }
}
