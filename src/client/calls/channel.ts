import { Metadata } from '@grpc/grpc-js';

// What the gRPC library is given.

export const CHANNEL_OPTIONS = {
  // Reconnects soon after a member restarts; grpc's default backoff grows to two minutes.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  // Detects dead connections, as behind a cut link. Servers reject pings less than 5 s apart.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  // Rejecting a large answer here would leave the fate of a write unknown. Servers limit the size of answers.
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // A client shares no connection with another, so that closing it closes its connections.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config_disable_resolution': 1,
  // Members are reached directly, without a web proxy.
  'grpc.enable_http_proxy': 0,
};

export function toMetadata(values: Readonly<Record<string, string>> = {}): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(values)) metadata.set(name, value);
  return metadata;
}

/** A monotonic time as the wall-clock time that gRPC takes. */
export function epoch(monotonicMs: number): number {
  return Date.now() + Math.max(0, monotonicMs - performance.now());
}
