export interface SourceRateOptions {
  /** Events that one source may cause in a second, in the long run. */
  readonly perSecond: number;
  /** Events that it may cause at once. */
  readonly burst: number;
}

/** Sources that are remembered. Those that have been quiet longest are forgotten first. */
const SOURCES_MAX = 4096;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Bounds the rate of events of each source: a token bucket for each. */
export class SourceRate {
  readonly #options: SourceRateOptions;
  /** The source of the last event comes last. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: SourceRateOptions) {
    this.#options = options;
  }

  /** Counts an event. @returns whether it is within the bound */
  admits(source: string, nowMs: number): boolean {
    const { perSecond, burst } = this.#options;
    const bucket = this.#buckets.get(source) ?? { tokens: burst, atMs: nowMs };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * perSecond) / 1000);
    bucket.atMs = nowMs;
    this.#buckets.delete(source);
    this.#buckets.set(source, bucket);
    const [quietest] = this.#buckets.keys();
    if (this.#buckets.size > SOURCES_MAX && quietest !== undefined) this.#buckets.delete(quietest);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
