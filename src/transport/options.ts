/** Settings of the transport. */
export interface TransportOptions {
  /** Bound on the queued packets that share a frame, in bytes; a single message may be larger. Default 1 MiB. */
  readonly maxFrameBytes: number;
  /** Bytes queued for one peer on the append lane. Default 64 MiB. */
  readonly appendQueueBytes: number;
  /** Messages queued for one peer on the append lane. Default 4096. */
  readonly appendQueueMessages: number;
  /** Bytes queued for one peer on the control lane. Default 4 MiB. */
  readonly controlQueueBytes: number;
  /** Messages queued for one peer on the control lane. Default 4096. */
  readonly controlQueueMessages: number;
  /** Largest frame accepted from a proven member on the append lane, in bytes. Default 128 MiB. */
  readonly appendFrameBytesMax: number;
  /** Largest frame accepted from a proven member on the control lane, in bytes. Default 8 MiB. */
  readonly controlFrameBytesMax: number;
  /** Time for a connection and the peer's hello on it, in ms. Default 2,000. */
  readonly dialTimeoutMs: number;
  /**
   * Time that a caller has for its hello and its proof, in ms. Shorter than `dialTimeoutMs`, so that an honest dialler
   * reads the reason of its refusal. Default 1,500.
   */
  readonly proofTimeoutMs: number;
  /** Least time between two frames of proofs to one peer, in ms; also between attempts to reach it that strangers cause. Default 100. */
  readonly proofIntervalMs: number;
  /** Incoming links that have not proved their sender's identity; one more ends one of the address with the most. Default 256. */
  readonly unprovenLinksMax: number;
  /** Least time between two rounds of questions about unknown callers, in ms. Default 1,000. */
  readonly lookUpIntervalMs: number;
  /** Wait before the second attempt to reach a peer, in ms; doubles with each attempt. Default 50. */
  readonly backoffBaseMs: number;
  /** Longest wait between two attempts, in ms. Default 2,000. */
  readonly backoffCapMs: number;
  /** A link that was up for this long is dialled again at once when it breaks, in ms. Default 1,000. */
  readonly stableAfterMs: number;
  /** A peer that cannot be reached for this long is logged as a warning, in ms. Default 3,000. */
  readonly awayWarningMs: number;
  /** Interval of the pings that find half-open links, in ms. Default 10,000. */
  readonly keepaliveIntervalMs: number;
  /** Time to answer a ping before the link counts as broken, in ms. Default 5,000. */
  readonly keepaliveTimeoutMs: number;
  /** Time for queued frames to leave when the transport closes, in ms. Default 200. */
  readonly closeGraceMs: number;
  /** Rate of a snapshot, in bytes per second, so that sender and receiver can continue to serve. Default 32 MiB. */
  readonly snapshotBytesPerSecond: number;
  /** Time without progress after which a snapshot's stream counts as broken, in ms. Default 30,000. */
  readonly snapshotStallMs: number;
  /** Consecutive streams of one snapshot that may break without progress. Default 4. */
  readonly snapshotTries: number;
}

export const DEFAULT_TRANSPORT_OPTIONS: TransportOptions = {
  maxFrameBytes: 1024 * 1024,
  appendQueueBytes: 64 * 1024 * 1024,
  appendQueueMessages: 4096,
  controlQueueBytes: 4 * 1024 * 1024,
  controlQueueMessages: 4096,
  appendFrameBytesMax: 128 * 1024 * 1024,
  controlFrameBytesMax: 8 * 1024 * 1024,
  dialTimeoutMs: 2_000,
  proofTimeoutMs: 1_500,
  proofIntervalMs: 100,
  unprovenLinksMax: 256,
  lookUpIntervalMs: 1_000,
  backoffBaseMs: 50,
  backoffCapMs: 2_000,
  stableAfterMs: 1_000,
  awayWarningMs: 3_000,
  keepaliveIntervalMs: 10_000,
  keepaliveTimeoutMs: 5_000,
  closeGraceMs: 200,
  snapshotBytesPerSecond: 32 * 1024 * 1024,
  snapshotStallMs: 30_000,
  snapshotTries: 4,
};
