import type { Clock } from '../../ports/clock.js';

/** etcd's. */
export const DEFAULT_QUOTA_BYTES = 2 * 1024 ** 3;
/** What a put takes beside key and value; etcd's guess. */
export const PUT_OVERHEAD_BYTES = 256;
/** And a lease, as a whole. */
export const LEASE_OVERHEAD_BYTES = 64;

/** The size is measured again once so much has been written since, as a part of the quota; and as old. */
const GROWTH_PART = 64;
const AGE_MS = 5_000;

export interface QuotaOptions {
  readonly clock: Clock;
  /** Negative: there is none. */
  readonly quotaBytes: number;
  readonly sizeBytes: () => Promise<number>;
  /** This member has no space left: lets all members know. Calls back once they do, or could not be told. */
  readonly raise: (done: () => void) => void;
  readonly onFatal: (error: unknown) => void;
}

/**
 * Keeps the store from filling the disk: what takes space is let through while the store, and the writes since it was
 * measured, stay below the quota. Whatever this says, it is the alarm that all members obey.
 */
export class Quota {
  readonly #options: QuotaOptions;
  #measured: { readonly bytes: number; readonly atMs: number } | undefined;
  /** Written since that measurement began, counted high. */
  #sinceBytes = 0;
  #measuring: Promise<void> | undefined;
  #raising = false;

  constructor(options: QuotaOptions) {
    this.#options = options;
  }

  /** 0 where there is none, as etcd shows it. */
  get quotaBytes(): number {
    return Math.max(0, this.#options.quotaBytes);
  }

  /** @param done called in this turn where the size is known well enough; false once the alarm is raised */
  admit(bytes: number, done: (fits: boolean) => void): void {
    if (this.#options.quotaBytes < 0) return done(true);
    if (this.#fits(bytes)) {
      if (this.#isStale()) this.#measureAgain(() => undefined);
      return done(true);
    }
    this.#measureAgain(() => {
      if (this.#fits(bytes)) return done(true);
      this.#options.raise(() => done(false));
    });
  }

  /** A batch was applied: a member that nobody sends writes to fills its disk as well. */
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
    // Before the first measurement nothing is refused.
    return (this.#measured?.bytes ?? 0) + this.#sinceBytes + bytes < this.#options.quotaBytes;
  }

  #isStale(): boolean {
    const { clock, quotaBytes } = this.#options;
    if (this.#measured === undefined || this.#sinceBytes > quotaBytes / GROWTH_PART) return true;
    return clock.now() - this.#measured.atMs > AGE_MS;
  }

  /** One measurement at a time. Those who come meanwhile share it. */
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
