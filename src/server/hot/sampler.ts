import type { Clock } from '../../ports/clock.js';
import { randomInteger, type Random } from '../../util/random.js';

/** Calls a second up to which every call is counted. */
const SAMPLES_PER_SECOND = 2_000;
/** Largest average number of calls for one that is counted. After a load ends, up to twice as many go uncounted. */
const GAP_MAX = 64;
/** Time over which the rate of calls is measured, in ms. */
const WINDOW_MS = 1_000;

/**
 * Chooses the calls that are counted: all at a low rate, and at a high rate one in `gap`, on average, which counts as
 * `gap` calls. Gaps are drawn at random, so that a load that repeats a pattern is sampled like any other.
 */
export class Sampler {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #random: Random;
  #gap = 1;
  /** Calls until the next one that is counted, that one included. */
  #left = 1;
  #windowStartMs: number;
  #windowCalls = 0;

  constructor(clock: Pick<Clock, 'now'>, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.#windowStartMs = clock.now();
  }

  /** Called for each call. @returns the number of calls that this one stands for; 0 if it is not counted */
  sample(): number {
    this.#left -= 1;
    return this.#left > 0 ? 0 : this.#weight(this.#clock.now());
  }

  #weight(nowMs: number): number {
    const weight = this.#gap;
    this.#windowCalls += weight;
    const windowMs = nowMs - this.#windowStartMs;
    if (windowMs >= WINDOW_MS) {
      const perSecond = (this.#windowCalls * 1_000) / windowMs;
      this.#gap = Math.min(GAP_MAX, Math.max(1, Math.ceil(perSecond / SAMPLES_PER_SECOND)));
      this.#windowStartMs = nowMs;
      this.#windowCalls = 0;
    }
    // Uniform from 1 to twice the gap less one: the gap on average.
    this.#left = this.#gap === 1 ? 1 : randomInteger(this.#random, 1, 2 * this.#gap);
    return weight;
  }
}
