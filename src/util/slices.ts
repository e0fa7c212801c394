/** Time that sliced work takes in one turn of the event loop, in ms: a call beside it takes several turns. */
const SLICE_MS = 2;
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
  /** Called between two slices. Returns true if the work must wait until `resume` is called. */
  readonly hold?: (resume: () => void) => boolean;
}

/** Runs work in slices of 2 ms, each in a turn of its own. Short work is done before this returns. */
export function inSlices<T>(steps: Steps<T>, { finish, wanted, hold }: SliceOptions<T>): void {
  const slice = (): void => {
    if (!wanted()) return void steps.return(undefined as T);
    let outcome: Outcome<T>;
    try {
      const last = runUntil(steps, performance.now() + SLICE_MS);
      if (last === undefined) {
        if (hold?.(slice) !== true) setImmediate(slice);
        return;
      }
      outcome = { kind: 'done', value: last.value };
    } catch (error) {
      outcome = { kind: 'failed', error };
    }
    finish(outcome);
  };
  slice();
}

function runUntil<T>(steps: Steps<T>, untilMs: number): { readonly value: T } | undefined {
  for (let count = 1; ; count++) {
    const step = steps.next();
    if (step.done === true) return { value: step.value };
    if (count % STEPS_PER_LOOK === 0 && performance.now() >= untilMs) return undefined;
  }
}
