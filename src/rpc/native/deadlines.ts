/** A call that ends at a time. */
export interface Deadlined {
  /** Monotonic time in ms. */
  readonly deadlineMs: number;
  onDeadline(): void;
}

/** Resolution of deadlines, in ms: a call may end this much late. */
const SLOT_MS = 8;

/**
 * The deadlines of all calls of a host, in slots of time, so that a call costs no timer. One timer runs while there are calls
 * with a deadline.
 */
export class Deadlines {
  readonly #slots = new Map<number, Set<Deadlined>>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  /** The slot that the timer waits for. */
  #nextSlot = Infinity;

  /** @param now monotonic time in ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(call: Deadlined): void {
    const slot = slotOf(call);
    const calls = this.#slots.get(slot);
    if (calls === undefined) this.#slots.set(slot, new Set([call]));
    else calls.add(call);
    if (slot < this.#nextSlot) this.#wait(slot);
  }

  delete(call: Deadlined): void {
    const slot = slotOf(call);
    const calls = this.#slots.get(slot);
    if (calls?.delete(call) !== true || calls.size > 0) return;
    this.#slots.delete(slot);
    if (this.#slots.size === 0) this.#stop();
  }

  #wait(slot: number): void {
    clearTimeout(this.#timer);
    this.#nextSlot = slot;
    const waitMs = Math.max(1, (slot + 1) * SLOT_MS - this.#now());
    this.#timer = setTimeout(() => this.#expire(), Math.min(waitMs, 2 ** 31 - 1));
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#nextSlot = Infinity;
  }

  #expire(): void {
    const nowMs = this.#now();
    this.#nextSlot = Infinity;
    let next = Infinity;
    for (const [slot, calls] of this.#slots) {
      if ((slot + 1) * SLOT_MS > nowMs) {
        next = Math.min(next, slot);
        continue;
      }
      this.#slots.delete(slot);
      for (const call of calls) call.onDeadline();
    }
    if (next < this.#nextSlot) this.#wait(next);
  }
}

function slotOf({ deadlineMs }: Deadlined): number {
  return Math.floor(deadlineMs / SLOT_MS);
}
