import type { Call } from '../../../support/history.js';

/**
 * All starts and ends of calls in order of time, on a doubly linked list in flat memory. The start of call `i` of `n` is
 * entry `i`, its end entry `n + i`, and the head is entry `2n`. A call of unknown outcome has no end.
 */
export class Entries {
  readonly head: number;
  readonly #calls: number;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  /** @param answered number of calls with an end; they come first */
  constructor(calls: readonly Call<unknown, unknown>[], answered: number) {
    const n = calls.length;
    this.#calls = n;
    this.head = 2 * n;
    this.#next = new Int32Array(2 * n + 1).fill(-1);
    this.#previous = new Int32Array(2 * n + 1).fill(-1);
    const entries = [...calls.keys(), ...Array.from({ length: answered }, (_, id) => n + id)];
    const at = (entry: number): number =>
      entry < n ? (calls[entry]?.invokedAt ?? 0) : (calls[entry - n]?.completedAt ?? 0);
    // At equal times starts come first, so that such calls are concurrent.
    entries.sort((a, b) => at(a) - at(b) || Number(a >= n) - Number(b >= n) || a - b);
    let last = this.head;
    for (const entry of entries) {
      this.#next[last] = entry;
      this.#previous[entry] = last;
      last = entry;
    }
  }

  /** The entry after this one, or −1. */
  next(entry: number): number {
    return this.#next[entry] ?? -1;
  }

  isStart(entry: number): boolean {
    return entry >= 0 && entry < this.#calls;
  }

  /** Takes a call off the list. */
  remove(call: number): void {
    this.#unlink(call);
    if (this.#hasEnd(call)) this.#unlink(this.#calls + call);
  }

  /** Puts back the call that was removed last. */
  restore(call: number): void {
    // In reverse order, so that each finds its former neighbours.
    if (this.#hasEnd(call)) this.#relink(this.#calls + call);
    this.#relink(call);
  }

  #hasEnd(call: number): boolean {
    return this.#previous[this.#calls + call] !== -1;
  }

  #unlink(entry: number): void {
    const [previous, next] = [this.#previous[entry] ?? -1, this.next(entry)];
    this.#next[previous] = next;
    if (next >= 0) this.#previous[next] = previous;
  }

  #relink(entry: number): void {
    const [previous, next] = [this.#previous[entry] ?? -1, this.next(entry)];
    this.#next[previous] = entry;
    if (next >= 0) this.#previous[next] = entry;
  }
}
