/** Time for input in one turn of the event loop, in ms. What came in the same turn and is not begun by then waits. */
const TURN_MS = 10;

/**
 * Shares out the event loop among the connections of a host. Whatever has arrived on all sockets is handed out in one turn, and
 * timers wait for its end: hundreds of busy connections would hold up heartbeats and elections for seconds. Beyond a time, input
 * waits for the next turn, in the order in which it came.
 */
export class InputTurns {
  readonly #now: () => number;
  /** What waits; from `#at` on. */
  #waiting: (() => void)[] = [];
  #at = 0;
  /** Begin of this turn's input; undefined before it. */
  #beganMs: number | undefined;

  /** @param now monotonic time in ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Input has come. @returns whether it may be read now; otherwise it goes to `defer` */
  begin(nowMs: number): boolean {
    if (this.#beganMs === undefined) {
      this.#beganMs = nowMs;
      setImmediate(this.#nextTurn);
      return true;
    }
    return this.#at === this.#waiting.length && nowMs - this.#beganMs < TURN_MS;
  }

  /** @param read reads what has come, in a later turn; must not throw */
  defer(read: () => void): void {
    this.#waiting.push(read);
  }

  readonly #nextTurn = (): void => {
    if (this.#waiting.length === 0) {
      this.#beganMs = undefined;
      return;
    }
    const beganMs = this.#now();
    this.#beganMs = beganMs;
    do {
      this.#waiting[this.#at]?.();
      this.#at += 1;
    } while (this.#at < this.#waiting.length && this.#now() - beganMs < TURN_MS);
    if (this.#at === this.#waiting.length) {
      this.#waiting = [];
      this.#at = 0;
    }
    setImmediate(this.#nextTurn);
  };
}
