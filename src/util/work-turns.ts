/** The caller for which work is done. */
export interface Caller {
  /** The caller has gone: the result would be lost. */
  readonly cancelled: boolean;
}

interface Waiting {
  readonly units: number;
  readonly caller: Caller | undefined;
  readonly resolve: (granted: boolean) => void;
}

/** Units of work in one turn of the event loop: a few milliseconds. */
const TURN_UNITS = 1024;

/**
 * Divides the turns of the event loop among long reads, step by step. However many reads there are, their steps of one turn
 * together take a few milliseconds; further steps wait for later turns, in the order of their requests. A step counts from its
 * begin until the turn after its end, so that steps that wait for a disk are bounded as well.
 *
 *     const units = 512;
 *     const wait = turns.enter(units, caller);
 *     if (wait !== undefined && !(await wait)) throw new CallerGone();
 *     try { await step(); } finally { turns.leave(units); }
 */
export class WorkTurns {
  readonly #pause: () => Promise<void>;
  #free = TURN_UNITS;
  /** Units of steps that have ended in this turn. */
  #ended = 0;
  #turnComes = false;
  #waiting: Waiting[] = [];
  /** Index of the first that waits. */
  #at = 0;

  /** @param pause resolves in a later turn of the event loop */
  constructor(pause: () => Promise<void>) {
    this.#pause = pause;
  }

  /**
   * Asks for a step of about so many microseconds.
   * @returns undefined to begin at once; otherwise a promise with true once the step may begin, or with false if the caller has
   *   gone meanwhile: the step must not begin then, nor be left
   */
  enter(units: number, caller?: Caller): Promise<boolean> | undefined {
    if (this.#free > 0 && this.#at === this.#waiting.length) {
      this.#free -= units;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push({ units, caller, resolve }));
  }

  /** The step has ended, though the rest of this turn may still be spent on what it has found. */
  leave(units: number): void {
    this.#ended += units;
    if (this.#turnComes) return;
    this.#turnComes = true;
    void this.#pause().then(this.#turn);
  }

  /**
   * Waits for a later turn in which there is time for a step that ends in the turn of its begin, such as a part of a sort.
   * @returns false if the caller has gone
   */
  async pause(units: number, caller?: Caller): Promise<boolean> {
    const wait = this.enter(units, caller);
    if (wait !== undefined && !(await wait)) return false;
    this.leave(units);
    if (wait === undefined) await this.#pause();
    return true;
  }

  readonly #turn = (): void => {
    this.#turnComes = false;
    this.#free += this.#ended;
    this.#ended = 0;
    while (this.#free > 0 && this.#at < this.#waiting.length) this.#grantNext();
    if (this.#at < 1024 && this.#at < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#at);
    this.#at = 0;
  };

  #grantNext(): void {
    const next = this.#waiting[this.#at++];
    if (next === undefined) return;
    const { units, caller, resolve } = next;
    const wanted = caller?.cancelled !== true;
    if (wanted) this.#free -= units;
    resolve(wanted);
  }
}
