import type { Cancel, Clock } from '../../src/ports/clock.js';

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly owner: VirtualClock | undefined;
  readonly run: () => void;
  cancelled: boolean;
}

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

  schedule(delayMs: number, run: () => void, owner?: VirtualClock): Cancel {
    const event = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, owner, run, cancelled: false };
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
      if (next.owner?.paused === true) {
        next.owner.hold(next.run);
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

/** One machine's clock: it may run fast or slow, and its process may be stopped (SIGSTOP) while time continues. */
export class VirtualClock implements Clock {
  readonly #time: VirtualTime;
  readonly #rate: number;
  readonly #held: (() => void)[] = [];
  #jumpedMs = 0;
  paused = false;

  constructor(time: VirtualTime, rate: number) {
    this.#time = time;
    this.#rate = rate;
  }

  now(): number {
    return this.#time.nowMs * this.#rate + this.#jumpedMs;
  }

  /** Moves the clock forward at once, as on a suspended machine; running timers are late by as much. */
  jump(ms: number): void {
    this.#jumpedMs += ms;
  }

  timeout(delayMs: number, callback: () => void): Cancel {
    return this.#time.schedule(delayMs / this.#rate, callback, this);
  }

  soon(callback: () => void): void {
    this.#time.schedule(0, callback, this);
  }

  pause(): void {
    this.paused = true;
  }

  /** Runs the timers that became due meanwhile, in order. */
  resume(): void {
    this.paused = false;
    for (const run of this.#held.splice(0)) this.#time.schedule(0, run, this);
  }

  hold(run: () => void): void {
    this.#held.push(run);
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
