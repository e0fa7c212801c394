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
  /** Running calls on one connection. */
  maxConcurrentStreams: integer({
    flag: 'max-concurrent-streams',
    group: 'Limits',
    default: 4096,
    min: 1,
    max: 0xffffffff,
    help: 'largest number of running calls on one connection',
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
