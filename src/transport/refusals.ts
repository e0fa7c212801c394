import type { Clock } from '../ports/clock.js';
import type { LogFields, Logger } from '../util/logger.js';
import type { Refusal, TrafficListener } from './traffic.js';

export interface RefusalLogOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traffic: Pick<TrafficListener, 'refused'>;
}

/** Reasons remembered, so that a peer that gives the same one for days is logged once. Enough for any real mistake. */
const REASONS_MAX = 64;
/** Warnings within a period, whatever the reasons: a hostile caller can make up new ones. */
const WARNINGS_MAX = 16;
const PERIOD_MS = 60_000;

/** Counts refusals, and logs them at a bounded rate: repeated reasons, and those above the rate, at level debug. */
export class RefusalLog {
  readonly #options: RefusalLogOptions;
  readonly #reasons = new Set<string>();
  #periodEndsMs = -Infinity;
  #warnings = 0;
  #suppressed = 0;

  constructor(options: RefusalLogOptions) {
    this.#options = options;
  }

  /** @param options.expected the refusal is part of normal operation: it is counted, and logged at level debug */
  refused(
    what: Refusal,
    text: string,
    fields: LogFields & { readonly reason: string },
    options: { readonly expected: boolean } = { expected: false },
  ): void {
    this.#options.traffic.refused(what);
    const { logger } = this.#options;
    if (options.expected || !this.#isNews(fields.reason)) logger.debug(text, fields);
    else if (this.#suppressed === 0) logger.warn(text, fields);
    else {
      logger.warn(text, { ...fields, suppressed: this.#suppressed });
      this.#suppressed = 0;
    }
  }

  #isNews(reason: string): boolean {
    if (this.#reasons.has(reason)) return false;
    const nowMs = this.#options.clock.now();
    if (nowMs >= this.#periodEndsMs) {
      this.#periodEndsMs = nowMs + PERIOD_MS;
      this.#warnings = 0;
    }
    if (this.#warnings >= WARNINGS_MAX) {
      this.#suppressed += 1;
      return false;
    }
    this.#warnings += 1;
    const [oldest] = this.#reasons;
    if (this.#reasons.size >= REASONS_MAX && oldest !== undefined) this.#reasons.delete(oldest);
    this.#reasons.add(reason);
    return true;
  }
}
