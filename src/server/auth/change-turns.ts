/** Changes that wait. Beyond it calls are refused. */
const WAITING_MAX = 1024;

/**
 * Lets changes of users and roles that another change came before take turns: each raises the auth revision, so that of those
 * under way together only one can succeed.
 */
export class ChangeTurns {
  readonly #waiting: ((done: () => void) => void)[] = [];
  #isRunning = false;

  /**
   * @param run submits the change; must call `done` once, at its end
   * @returns false if too many wait
   */
  add(run: (done: () => void) => void): boolean {
    if (this.#waiting.length >= WAITING_MAX) return false;
    this.#waiting.push(run);
    if (!this.#isRunning) this.#next();
    return true;
  }

  #next(): void {
    const run = this.#waiting.shift();
    this.#isRunning = run !== undefined;
    run?.(() => this.#next());
  }
}
