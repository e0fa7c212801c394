import type { Cancel, Clock } from '../../src/ports/clock.js';

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly owner: VirtualClock | undefined;
  readonly isTimer: boolean;
  readonly run: () => void;
  cancelled: boolean;
}

/** Timers that are later than this run after input that waits (src/util/reading-timer.ts), in ms. */
const LATE_MS = 20;

/**
 * Time that only a test advances. Between two events all pending promises settle, so a whole cluster runs in one
 * process, in an order that depends only on its seeds.
 */
export class VirtualTime {
  /** Called after each event and its consequences, with its owner; an error that it throws ends `advance`. */
  onStep: (owner: VirtualClock | undefined) => void = () => undefined;
  #nowMs = 0;
  #order = 0;
  readonly #heap: Event[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Creates a machine's clock. At `rate` 1.1 it runs ten per cent fast. */
  clock(options: { rate?: number } = {}): VirtualClock {
    return new VirtualClock(this, options.rate ?? 1);
  }

  schedule(
    delayMs: number,
    run: () => void,
    owner?: VirtualClock,
    { isTimer = false }: { readonly isTimer?: boolean } = {},
  ): Cancel {
    const atMs = this.#nowMs + Math.max(0, delayMs);
    const event = { atMs, order: this.#order++, owner, isTimer, run, cancelled: false };
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Advances time by this much. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    // The first tick must be requested from a promise's callback too.
    await Promise.resolve();
    await settled();
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > until) break;
      this.#pop();
      if (next.cancelled) continue;
      this.#nowMs = next.atMs;
      if (next.owner?.stopped === true) {
        next.owner.hold(next);
        continue;
      }
      next.run();
      await settled();
      this.onStep(next.owner);
    }
    this.#nowMs = until;
  }

  /** Advances time until a condition holds. @throws after `limitMs` of virtual time without it */
  async until(what: string, condition: () => boolean, limitMs = 30_000): Promise<void> {
    const end = this.#nowMs + limitMs;
    await Promise.resolve();
    await settled();
    while (!condition()) {
      if (this.#nowMs >= end) throw new Error(`after ${limitMs} ms of virtual time still not: ${what}`);
      await this.advance(1);
    }
  }

  /** Advances time until a promise settles, and returns its value. */
  async wait<T>(promise: Promise<T>, limitMs = 30_000): Promise<T> {
    let done = false;
    const finish = (): void => {
      done = true;
    };
    promise.then(finish, finish);
    await this.until('the promise settles', () => done, limitMs);
    return promise;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || before(above, event)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const takeRight = left !== undefined && right !== undefined && before(right, left);
      const smaller = takeRight ? right : left;
      if (smaller === undefined || before(last, smaller)) break;
      heap[at] = smaller;
      at = 2 * at + (takeRight ? 2 : 1);
    }
    heap[at] = last;
  }
}

/**
 * One machine's clock: it may run fast or slow. Its process may be stopped while time continues: by a signal (SIGSTOP),
 * or because it waits in the middle of a turn for a system call.
 */
export class VirtualClock implements Clock {
  readonly #time: VirtualTime;
  readonly #rate: number;
  #held: Event[] = [];
  #jumpedMs = 0;
  /** Virtual time at which the last system call returns. */
  #returnsMs = 0;
  #paused = false;

  constructor(time: VirtualTime, rate: number) {
    this.#time = time;
    this.#rate = rate;
  }

  /** Whether the process was stopped by a signal. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Whether the process does nothing, for either reason. */
  get stopped(): boolean {
    return this.#paused || this.#returnsMs > this.#time.nowMs;
  }

  now(): number {
    return Math.max(this.#time.nowMs, this.#returnsMs) * this.#rate + this.#jumpedMs;
  }

  /** Moves the clock forward at once, as on a suspended machine; running timers are late by as much. */
  jump(ms: number): void {
    this.#jumpedMs += ms;
  }

  timeout(delayMs: number, callback: () => void): Cancel {
    const callMs = Math.max(0, this.#returnsMs - this.#time.nowMs);
    return this.#time.schedule(callMs + delayMs / this.#rate, callback, this, { isTimer: true });
  }

  soon(callback: () => void): void {
    this.#time.schedule(0, callback, this);
  }

  /**
   * A system call that takes this long, made in the current turn. The rest of the turn runs at once but sees the time
   * at which the call returns; the next turn begins then. What the rest of the turn sends must leave with `soon`.
   */
  stall(ms: number): void {
    this.#returnsMs = Math.max(this.#returnsMs, this.#time.nowMs) + ms;
    this.#time.schedule(this.#returnsMs - this.#time.nowMs, () => this.#continue());
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#continue();
  }

  hold(event: Event): void {
    this.#held.push(event);
  }

  /** Runs what became due meanwhile, in order, but late timers last. */
  #continue(): void {
    if (this.stopped) return;
    const held = this.#held.filter(({ cancelled }) => !cancelled);
    this.#held = [];
    const isLate = ({ isTimer, atMs }: Event): boolean => isTimer && this.#time.nowMs - atMs > LATE_MS;
    for (const event of [...held.filter((each) => !isLate(each)), ...held.filter(isLate)])
      this.#time.schedule(0, () => (event.cancelled ? undefined : event.run()), this, event);
  }
}

function before(left: Event, right: Event): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

/**
 * Resolves once every promise callback that could run has run: Node runs ticks that promise callbacks request when no
 * such callback is left. Nothing in a simulation runs on the thread pool.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
