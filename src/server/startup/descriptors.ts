import { ConfigError } from '../settings/urls.js';

/** How the file descriptors of the process are divided, so that no part can take those of another. */
export interface DescriptorPlan {
  /** Connections that are open at the same time, for each kind of listener. */
  readonly connections: { readonly client: number; readonly peer: number; readonly metrics: number };
  /** LevelDB's max_open_files, for each of the two engines that exist while a snapshot is installed. */
  readonly engineOpenFiles: number;
  /** Segments of the log that are open at the same time. */
  readonly logOpenFiles: number;
}

/** Connections that settings ask for; undefined for the default. */
export interface WantedConnections {
  readonly maxConnections?: number | undefined;
  readonly maxPeerConnections?: number | undefined;
  readonly maxMetricsConnections?: number | undefined;
}

/** Descriptors of the runtime: standard streams, event loop, worker threads, name resolution. */
const RUNTIME_DESCRIPTORS = 32;
/** Files that are open for a moment: listings of folders, pointers of the engine, a saved snapshot. */
const TRANSIENT_DESCRIPTORS = 8;
/** The engine in use, and the one that a snapshot is received into. */
const ENGINES = 2;
/** Below this limit nothing is left for clients. */
const DESCRIPTORS_MIN = 256;
/** Largest default: each connection costs memory too, some 50 KiB. */
const DEFAULT_CLIENT_CONNECTIONS_MAX = 10_000;

/**
 * Divides the descriptors. What the member needs for its own work comes first: the log, the engine, the links that it
 * dials to its peers, and those that peers dial. Clients get the rest.
 * @param limit see `descriptorLimit`; undefined if unknown
 * @throws ConfigError if the limit is too low, for any member or for this --max-connections
 */
export function planDescriptors(limit: number | undefined, wanted: WantedConnections = {}): DescriptorPlan {
  const { maxConnections, maxPeerConnections, maxMetricsConnections } = wanted;
  const total = limit ?? Infinity;
  if (total < DESCRIPTORS_MIN) {
    throw new ConfigError(
      `a limit of ${total} file descriptors is too low: raise it to ${DESCRIPTORS_MIN} or more (ulimit -n)`,
    );
  }
  const share = (divisor: number, min: number, max: number): number =>
    Math.max(min, Math.min(max, Math.floor(total / divisor)));
  // LevelDB takes no number below 74.
  const engineOpenFiles = share(8, 74, 1_000);
  const logOpenFiles = share(16, 24, 1_024);
  const dialledLinks = share(16, 16, 64);
  const peer = maxPeerConnections ?? share(16, 16, 256);
  const metrics = maxMetricsConnections ?? share(64, 4, 64);
  const reserve =
    RUNTIME_DESCRIPTORS +
    TRANSIENT_DESCRIPTORS +
    ENGINES * engineOpenFiles +
    logOpenFiles +
    dialledLinks +
    peer +
    metrics;
  const client = maxConnections ?? Math.min(total - reserve, DEFAULT_CLIENT_CONNECTIONS_MAX);
  if (client + reserve > total) {
    throw new ConfigError(
      `--max-connections ${client}: the limit of ${total} file descriptors leaves room for ${total - reserve} beside ` +
        `this member's own ${reserve}: raise it to ${client + reserve} (ulimit -n) or lower --max-connections`,
    );
  }
  return { connections: { client, peer, metrics }, engineOpenFiles, logOpenFiles };
}
