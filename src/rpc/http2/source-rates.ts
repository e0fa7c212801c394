import type { Http2Limits, Rate } from './limits.js';
import { RateLimiter } from './rate-limiter.js';

/** The rates of one address are those of so many connections: a client may open one after another. */
const CONNECTIONS_OF_A_SOURCE = 8;

/** The rates of all connections from one address together. */
export interface SourceRates {
  readonly resets: RateLimiter;
  readonly controlFrames: RateLimiter;
}

interface Source extends SourceRates {
  /** Its open connections. */
  connections: number;
}

/**
 * The rates of the addresses that clients connect from. An address is remembered as long as it has connections, and the last
 * ones beyond that: a client gains nothing by a new connection for each flood.
 */
export class AllSourceRates {
  readonly #limits: Pick<Http2Limits, 'resets' | 'controlFrames'>;
  readonly #now: () => number;
  readonly #sources = new Map<string, Source>();
  /** Addresses without a connection, the one that left last at the end. */
  readonly #left = new Set<string>();

  /** @param now monotonic time in ms */
  constructor(limits: Pick<Http2Limits, 'resets' | 'controlFrames'>, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Number of addresses that are remembered. */
  get size(): number {
    return this.#sources.size;
  }

  /** A connection has begun; `closed` must follow. */
  opened(address: string): SourceRates {
    this.#left.delete(address);
    let source = this.#sources.get(address);
    if (source === undefined) {
      const { resets, controlFrames } = this.#limits;
      const limiter = (rate: Rate): RateLimiter => new RateLimiter(ofSource(rate), this.#now);
      source = { resets: limiter(resets), controlFrames: limiter(controlFrames), connections: 0 };
      this.#sources.set(address, source);
    }
    source.connections += 1;
    return source;
  }

  closed(address: string): void {
    const source = this.#sources.get(address);
    if (source === undefined) return;
    source.connections -= 1;
    if (source.connections > 0) return;
    this.#left.add(address);
    const [first] = this.#left;
    if (this.#left.size <= LEFT_MAX || first === undefined) return;
    this.#left.delete(first);
    this.#sources.delete(first);
  }
}

/** Addresses without a connection that are remembered. */
const LEFT_MAX = 1024;

function ofSource({ burst, perSecond }: Rate): Rate {
  return { burst: CONNECTIONS_OF_A_SOURCE * burst, perSecond: CONNECTIONS_OF_A_SOURCE * perSecond };
}
