/** Time of each turn of the event loop in which exchanges begin or end, in ms. */
const TURN_MS = 4;

/**
 * Shares out the event loop among exchanges that begin or end: the bytes of one turn may cause some thousands of each. Most of
 * the work is done in callbacks that a task leaves for the end of the running one (`process.nextTick`), so these count too.
 */
export class ExchangeTurns {
  #waiting: (() => void)[] = [];
  #at = 0;
  /** When the time of this turn ends, on performance.now(); undefined if nothing has used the turn. */
  #untilMs: number | undefined = undefined;

  /** Runs a task, which must not throw: now, if this turn has time and no other task waits. */
  run(task: () => void): void {
    const isFirst = this.#untilMs === undefined;
    this.#untilMs ??= performance.now() + TURN_MS;
    if (isFirst) setImmediate(this.#nextTurn);
    if (this.#at === this.#waiting.length && (isFirst || performance.now() < this.#untilMs)) return task();
    this.#waiting.push(task);
  }

  readonly #nextTurn = (): void => {
    this.#untilMs = undefined;
    if (this.#at === this.#waiting.length) return;
    this.#untilMs = performance.now() + TURN_MS;
    setImmediate(this.#nextTurn);
    this.#work();
  };

  /** Runs one task, and the next one behind the callbacks that it leaves. */
  readonly #work = (): void => {
    const task = this.#waiting[this.#at];
    if (task === undefined) {
      this.#waiting = [];
      this.#at = 0;
      return;
    }
    if (performance.now() >= (this.#untilMs ?? 0)) return;
    this.#at += 1;
    process.nextTick(this.#work);
    task();
  };
}
