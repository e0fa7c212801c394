import { setTimeout as delay } from 'node:timers/promises';

const PERIOD_MS = 25;
/** A longer pause between two looks was not ours: the machine stood still, or did other work. It counts as this much. */
const PERIOD_MS_MAX = 500;

/**
 * Asks until there is an answer. Time for which this process itself stood still does not count.
 * @throws Error that names what was awaited, after `limitMs`
 */
export async function patiently<T>(what: string, limitMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  let waitedMs = 0;
  for (;;) {
    const beganMs = performance.now();
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(PERIOD_MS);
    waitedMs += Math.min(performance.now() - beganMs, PERIOD_MS_MAX);
    if (waitedMs > limitMs) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
  }
}

/** Notices when this process stood still: stopped by a signal, on a machine that slept, or kept busy. */
export class StallWatch {
  readonly #timer: NodeJS.Timeout;
  #lastMs = performance.now();
  #longestMs = 0;

  /** @param onStall called after each pause of more than a second, with its length in ms */
  constructor(onStall: (ms: number) => void = () => undefined) {
    this.#timer = setInterval(() => {
      const ms = this.#look();
      if (ms > 1000) onStall(Math.round(ms));
    }, 50);
  }

  /** The longest pause so far, in ms. */
  get longestMs(): number {
    this.#look();
    return this.#longestMs;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): number {
    const nowMs = performance.now();
    const ms = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#longestMs = Math.max(this.#longestMs, ms);
    return ms;
  }
}
