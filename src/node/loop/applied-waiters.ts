/** A waiting caller. It sets `abandoned` when it stops waiting; `ready` is not called then. */
export interface Ticket {
  abandoned: boolean;
  /** Called once. */
  readonly ready: () => void;
}

/** Number of tickets at which abandoned ones are first removed; from then on, whenever the rest has doubled. */
const SWEEP_AT = 1024;

/** Callers waiting for a number (an applied index, a revision). Optimized for requests in ascending order. */
export class AppliedWaiters {
  readonly #onWait: () => void;
  #waiters: { readonly index: number; readonly ticket: Ticket }[] = [];
  #sweepAt = SWEEP_AT;

  /** @param onWait called when a caller begins to wait */
  constructor(onWait: () => void = () => undefined) {
    this.#onWait = onWait;
  }

  /** Whether a caller waits that has not stopped waiting. */
  get isAwaited(): boolean {
    let abandoned = 0;
    while (this.#waiters[abandoned]?.ticket.abandoned === true) abandoned++;
    if (abandoned > 0) this.#waiters.splice(0, abandoned);
    return this.#waiters.length > 0;
  }

  get size(): number {
    return this.#waiters.length;
  }

  add(index: number, ticket: Ticket): void {
    if (this.#waiters.length >= this.#sweepAt) {
      this.#waiters = this.#waiters.filter((waiter) => !waiter.ticket.abandoned);
      this.#sweepAt = Math.max(SWEEP_AT, this.#waiters.length * 2);
    }
    const last = this.#waiters.at(-1);
    if (last === undefined || last.index <= index) this.#waiters.push({ index, ticket });
    else this.#waiters.splice(this.#after(index), 0, { index, ticket });
    this.#onWait();
  }

  reached(applied: number): void {
    let passed = 0;
    while (passed < this.#waiters.length && (this.#waiters[passed]?.index ?? Infinity) <= applied) passed++;
    if (passed === 0) return;
    for (const { ticket } of this.#waiters.splice(0, passed)) if (!ticket.abandoned) ticket.ready();
  }

  /** Position after all callers that wait for this number or a smaller one. */
  #after(index: number): number {
    let low = 0;
    let high = this.#waiters.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#waiters[middle]?.index ?? Infinity) <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
