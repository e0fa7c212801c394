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
  /** Streams that the client resets, or that it opens beyond their number (CVE-2023-44487). */
  readonly resets: Rate;
  /** Streams on which the client breaks a rule, so that the server resets them (CVE-2025-8671). */
  readonly violations: Rate;
  /**
   * SETTINGS and PING frames, each of which must be answered (CVE-2019-9512, CVE-2019-9515), and PRIORITY frames. PING and small
   * WINDOW_UPDATE frames count only beyond the content that the server has sent: see ContentCredit.
   */
  readonly controlFrames: Rate;
  /** DATA and HEADERS frames without content (CVE-2019-9518), and WINDOW_UPDATE frames of few bytes. */
  readonly emptyFrames: Rate;
  /** Bytes that the client has not taken, above which no more of its frames are read: their answers would pile up. */
  readonly untakenBytes: number;
  /** Time in which a client must send its preface and SETTINGS, and acknowledge the server's, in ms. */
  readonly settingsMs: number;
  /** Time that a frame that has begun, or a header block, may take to arrive, in ms. */
  readonly frameMs: number;
  /** Flow-control window of a stream that the server announces, in bytes. */
  readonly streamWindow: number;
  /** Flow-control window of the connection, in bytes. */
  readonly connectionWindow: number;
  /** Time without received bytes after which the server sends a PING, in ms. */
  readonly keepaliveMs: number;
  /** Time for its acknowledgement, in ms, after which the connection is closed. */
  readonly keepaliveTimeoutMs: number;
  /** Time without a stream after which the client is asked to end the connection, in ms; Infinity for none. */
  readonly idleMs: number;
  /** Shortest time between two PINGs of the client while it has streams, in ms; 0: any. */
  readonly pingMinMs: number;
  /** The same while it has no streams; only if `pingMinMs` is not 0. */
  readonly idlePingMinMs: number;
  /** PINGs that may come too early before the connection is closed; sending headers or data resets the count. */
  readonly earlyPings: number;
  /** Time that a client has to learn of the end of its connection before the server refuses its requests, in ms. */
  readonly drainMs: number;
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
  resets: { burst: 5_000, perSecond: 500 },
  violations: { burst: 100, perSecond: 10 },
  controlFrames: { burst: 1_000, perSecond: 100 },
  emptyFrames: { burst: 10_000, perSecond: 1_000 },
  untakenBytes: 1024 * 1024,
  settingsMs: 30_000,
  frameMs: 60_000,
  streamWindow: 256 * 1024,
  connectionWindow: 4 * 1024 * 1024,
  keepaliveMs: 60_000,
  keepaliveTimeoutMs: 20_000,
  idleMs: 3_600_000,
  pingMinMs: 5_000,
  idlePingMinMs: 7_200_000,
  earlyPings: 2,
  drainMs: 1_000,
};
