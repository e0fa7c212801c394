import type { World } from '../world.js';

/** Time beyond the member's own limit in which a call that was not answered may still take effect, in virtual ms. */
const STRAGGLERS_MS = 7000;

/** What clients know of an index. */
interface Known {
  /** Drops that were called, and that were answered or given up, so far. */
  drops: number;
  dropsDone: number;
  /** Until then a drop may take effect that was called. */
  doubtUntilMs: number;
  /** Whether it was seen to be ready since the last drop was called. */
  isReady: boolean;
}

/** A moment before a call. */
export interface Moment {
  readonly atMs: number;
  readonly drops: number;
  readonly wasReady: boolean;
}

/** Indexes that were seen to be ready, until a client drops them. */
export class KnownIndexes {
  readonly #world: World;
  readonly #known = new Map<string, Known>();

  constructor(world: World) {
    this.#world = world;
  }

  now(name: string): Moment {
    const { drops, isReady } = this.#of(name);
    return { atMs: this.#world.time.nowMs, drops, wasReady: isReady };
  }

  dropCalled(name: string): void {
    const known = this.#of(name);
    known.drops += 1;
    known.isReady = false;
  }

  /** @param isAnswered whether it certainly has no effect from now on */
  dropEnded(name: string, isAnswered: boolean): void {
    const known = this.#of(name);
    const { time, options } = this.#world;
    known.dropsDone += 1;
    known.doubtUntilMs = Math.max(
      known.doubtUntilMs,
      time.nowMs + (isAnswered ? 0 : options.requestMs + STRAGGLERS_MS),
    );
  }

  /** An ordered query that began at a moment has succeeded. */
  seenReady(name: string, since: Moment): void {
    if (this.isUndropped(name, since)) this.#of(name).isReady = true;
  }

  /** Whether no drop can have taken effect since a moment. */
  isUndropped(name: string, since: Moment): boolean {
    const { drops, dropsDone, doubtUntilMs } = this.#of(name);
    return drops === since.drops && dropsDone === drops && doubtUntilMs <= since.atMs;
  }

  #of(name: string): Known {
    let known = this.#known.get(name);
    if (known === undefined)
      this.#known.set(name, (known = { drops: 0, dropsDone: 0, doubtUntilMs: 0, isReady: false }));
    return known;
  }
}
