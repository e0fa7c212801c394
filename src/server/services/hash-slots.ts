import type { Clock } from '../../ports/clock.js';

export interface HashSlotsOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Whether a member is at this source. */
  readonly isMember: (source: string) => boolean;
}

/** Hashes for members that are computed at the same time: each reads the whole state. */
const MEMBERS_MAX = 2;
/** Questions of one member's address that wait. */
const WAITING_MAX = 8;
/** Rest after a hash for a stranger, as a multiple of the time that it took: strangers get a fifth of the time at most. */
const REST_FACTOR = 4;

interface Waiting {
  readonly source: string;
  readonly work: () => Promise<void>;
}

/**
 * Bounds the hashes that callers without a proof can cause: a member asks for one before it takes part, when it has no
 * proof yet. Each address of a member has a slot, and waits for its turn. All other callers share one slot, which rests
 * after each hash, so strangers can neither keep this member busy nor hold up the check of a member.
 */
export class HashSlots {
  readonly #options: HashSlotsOptions;
  /** Member sources with a running hash. */
  readonly #running = new Set<string>();
  #waiting: Waiting[] = [];
  #strangers: { readonly kind: 'busy' } | { readonly kind: 'resting'; readonly untilMs: number } = {
    kind: 'resting',
    untilMs: -Infinity,
  };

  constructor(options: HashSlotsOptions) {
    this.#options = options;
  }

  /**
   * Runs the work now or later, in a slot of its source.
   * @param work must not reject
   * @returns false if there is no slot: the work does not run
   */
  take(source: string, work: () => Promise<void>): boolean {
    if (!this.#options.isMember(source)) return this.#takeForStranger(work);
    if (this.#waiting.filter((other) => other.source === source).length >= WAITING_MAX) return false;
    this.#waiting.push({ source, work });
    this.#next();
    return true;
  }

  #takeForStranger(work: () => Promise<void>): boolean {
    const { clock } = this.#options;
    const beganMs = clock.now();
    if (this.#strangers.kind === 'busy' || beganMs < this.#strangers.untilMs) return false;
    this.#strangers = { kind: 'busy' };
    void work().finally(() => {
      const nowMs = clock.now();
      this.#strangers = { kind: 'resting', untilMs: nowMs + REST_FACTOR * (nowMs - beganMs) };
    });
    return true;
  }

  /** Begins the oldest waiting work whose source has none running. */
  #next(): void {
    if (this.#running.size >= MEMBERS_MAX) return;
    const next = this.#waiting.find(({ source }) => !this.#running.has(source));
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((other) => other !== next);
    this.#running.add(next.source);
    void next.work().finally(() => {
      this.#running.delete(next.source);
      this.#next();
    });
    this.#next();
  }
}
