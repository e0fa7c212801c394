import type { Cancel, Clock } from '../../ports/clock.js';

/** Leases proposed in one slice; with the pause between slices, a thousand per second. */
const SLICE_LEASES = 100;
const SLICE_PAUSE_MS = 100;
/** Proposals that are not applied yet. */
const UNDER_WAY_MAX = 400;

/** Outcome of a proposal to end a lease: applied, or to be retried. */
export type ExpiryOutcome = 'applied' | 'failed';

export interface ExpirerOptions<T> {
  readonly clock: Clock;
  /** Calls back once this member has proved, after the call, that it leads, or has failed to. May never call back. */
  readonly prove: (then: (leads: boolean) => void) => void;
  readonly propose: (lease: T, done: (outcome: ExpiryOutcome) => void) => void;
  /** Whether the lease still has to be ended. */
  readonly isWanted: (lease: T) => boolean;
}

/**
 * Ends expired leases at a bounded rate, so that thousands that expire together do not delay other requests. A leader
 * that cannot prove its leadership ends none.
 */
export class Expirer<T> {
  readonly #options: ExpirerOptions<T>;
  #waiting: T[] = [];
  #underWay = 0;
  /** A slice is scheduled, or the last one was too recent. */
  #busy = false;
  #stopped = false;
  #cancelPause: Cancel | undefined;

  constructor(options: ExpirerOptions<T>) {
    this.#options = options;
  }

  add(leases: readonly T[]): void {
    for (const lease of leases) this.#waiting.push(lease);
    this.#begin();
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    this.#cancelPause?.();
  }

  #begin(): void {
    if (this.#busy || this.#stopped || this.#waiting.length === 0 || this.#underWay >= UNDER_WAY_MAX) return;
    this.#busy = true;
    this.#options.prove((leads) => this.#slice(leads));
  }

  #slice(leads: boolean): void {
    if (this.#stopped) return;
    const { clock, propose, isWanted } = this.#options;
    const room = leads ? Math.min(SLICE_LEASES, UNDER_WAY_MAX - this.#underWay) : 0;
    for (const lease of this.#waiting.splice(0, room)) {
      if (!isWanted(lease)) continue;
      this.#underWay++;
      propose(lease, (outcome) => this.#done(lease, outcome));
    }
    this.#cancelPause = clock.timeout(SLICE_PAUSE_MS, () => {
      this.#busy = false;
      this.#begin();
    });
  }

  #done(lease: T, outcome: ExpiryOutcome): void {
    this.#underWay--;
    if (this.#stopped) return;
    if (outcome === 'failed' && this.#options.isWanted(lease)) this.#waiting.push(lease);
    this.#begin();
  }
}
