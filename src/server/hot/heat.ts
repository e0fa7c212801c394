import type { Clock } from '../../ports/clock.js';
import { randomInteger, type Random } from '../../util/random.js';
import type { KeptRange } from './key-slots.js';
import { Sampler } from './sampler.js';
import { Sketch } from './sketch.js';

/** Time after which a call counts half, in ms. */
export const HALF_LIFE_MS = 30_000;
/** A member that has counted for less time than this reports as if it had counted for as long, in ms. */
const AGE_MIN_MS = 1_000;

export interface HeatOptions {
  /** Keys that are counted at the same time: see `--hot-keys`. */
  readonly capacity: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

/** A key or range with its rate. */
export interface HotRange extends KeptRange {
  /** Calls a second, averaged over about the last minute. */
  readonly perSecond: number;
  /** `perSecond` is at most this much too high, apart from the error of sampling. */
  readonly errorPerSecond: number;
}

/** Reads or writes of one member, by key. */
export class Heat {
  readonly #sketch: Sketch;
  readonly #sampler: Sampler;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #startMs: number;

  constructor({ capacity, clock, random }: HeatOptions) {
    const seed = [randomInteger(random, 0, 2 ** 32), randomInteger(random, 0, 2 ** 32)] as const;
    this.#startMs = clock.now();
    this.#sketch = new Sketch({ capacity, seed, halfLifeMs: HALF_LIFE_MS }, this.#startMs);
    this.#sampler = new Sampler(clock, random);
    this.#clock = clock;
  }

  get capacity(): number {
    return this.#sketch.capacity;
  }

  /** Called for each call. @returns the number of calls that it stands for, for `add`; 0 if it is not to be counted */
  sample(): number {
    return this.#sampler.sample();
  }

  /** @param rangeEnd empty for a single key */
  add(key: Uint8Array, rangeEnd: Uint8Array, weight: number): void {
    // In whole milliseconds, in which many calls have the same weight.
    this.#sketch.add(key, rangeEnd, weight, Math.max(this.#startMs, Math.floor(this.#clock.now())));
  }

  /** Counted calls of all keys, a second. A transaction counts once for each of its operations. */
  perSecond(): number {
    const nowMs = this.#clock.now();
    return this.#sketch.total(nowMs) * this.#rateOfOne(nowMs);
  }

  /** The highest rate of a key; 0 if there is none. */
  highestPerSecond(): number {
    const nowMs = this.#clock.now();
    return this.#sketch.largest(nowMs) * this.#rateOfOne(nowMs);
  }

  /** The keys with the highest rates, in descending order. */
  top(limit: number): readonly HotRange[] {
    const nowMs = this.#clock.now();
    const rate = this.#rateOfOne(nowMs);
    return this.#sketch.top(limit, nowMs).map(({ count, error, ...range }) => ({
      ...range,
      perSecond: count * rate,
      errorPerSecond: error * rate,
    }));
  }

  /**
   * The rate for which one call in a decayed count stands, in calls a second. Under a constant rate since the start the
   * count is the rate times the integral of the decay.
   */
  #rateOfOne(nowMs: number): number {
    const halfLives = Math.max(AGE_MIN_MS, nowMs - this.#startMs) / HALF_LIFE_MS;
    return (1_000 * Math.LN2) / HALF_LIFE_MS / (1 - 2 ** -halfLives);
  }
}
