interface Waiter {
  readonly index: number;
  readonly done: () => void;
}

/** Who waits until the applier has reached an index. Mostly asked in ascending order, so a sorted array serves. */
export class AppliedWaiters {
  readonly #waiters: Waiter[] = [];

  get size(): number {
    return this.#waiters.length;
  }

  add(index: number, done: () => void): void {
    let at = this.#waiters.length;
    while (at > 0 && (this.#waiters[at - 1]?.index ?? 0) > index) at--;
    if (at === this.#waiters.length) this.#waiters.push({ index, done });
    else this.#waiters.splice(at, 0, { index, done });
  }

  reached(applied: number): void {
    let ready = 0;
    while (ready < this.#waiters.length && (this.#waiters[ready]?.index ?? Infinity) <= applied) ready++;
    if (ready === 0) return;
    for (const waiter of this.#waiters.splice(0, ready)) waiter.done();
  }
}
