import { LARGEST_REQUEST_BYTES } from '../../kv/snapshot/archive.js';
import { duration, integer } from './kinds.js';

/** Bounds on what clients can ask for. */
export const LIMIT_SETTINGS = {
  maxRequestBytes: integer({
    flag: 'max-request-bytes',
    group: 'Limits',
    unit: 'bytes',
    default: 1.5 * 1024 ** 2,
    min: 1,
    max: LARGEST_REQUEST_BYTES,
    help: 'largest request of a client',
  }),
  /** Operations in one transaction. */
  maxTxnOps: integer({
    flag: 'max-txn-ops',
    group: 'Limits',
    default: 128,
    min: 1,
    max: 1e6,
    help: 'largest number of operations in one transaction',
  }),
  /** Operations in one transaction and all that are nested in it. */
  maxTxnTotalOps: integer({
    flag: 'max-txn-total-ops',
    group: 'Limits',
    default: 8192,
    min: 1,
    max: 1e6,
    help: 'largest number of comparisons and operations in one transaction and all nested in it; at least 3 × max-txn-ops',
  }),
  /** Running calls on one connection. */
  maxConcurrentStreams: integer({
    flag: 'max-concurrent-streams',
    group: 'Limits',
    default: 4096,
    min: 1,
    max: 0xffffffff,
    help: 'largest number of running calls on one connection',
  }),
  /** Running calls on all connections. */
  maxTotalStreams: integer({
    flag: 'max-total-streams',
    group: 'Limits',
    default: 100_000,
    min: 16,
    max: 1e7,
    help: 'number of running calls on all connections beyond which connections with more than 15 begin no more',
  }),
  maxHeaderListBytes: integer({
    flag: 'max-header-list-bytes',
    group: 'Limits',
    unit: 'bytes',
    default: 64 * 1024,
    min: 1024,
    max: 1024 ** 2,
    help: 'largest size of the headers of a gRPC request, with 32 bytes for each; over HTTP/1.1 at most 16 KiB',
  }),
  maxResetRate: integer({
    flag: 'max-reset-rate',
    group: 'Limits',
    unit: 'per second',
    default: 500,
    min: 1,
    max: 1e6,
    help: 'streams that a gRPC connection may reset in a second; ten times as many at once, and eight times as many from one address',
  }),
  maxControlFrameRate: integer({
    flag: 'max-control-frame-rate',
    group: 'Limits',
    unit: 'per second',
    default: 100,
    min: 1,
    max: 1e6,
    help: 'SETTINGS, PING and PRIORITY frames of a gRPC connection in a second; ten times as many at once, and eight times as many from one address',
  }),
  /** New connections to the peer port from one address. */
  maxPeerConnectionRate: integer({
    flag: 'max-peer-connection-rate',
    group: 'Limits',
    unit: 'per second',
    default: 50,
    min: 1,
    max: 1e6,
    help: 'connections that one address may open to the peer port in a second; twice as many at once',
  }),
  /** TLS handshakes from one address. */
  maxTlsHandshakeRate: integer({
    flag: 'max-tls-handshake-rate',
    group: 'Limits',
    unit: 'per second',
    default: 200,
    min: 0,
    max: 1e6,
    help: 'TLS handshakes that one address may begin in a second, five times as many at once; more wait; 0 for any number',
  }),
  /** Undefined: see `planDescriptors`. */
  maxPeerConnections: integer({
    flag: 'max-peer-connections',
    group: 'Limits',
    min: 16,
    max: 1e5,
    help: 'largest number of connections to the peer port (default: a sixteenth of the limit of file descriptors, up to 256)',
  }),
  /** Undefined: see `planDescriptors`. */
  maxMetricsConnections: integer({
    flag: 'max-metrics-connections',
    group: 'Limits',
    min: 4,
    max: 1e5,
    help: 'largest number of connections to listen-metrics-urls (default: a 64th of the limit of file descriptors, up to 64)',
  }),
  /** Undefined: see `planDescriptors`. */
  maxConnections: integer({
    flag: 'max-connections',
    group: 'Limits',
    min: 1,
    max: 1e6,
    help: 'largest number of client connections (default: as the limit of file descriptors allows, up to 10000)',
  }),
};

/** What a member measures of its calls. */
export const HOT_KEY_SETTINGS = {
  /** Keys of reads, and as many of writes. */
  hotKeys: integer({
    flag: 'hot-keys',
    group: 'Limits',
    unit: 'keys',
    default: 256,
    min: 0,
    max: 10_000,
    help: 'keys that are counted to find those read and written most, some 620 bytes each; 0 counts none',
  }),
};

/** Bounds on watches. */
export const WATCH_SETTINGS = {
  /** Time without events after which a watch that asked for it gets a progress notification, in ms. */
  watchProgressIntervalMs: duration({
    flag: 'watch-progress-notify-interval',
    aliases: ['experimental-watch-progress-notify-interval'],
    group: 'Watches',
    default: '10m',
    min: 1,
    max: 24 * 3_600_000,
    help: 'time without events after which a watch that asked for it gets a progress notification',
  }),
  maxWatchesPerStream: integer({
    flag: 'max-watches-per-stream',
    group: 'Watches',
    default: 10_000,
    min: 1,
    max: 1e7,
    help: 'largest number of watches on one stream; one more ends the stream',
  }),
  maxWatches: integer({
    flag: 'max-watches',
    group: 'Watches',
    default: 200_000,
    min: 1,
    max: 1e8,
    help: 'largest number of watches on this member; one more is refused',
  }),
};
