/** Time that all sliced work together may take in one turn of the event loop, in ms. */
const TURN_MS = 2;
/** Steps between two readings of the clock. */
const STEPS_PER_LOOK = 4;

/** Work that can pause at each `yield`; its steps take microseconds each. */
export type Steps<T> = Generator<void, T, void>;

export type Outcome<T> =
  { readonly kind: 'done'; readonly value: T } | { readonly kind: 'failed'; readonly error: unknown };

export interface SliceOptions<T> {
  /** Called once, in the turn of the last step; never if `wanted` was false before. */
  readonly finish: (outcome: Outcome<T>) => void;
  /** Called before each slice. */
  readonly wanted: () => boolean;
  /** Called between two slices. Returns true if the work must wait until `resume` is called, which may be at once. */
  readonly hold?: (resume: () => void) => boolean;
}

/**
 * Divides the time of the event loop among pieces of work. Together they take some 2 ms of each turn, however many they
 * are, so that calls beside them are served in between.
 */
export class SharedTurns {
  /** Work for later turns, in order of arrival. */
  readonly #waiting: (() => void)[] = [];
  /** When the time of this turn ends, on performance.now(); undefined if no work has used this turn. */
  #untilMs: number | undefined;

  /** Whether the time of this turn is used up. */
  get isOver(): boolean {
    return performance.now() >= this.#end();
  }

  /** Calls back in a later turn, behind the work that waits already. */
  later(run: () => void): void {
    this.#waiting.push(run);
    this.#end();
  }

  /** Runs work in slices. Short work is done before this returns, unless other work waits. */
  run<T>(steps: Steps<T>, { finish, wanted, hold }: SliceOptions<T>): void {
    const slice = (): void => {
      if (!wanted()) return void steps.return(undefined as T);
      let outcome: Outcome<T>;
      try {
        const last = this.#runUntilOver(steps);
        if (last === undefined) {
          if (hold?.(next) !== true) next();
          return;
        }
        outcome = { kind: 'done', value: last.value };
      } catch (error) {
        outcome = { kind: 'failed', error };
      }
      finish(outcome);
    };
    const next = (): void => this.later(slice);
    if (this.#waiting.length > 0 || this.isOver) next();
    else slice();
  }

  #runUntilOver<T>(steps: Steps<T>): { readonly value: T } | undefined {
    for (let count = 1; ; count++) {
      const step = steps.next();
      if (step.done === true) return { value: step.value };
      if (count % STEPS_PER_LOOK === 0 && this.isOver) return undefined;
    }
  }

  #end(): number {
    if (this.#untilMs === undefined) {
      this.#untilMs = performance.now() + TURN_MS;
      setImmediate(this.#turn);
    }
    return this.#untilMs;
  }

  /** Work that joins meanwhile waits for a later turn. */
  readonly #turn = (): void => {
    this.#untilMs = undefined;
    for (let left = this.#waiting.length; left > 0 && !this.isOver; left--) this.#waiting.shift()?.();
  };
}
