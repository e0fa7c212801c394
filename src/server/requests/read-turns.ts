/** Runs a bounded number of tasks at the same time; others wait in the order in which they came. */
export class ReadTurns {
  readonly #most: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Begins if there is a place; undefined otherwise. */
  tryRun<T>(work: () => Promise<T>): Promise<T> | undefined {
    return this.#running < this.#most ? this.run(work) : undefined;
  }

  /** Begins in this turn of the event loop if it does not wait. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await work();
    } finally {
      // The place goes to the next one, or becomes free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
