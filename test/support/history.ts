/**
 * The outcome of a call for its caller. `failed`: it certainly had no effect. `unknown`: it may have taken effect at
 * any time since, may still do so, or never will (a deadline passed, or a connection broke).
 */
export type Outcome<Output> =
  { readonly kind: 'ok'; readonly output: Output } | { readonly kind: 'failed' } | { readonly kind: 'unknown' };

/** One call of a history. Times are of one monotonic clock, in any unit; two events at the same time are concurrent. */
export interface Call<Input, Output> {
  readonly client: string;
  readonly input: Input;
  readonly invokedAt: number;
  /** When the caller learned the outcome. Ignored if the outcome is unknown. */
  readonly completedAt: number;
  readonly outcome: Outcome<Output>;
}

/** Collects the calls of many clients as they happen. */
export class HistoryRecorder<Input, Output> {
  readonly #calls: Call<Input, Output>[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** In the order of completion. */
  get calls(): readonly Call<Input, Output>[] {
    return this.#calls;
  }

  /** Makes one call. `run` maps every error to an outcome; an error that it throws is a bug of the test. */
  async record(client: string, input: Input, run: () => Promise<Outcome<Output>>): Promise<Outcome<Output>> {
    const invokedAt = this.#now();
    const outcome = await run();
    this.#calls.push({ client, input, invokedAt, completedAt: this.#now(), outcome });
    return outcome;
  }
}
