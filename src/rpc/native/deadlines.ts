import { inputFirst } from '../../util/reading-timer.js';

/** A call that ends at a time. */
export interface Deadlined {
  /** Monotonic time in ms. */
  readonly deadlineMs: number;
  onDeadline(): void;
}

/** Resolution of deadlines, in ms: a call may end this much late. */
const SLOT_MS = 8;
/** Slots of the ring, some 65 s. */
const SLOTS = 8192;
/** Calls that are ended in one turn of the event loop; the others follow in the next turns. */
const CALLS_IN_A_TURN = 256;

/**
 * The deadlines of all calls of a host, in a ring of slots of time, so that a call costs no timer. Later ones wait aside, and
 * are looked at twice in a turn of the ring: memory depends on the number of calls alone, whatever their deadlines. One timer
 * runs while there are calls with a deadline, and up to half a turn of the ring longer: a caller that makes one call after the
 * other sets no timer for each.
 */
export class Deadlines {
  /** Calls by the slot of their deadline, modulo SLOTS: those of the slots after `#passed`, up to SLOTS of them. */
  readonly #ring: (Set<Deadlined> | undefined)[] = Array.from({ length: SLOTS });
  readonly #later = new Set<Deadlined>();
  readonly #now: () => number;
  #size = 0;
  /** The last slot whose calls have ended. */
  #passed = 0;
  /** The slot that the timer waits for. */
  #nextSlot = Infinity;
  #cancel: (() => void) | undefined;
  #immediate: NodeJS.Immediate | undefined;

  /** @param now monotonic time in ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param call one whose deadline is not over */
  add(call: Deadlined): void {
    if (this.#size === 0) this.#passed = Math.floor(this.#now() / SLOT_MS) - 1;
    this.#size += 1;
    this.#wait(this.#place(call));
  }

  delete(call: Deadlined): void {
    const isThere = this.#ring[slotOf(call) % SLOTS]?.delete(call) === true || this.#later.delete(call);
    if (!isThere) return;
    this.#size -= 1;
    if (this.#size === 0 && this.#isEnding()) this.stop();
  }

  /** No call is left, and none will come for a while: stops the timer. */
  stop(): void {
    this.#cancel?.();
    clearImmediate(this.#immediate);
    this.#nextSlot = Infinity;
  }

  /** Calls are being ended in several turns, without a timer. */
  #isEnding(): boolean {
    return this.#nextSlot < 0;
  }

  /** @returns the slot in which the call is looked at */
  #place(call: Deadlined): number {
    const slot = slotOf(call);
    if (slot <= this.#passed + SLOTS) {
      (this.#ring[slot % SLOTS] ??= new Set()).add(call);
      return slot;
    }
    this.#later.add(call);
    return this.#passed + SLOTS / 2;
  }

  #wait(slot: number): void {
    if (slot >= this.#nextSlot) return;
    this.#cancel?.();
    this.#nextSlot = slot;
    this.#cancel = inputFirst(Math.max(1, (slot + 1) * SLOT_MS - this.#now()), () => this.#expire());
  }

  #expire(): void {
    const present = Math.floor(this.#now() / SLOT_MS);
    // While it runs, no timer is set: calls that handlers add find `#nextSlot` in the past.
    this.#nextSlot = -1;
    let left = CALLS_IN_A_TURN;
    while (this.#passed < present - 1) {
      left = this.#endSlot(this.#passed + 1, left);
      if (left === 0) {
        this.#immediate = setImmediate(() => this.#expire());
        return;
      }
      this.#passed += 1;
      if (this.#passed % (SLOTS / 2) === 0) this.#bringLater();
    }
    this.#nextSlot = Infinity;
    if (this.#size > 0) this.#wait(this.#firstSlot());
  }

  /** @returns how many more calls may be ended in this turn */
  #endSlot(slot: number, callsMax: number): number {
    let left = callsMax;
    const calls = this.#ring[slot % SLOTS];
    for (const call of calls ?? []) {
      if (left === 0) break;
      left -= 1;
      calls?.delete(call);
      call.onDeadline();
      this.#size -= 1;
    }
    return left;
  }

  /** Moves the calls that are near by now into the ring. */
  #bringLater(): void {
    for (const call of this.#later) {
      if (slotOf(call) > this.#passed + SLOTS) continue;
      this.#later.delete(call);
      this.#place(call);
    }
  }

  /** The next slot with calls, or the one in which later calls are looked at. */
  #firstSlot(): number {
    const half = SLOTS / 2;
    const look = this.#later.size > 0 ? (Math.floor(this.#passed / half) + 1) * half : this.#passed + SLOTS;
    for (let slot = this.#passed + 1; slot < look; slot += 1) {
      if ((this.#ring[slot % SLOTS]?.size ?? 0) > 0) return slot;
    }
    return look;
  }
}

function slotOf({ deadlineMs }: Deadlined): number {
  return Math.floor(deadlineMs / SLOT_MS);
}
