import type { WatchLimits } from './limits.js';
import type { Watcher } from './watcher.js';

/** Live watchers that miss all events from a revision on. */
export interface Falling {
  readonly watchers: Set<Watcher>;
  readonly from: number;
}

export interface FallingWatchersOptions {
  readonly limits: Pick<WatchLimits, 'fallingWatchers'>;
  /** Takes a watcher out of its set. */
  readonly fall: (watcher: Watcher, from: number) => void;
  readonly onFatal: (error: unknown) => void;
  /** Awaited between slices of the work. */
  readonly pause: () => Promise<void>;
}

/** Lets live watchers fall behind, of which there may be hundreds of thousands: a number of them in each turn. */
export class FallingWatchers {
  readonly #options: FallingWatchersOptions;
  #waiting: Falling[] = [];
  #whenDone: (() => void)[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: FallingWatchersOptions) {
    this.#options = options;
  }

  /** Begins in this turn. */
  add(falling: Falling): void {
    this.#waiting.push(falling);
    if (this.#running !== undefined || this.#closed || this.#fallSome()) return;
    this.#running = this.#run().catch((error: unknown) => this.#options.onFatal(error));
  }

  /** Calls back once all watchers have fallen. @returns false if they have, without calling back */
  whenDone(callback: () => void): boolean {
    if (this.#waiting.length === 0) return false;
    this.#whenDone.push(callback);
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    do await this.#options.pause();
    while (!this.#closed && !this.#fallSome());
    this.#running = undefined;
  }

  /** @returns whether all have fallen */
  #fallSome(): boolean {
    const { limits, fall } = this.#options;
    let left = limits.fallingWatchers;
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined) break;
      for (const watcher of first.watchers) {
        if (left-- === 0) return false;
        fall(watcher, first.from);
      }
      this.#waiting.shift();
    }
    const callbacks = this.#whenDone;
    this.#whenDone = [];
    for (const callback of callbacks) callback();
    return true;
  }
}
