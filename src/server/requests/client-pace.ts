import type { Clock } from '../../ports/clock.js';
import type { Signal } from '../../util/signal.js';
import { stalls } from './stall.js';

/** Time that a stream waits for its client before the average rate counts, in ms. */
const GRACE_MS = 120_000;
/** Least average rate while a stream waits for its client, in bytes per second: an eighth of what a line of 1 Mbit/s carries. */
const BYTES_PER_SECOND_MIN = 16 * 1024;

/**
 * Notices a client that reads a stream of an old state too slowly: until it has read all, the engine keeps that state, and the
 * stream its place. Time in which the member itself works does not count.
 */
export class ClientPace {
  readonly #clock: Clock;
  readonly #wake: Signal;
  readonly #stallMs: number;
  #bytes = 0;
  #waitedMs = 0;

  /**
   * @param options.wake set when the stream has room again, and when it has ended
   * @param options.stallMs time for which a client may read nothing
   */
  constructor(options: { readonly clock: Clock; readonly wake: Signal; readonly stallMs: number }) {
    this.#clock = options.clock;
    this.#wake = options.wake;
    this.#stallMs = options.stallMs;
  }

  /**
   * Counts a message, and waits until there is room for another one, or the stream has ended.
   * @returns whether the client reads too slowly
   */
  async isTooSlow(bytes: number, hasRoom: boolean): Promise<boolean> {
    this.#bytes += bytes;
    if (hasRoom) return false;
    const beganMs = this.#clock.now();
    if (await stalls(this.#wake, this.#clock, this.#stallMs)) return true;
    this.#waitedMs += this.#clock.now() - beganMs;
    return this.#waitedMs > GRACE_MS && this.#bytes * 1000 < BYTES_PER_SECOND_MIN * this.#waitedMs;
  }
}
