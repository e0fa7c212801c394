import type { Rate } from './limits.js';

/** Counts events against a rate. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #now: () => number;
  #tokens: number;
  #atMs: number;

  /** @param now monotonic time in ms */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
    this.#tokens = rate.burst;
    this.#atMs = now();
  }

  /** Counts events. @returns false if there were too many */
  take(count = 1): boolean {
    if (this.#tokens < count) {
      const nowMs = this.#now();
      const gained = ((nowMs - this.#atMs) / 1000) * this.#rate.perSecond;
      this.#tokens = Math.min(this.#rate.burst, this.#tokens + gained);
      this.#atMs = nowMs;
      if (this.#tokens < count) return false;
    }
    this.#tokens -= count;
    return true;
  }
}
