import type { Consistency } from '../keys/range.js';

/** Rounds of one level that run at the same time. Further reads share the next one, which begins when one of these ends. */
const ROUNDS_MAX = 4;

/** Asks for a revision that was confirmed after the call. */
export type Confirm<Result> = (level: Consistency, timeoutMs: number) => Promise<Result>;

interface Round<Result> {
  readonly result: Promise<Result>;
  readonly begin: () => void;
  /** The latest of the deadlines of its reads, on the monotonic clock, in ms. */
  deadlineMs: number;
}

/** The rounds that reads wait for. A read shares a round only if the round begins after the read did. */
export class Rounds<Result> {
  readonly #confirm: Confirm<Result>;
  readonly #now: () => number;
  readonly #levels = new Map<Consistency, Level<Result>>();

  constructor(confirm: Confirm<Result>, now: () => number) {
    this.#confirm = confirm;
    this.#now = now;
  }

  /** The result of a round that begins after this call. */
  async next(level: Consistency, deadlineMs: number): Promise<Result> {
    let rounds = this.#levels.get(level);
    if (rounds === undefined) {
      rounds = new Level((timeoutMs) => this.#confirm(level, timeoutMs), this.#now);
      this.#levels.set(level, rounds);
    }
    return await rounds.next(deadlineMs);
  }
}

class Level<Result> {
  readonly #confirm: (timeoutMs: number) => Promise<Result>;
  readonly #now: () => number;
  #next: Round<Result> | undefined;
  #running = 0;

  constructor(confirm: (timeoutMs: number) => Promise<Result>, now: () => number) {
    this.#confirm = confirm;
    this.#now = now;
  }

  next(deadlineMs: number): Promise<Result> {
    const round = (this.#next ??= this.#make());
    round.deadlineMs = Math.max(round.deadlineMs, deadlineMs);
    return round.result;
  }

  #make(): Round<Result> {
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const result = begun.then(() => this.#run(round));
    // Its reads may have stopped waiting.
    result.catch(() => undefined);
    const round: Round<Result> = { result, begin, deadlineMs: 0 };
    // The reads of this turn share it.
    queueMicrotask(() => this.#beginNext());
    return round;
  }

  #beginNext(): void {
    if (this.#next === undefined || this.#running >= ROUNDS_MAX) return;
    const { begin } = this.#next;
    this.#next = undefined;
    this.#running += 1;
    begin();
  }

  async #run({ deadlineMs }: Round<Result>): Promise<Result> {
    try {
      return await this.#confirm(Math.max(1, deadlineMs - this.#now()));
    } finally {
      this.#running -= 1;
      this.#beginNext();
    }
  }
}
