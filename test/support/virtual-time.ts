import type { Cancel, Clock } from '../../src/ports/clock.js';

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly owner: VirtualClock | undefined;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * Time that passes only when a test says so. Between two events everything that was promised is carried out, so a
 * whole cluster runs in one process, in an order that depends on nothing but its seeds.
 */
export class VirtualTime {
  /** Called after each event and all that followed from it, with whose it was; what it throws ends `advance`. */
  onStep: (owner: VirtualClock | undefined) => void = () => undefined;
  #nowMs = 0;
  #order = 0;
  readonly #heap: Event[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** A machine's clock. `rate` 1.1 runs ten per cent fast. */
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

  /** Lets so much time pass. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    // The first tick must be asked for by a promise's callback as well, whoever calls.
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

  /** Lets time pass until something holds. @throws after `limitMs` of virtual time without it */
  async until(what: string, condition: () => boolean, limitMs = 30_000): Promise<void> {
    const end = this.#nowMs + limitMs;
    await Promise.resolve();
    await settled();
    while (!condition()) {
      if (this.#nowMs >= end) throw new Error(`after ${limitMs} ms of virtual time still not: ${what}`);
      await this.advance(1);
    }
  }

  /** A promise's value, letting time pass until it settles. */
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

/** One machine's clock: it may run fast or slow, and its process may be stopped (SIGSTOP) while time goes on. */
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

  /** The clock is set forth at once, as on a machine that was suspended; timers that run are late by as much. */
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

  /** What was due meanwhile happens now, in its order. */
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
 * Resolves once every promise that could go on has gone on: what a promise's callback asks for as the next tick, Node
 * runs when no such callback is left. Nothing in simulation runs on the thread pool.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
