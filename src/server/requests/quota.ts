import type { Clock } from '../../ports/clock.js';

/** Estimated space of a put beside key and value, in bytes, as in etcd. */
export const PUT_OVERHEAD_BYTES = 256;
/** Estimated space of a lease, in bytes. */
export const LEASE_OVERHEAD_BYTES = 64;

/** The size is measured again after writes of this fraction of the quota, or after this time in ms. */
const GROWTH_PART = 64;
const AGE_MS = 5_000;

export interface QuotaOptions {
  readonly clock: Clock;
  /** Negative for no quota. */
  readonly quotaBytes: number;
  readonly sizeBytes: () => Promise<number>;
  /** Raises the alarm that this member has no space. Calls back once it is raised, or has failed. */
  readonly raise: (done: () => void) => void;
  readonly onFatal: (error: unknown) => void;
}

/**
 * Keeps the store from filling the disk: requests for space are admitted while the store, plus the writes since it was
 * measured, stays below the quota. Beyond it the alarm is raised, which all members obey.
 */
export class Quota {
  readonly #options: QuotaOptions;
  #measured: { readonly bytes: number; readonly atMs: number } | undefined;
  /** Upper bound on the bytes written since the measurement began. */
  #sinceBytes = 0;
  #measuring: Promise<void> | undefined;
  #raising = false;

  constructor(options: QuotaOptions) {
    this.#options = options;
  }

  /** 0 without a quota, as etcd reports it. */
  get quotaBytes(): number {
    return Math.max(0, this.#options.quotaBytes);
  }

  /** Whether a request is admitted by the size as it is known. If not, `admit` measures again. */
  admitsNow(bytes: number): boolean {
    if (this.#options.quotaBytes < 0) return true;
    if (!this.#fits(bytes)) return false;
    if (this.#isStale()) this.#measureAgain(() => undefined);
    return true;
  }

  /** @param done called in this turn if the size is known precisely enough; with false once the alarm is raised */
  admit(bytes: number, done: (fits: boolean) => void): void {
    if (this.admitsNow(bytes)) return done(true);
    this.#measureAgain(() => {
      if (this.#fits(bytes)) return done(true);
      this.#options.raise(() => done(false));
    });
  }

  /** A batch was applied. A member that gets no requests of clients checks its space here. */
  applied(bytes: number): void {
    if (this.#options.quotaBytes < 0) return;
    this.#sinceBytes += bytes;
    if (!this.#isStale()) return;
    this.#measureAgain(() => {
      if (this.#raising || this.#fits(0)) return;
      this.#raising = true;
      this.#options.raise(() => (this.#raising = false));
    });
  }

  #fits(bytes: number): boolean {
    // Until the first measurement, everything is admitted.
    return (this.#measured?.bytes ?? 0) + this.#sinceBytes + bytes < this.#options.quotaBytes;
  }

  #isStale(): boolean {
    const { clock, quotaBytes } = this.#options;
    if (this.#measured === undefined || this.#sinceBytes > quotaBytes / GROWTH_PART) return true;
    return clock.now() - this.#measured.atMs > AGE_MS;
  }

  /** One measurement at a time; callers share it. */
  #measureAgain(done: () => void): void {
    const { onFatal } = this.#options;
    this.#measuring ??= this.#measure().finally(() => (this.#measuring = undefined));
    this.#measuring.then(done, onFatal);
  }

  async #measure(): Promise<void> {
    const { clock, sizeBytes } = this.#options;
    const before = this.#sinceBytes;
    const bytes = await sizeBytes();
    this.#measured = { bytes, atMs: clock.now() };
    this.#sinceBytes -= before;
  }
}
