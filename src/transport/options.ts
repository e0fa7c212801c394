/** The tunables of the transport; each has a default, so that a node need name none. */
export interface TransportOptions {
  /** A frame takes waiting packets up to this many bytes; one message may be larger. Default 1 MiB. */
  readonly maxFrameBytes: number;
  /** Bytes that may wait for one peer on the lane of appends. Default 64 MiB. */
  readonly appendQueueBytes: number;
  /** Messages that may wait for one peer on the lane of appends. Default 4096. */
  readonly appendQueueMessages: number;
  /** Bytes that may wait for one peer on the control lane. Default 4 MiB. */
  readonly controlQueueBytes: number;
  /** Messages that may wait for one peer on the control lane. Default 4096. */
  readonly controlQueueMessages: number;
  /** Frames handed to a stream and not yet taken by the socket: two keep it busy, more only age. Default 2. */
  readonly framesInFlight: number;
  /** Time for a connection and the peer's first word on it, in ms. Default 2,000. */
  readonly dialTimeoutMs: number;
  /** Wait before the second try to reach a peer, in ms; doubles from try to try. Default 50. */
  readonly backoffBaseMs: number;
  /** Longest wait between two tries, in ms. Default 2,000. */
  readonly backoffCapMs: number;
  /** A link that held for this long is redialled at once when it breaks, in ms. Default 1,000. */
  readonly stableAfterMs: number;
  /** A peer that cannot be reached for this long is warned of, in ms; before that it is only mentioned. Default 3,000. */
  readonly awayWarningMs: number;
  /** Silence after which a peer is pinged, in ms: that is how a half-open link is found. Default 10,000. */
  readonly keepaliveIntervalMs: number;
  /** Time to answer that ping before the link counts as broken, in ms. Default 5,000. */
  readonly keepaliveTimeoutMs: number;
  /** Time that frames on their way out get when the transport closes, in ms. Default 200. */
  readonly closeGraceMs: number;
  /** Bytes a second of a snapshot, so that those who send and take it on can do other things too. Default 32 MiB. */
  readonly snapshotBytesPerSecond: number;
  /** Time without a step forward after which a stream of a snapshot counts as broken, in ms. Default 30,000. */
  readonly snapshotStallMs: number;
  /** Streams of one snapshot that may break one after the other, none of them bringing anything. Default 4. */
  readonly snapshotTries: number;
}

export const DEFAULT_TRANSPORT_OPTIONS: TransportOptions = {
  maxFrameBytes: 1024 * 1024,
  appendQueueBytes: 64 * 1024 * 1024,
  appendQueueMessages: 4096,
  controlQueueBytes: 4 * 1024 * 1024,
  controlQueueMessages: 4096,
  framesInFlight: 2,
  dialTimeoutMs: 2_000,
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
