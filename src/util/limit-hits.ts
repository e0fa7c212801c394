/**
 * The bounds on what clients and strangers can take, by the names that they have in the metrics. docs/LIMITS.md describes each:
 * its default, its setting, and what the client sees.
 */
export const LIMITS = [
  'client_connections',
  'peer_connections',
  'metrics_connections',
  'connection_rate',
  'setup_time',
  'idle_time',
  'keepalive_time',
  'tls_handshakes',
  'tls_handshake_rate',
  'tls_handshake_time',
  'concurrent_streams',
  'total_streams',
  'header_list',
  'header_block',
  'request_time',
  'request_bytes',
  'request_memory',
  'txn_ops',
  'json_values',
  'gateway_calls',
  'reset_rate',
  'violation_rate',
  'control_frame_rate',
  'empty_frame_rate',
  'ping_rate',
  'unread_answers',
  'watches',
  'feed_subscriptions',
  'waiting_passwords',
  'tokens',
  'role_permissions',
] as const;

/** The name of a bound. */
export type Limit = (typeof LIMITS)[number];

/** Called when a client exceeds a bound. */
export type OnLimit = (limit: Limit) => void;

/** Counts how often each bound was exceeded, since the start. */
export class LimitHits {
  readonly #counts = new Map<Limit, number>(LIMITS.map((limit) => [limit, 0]));

  /** Counts one hit. Bound to this object, so that it can be passed on. */
  readonly hit: OnLimit = (limit) => void this.#counts.set(limit, this.of(limit) + 1);

  of(limit: Limit): number {
    return this.#counts.get(limit) ?? 0;
  }
}
