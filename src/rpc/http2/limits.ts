/** Bounds of one connection. Each protects the server from one kind of client; exceeding it ends the stream or connection. */
export interface Http2Limits {
  /** Streams open at the same time; one more is refused. */
  readonly concurrentStreams: number;
  /** Size of a header list, in bytes, with 32 for each field; a larger request is refused with status 431. */
  readonly headerListBytes: number;
  /** Bytes of one header block before decoding, with its CONTINUATION frames. */
  readonly headerBlockBytes: number;
  /** CONTINUATION frames of one header block. */
  readonly continuationFrames: number;
  /** Bytes received for streams and not yet released by the layer above. */
  readonly unreleasedBytes: number;
  /** Streams that the client resets, or makes the server reset (CVE-2023-44487, CVE-2025-8671). */
  readonly resets: Rate;
  /** SETTINGS and PING frames, each of which must be answered (CVE-2019-9512, CVE-2019-9515), and PRIORITY frames. */
  readonly controlFrames: Rate;
  /** DATA and HEADERS frames without content (CVE-2019-9518), and WINDOW_UPDATE frames of few bytes. */
  readonly emptyFrames: Rate;
  /** Time in which a client must send its preface and SETTINGS, and acknowledge the server's, in ms. */
  readonly settingsMs: number;
  /** Time that a frame that has begun may take to arrive, in ms. */
  readonly frameMs: number;
  /** Flow-control window of a stream that the server announces, in bytes. */
  readonly streamWindow: number;
  /** Flow-control window of the connection, in bytes. */
  readonly connectionWindow: number;
  /** Idle time after which the server sends a PING, in ms. */
  readonly keepaliveMs: number;
  /** Time for its acknowledgement, in ms. */
  readonly keepaliveTimeoutMs: number;
}

/** A token bucket. */
export interface Rate {
  /** Events allowed at once. */
  readonly burst: number;
  /** Events allowed in the long run, per second. */
  readonly perSecond: number;
}

export const DEFAULT_LIMITS: Http2Limits = {
  concurrentStreams: 4096,
  headerListBytes: 64 * 1024,
  headerBlockBytes: 64 * 1024,
  continuationFrames: 16,
  unreleasedBytes: 64 * 1024 * 1024,
  resets: { burst: 5_000, perSecond: 500 },
  controlFrames: { burst: 1_000, perSecond: 100 },
  emptyFrames: { burst: 10_000, perSecond: 1_000 },
  settingsMs: 30_000,
  frameMs: 60_000,
  streamWindow: 256 * 1024,
  connectionWindow: 4 * 1024 * 1024,
  keepaliveMs: 60_000,
  keepaliveTimeoutMs: 20_000,
};

/** Counts events against a rate. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #now: () => number;
  #tokens: number;
  #atMs: number;

  /** @param now monotonic time in ms */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
    this.#tokens = rate.burst;
    this.#atMs = now();
  }

  /** Counts events. @returns false if there were too many */
  take(count = 1): boolean {
    if (this.#tokens < count) {
      const nowMs = this.#now();
      const gained = ((nowMs - this.#atMs) / 1000) * this.#rate.perSecond;
      this.#tokens = Math.min(this.#rate.burst, this.#tokens + gained);
      this.#atMs = nowMs;
      if (this.#tokens < count) return false;
    }
    this.#tokens -= count;
    return true;
  }
}
