import { boolean, choice, duration } from './kinds.js';

/** Sockets and keep-alive pings. */
export const CONNECTION_SETTINGS = {
  /** The gRPC server on the client port. */
  rpcHost: choice({
    flag: 'rpc-host',
    group: 'Connections',
    default: 'native',
    words: ['native', 'grpc-js'],
    help: 'gRPC server on the client port; grpc-js is the slower reference implementation, on node:http2',
  }),
  /** Time without traffic after which a gRPC client is pinged, in ms; 0: never. */
  keepAliveIntervalMs: duration({
    flag: 'grpc-keepalive-interval',
    group: 'Connections',
    default: '1m',
    min: 0,
    max: 24 * 3_600_000,
    help: 'time between two pings to a gRPC client; 0 for no pings',
  }),
  /** Time that a client has to answer a ping, in ms. */
  keepAliveTimeoutMs: duration({
    flag: 'grpc-keepalive-timeout',
    group: 'Connections',
    default: '20s',
    min: 1,
    max: 24 * 3_600_000,
    help: 'time for a client to answer a ping before its connection is closed',
  }),
  /** Shortest time between two pings of a client, in ms; 0: any. */
  keepAliveMinTimeMs: duration({
    flag: 'grpc-keepalive-min-time',
    group: 'Connections',
    default: '5s',
    min: 0,
    max: 24 * 3_600_000,
    help: 'shortest time between two pings of a gRPC client with open calls; its connection is closed if it pings more often; 0 for no limit; not enforced by --rpc-host grpc-js',
  }),
  /** Time without calls after which a gRPC connection is asked to end, in ms; 0: never. */
  maxConnectionIdleMs: duration({
    flag: 'grpc-max-connection-idle',
    group: 'Connections',
    default: '1h',
    min: 0,
    max: 24 * 3_600_000,
    help: 'time without calls after which a gRPC connection is asked to end; 0 for any time',
  }),
  /** Time between two requests over HTTP/1.1, and for the head of one, in ms. */
  httpIdleTimeoutMs: duration({
    flag: 'http-idle-timeout',
    group: 'Connections',
    default: '1m',
    min: 100,
    max: 24 * 3_600_000,
    help: 'time for the head of the next HTTP/1.1 request before its connection is closed',
  }),
  /** Time for the first bytes of a connection, and for the preface of HTTP/2, in ms. */
  connectionSetupTimeoutMs: duration({
    flag: 'connection-setup-timeout',
    group: 'Connections',
    default: '30s',
    min: 100,
    max: 3_600_000,
    help: "time for a client's first bytes and for its HTTP/2 settings before its connection is closed",
  }),
  /** SO_REUSEPORT. */
  socketReusePort: boolean({
    flag: 'socket-reuse-port',
    group: 'Connections',
    default: false,
    help: 'let other processes listen on the same ports (SO_REUSEPORT); needs Node.js 22.12',
  }),
  /** SO_REUSEADDR, which Node.js always sets. */
  socketReuseAddress: boolean({
    flag: 'socket-reuse-address',
    group: 'Connections',
    default: false,
    help: 'listen on addresses in TIME_WAIT (SO_REUSEADDR); always on',
  }),
};
