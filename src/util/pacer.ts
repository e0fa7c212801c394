/**
 * Divides long work into slices: after so many units it returns a promise to wait for, so that the event loop serves
 * other work in between. Between two such promises the caller stays in its turn.
 *
 *     const rest = pacer.spend(1);
 *     if (rest !== undefined) await rest;
 */
export class Pacer {
  readonly #pause: () => Promise<void>;
  readonly #sliceUnits: number;
  #spent = 0;
  #isOver = false;

  /**
   * @param options.pause resolves in a later turn of the event loop
   * @param options.sliceUnits units of work in one slice; the caller defines the unit
   */
  constructor(options: { readonly pause: () => Promise<void>; readonly sliceUnits: number }) {
    this.#pause = options.pause;
    this.#sliceUnits = options.sliceUnits;
  }

  /** Counts work that has been done. @returns what to wait for once the slice is used up */
  spend(units: number): Promise<void> | undefined {
    this.#spent += units;
    if (this.#spent < this.#sliceUnits) return undefined;
    const rest = this.#pause();
    if (!this.#isOver) {
      this.#isOver = true;
      const begin = (): void => {
        this.#isOver = false;
        this.#spent = 0;
      };
      rest.then(begin, begin);
    }
    return rest;
  }
}
