import type { Cancel, Clock } from '../../ports/clock.js';

/** Leases that may be proposed to be ended in one go; with the pause between, a thousand a second. */
const SLICE_LEASES = 100;
const SLICE_PAUSE_MS = 100;
/** Those that are proposed and not applied yet. */
const UNDER_WAY_MAX = 400;

/** How a proposal to end a lease came out: it is gone, or may be tried again. */
export type ExpiryOutcome = 'applied' | 'failed';

export interface ExpirerOptions<T> {
  readonly clock: Clock;
  /** Calls back with whether this member has proven, after this call, that it leads. May never call back. */
  readonly prove: (then: (leads: boolean) => void) => void;
  readonly propose: (lease: T, done: (outcome: ExpiryOutcome) => void) => void;
  /** Whether it is still to be ended. */
  readonly isWanted: (lease: T) => boolean;
}

/**
 * Ends leases that have run out, at a bounded rate, so that thousands that run out together do not hold up what others
 * ask. A leader that cannot prove that it leads ends none.
 */
export class Expirer<T> {
  readonly #options: ExpirerOptions<T>;
  #waiting: T[] = [];
  #underWay = 0;
  /** A slice is about to be proposed, or the last one was so little ago. */
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
