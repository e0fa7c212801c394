/** Reasons remembered, so that a caller that gives the same one for days is logged once. Enough for any real mistake. */
const REASONS_MAX = 64;
/** Lines within a period, whatever the reasons: a hostile caller can make up new ones. */
const LINES_MAX = 16;
const PERIOD_MS = 60_000;

/** Fields of a line that is logged: the number of lines suppressed before it, if there were any. */
export type News = { readonly suppressed?: number };

/** Chooses what to log of what strangers cause: each reason once, and a bounded number of reasons in a minute. */
export class NewsFilter {
  readonly #reasons = new Set<string>();
  #periodEndsMs = -Infinity;
  #lines = 0;
  #suppressed = 0;

  /**
   * @param nowMs monotonic time
   * @returns undefined if the reason is known already, or too many were new in this minute
   */
  look(reason: string, nowMs: number): News | undefined {
    if (this.#reasons.has(reason)) return undefined;
    if (nowMs >= this.#periodEndsMs) {
      this.#periodEndsMs = nowMs + PERIOD_MS;
      this.#lines = 0;
    }
    if (this.#lines >= LINES_MAX) {
      this.#suppressed += 1;
      return undefined;
    }
    this.#lines += 1;
    const [oldest] = this.#reasons;
    if (this.#reasons.size >= REASONS_MAX && oldest !== undefined) this.#reasons.delete(oldest);
    this.#reasons.add(reason);
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return suppressed === 0 ? {} : { suppressed };
  }
}
