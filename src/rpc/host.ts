import type { Socket } from 'node:net';
import type { OnLimit } from '../util/limit-hits.js';
import type { Logger } from '../util/logger.js';
import type { MemberAnswers } from './answer-room.js';
import type { CallerCertificate, Method } from './service.js';
import type { CallTallies } from './tally.js';
import type { UnfinishedLimits } from './unfinished-requests.js';

/** Serves one protocol on connections that are accepted elsewhere. Nothing that arrives on one makes a host throw. */
export interface SocketHost {
  /** Takes over a connected socket, which may be paused: the host closes it from now on. */
  accept(socket: Socket): void;
  /**
   * Takes no more requests. Running ones may end within `graceMs`, then their connections are cut. Resolves when every
   * connection is closed. Calling it again changes nothing.
   */
  close(options: { readonly graceMs: number }): Promise<void>;
}

/** What every gRPC host takes. */
export interface GrpcHostOptions {
  /** The methods that are served; each path once. */
  readonly methods: readonly Method[];
  readonly logger: Logger;
  /** The certificate that identifies the user of a connection's calls. Asked once for each connection. Default: none does. */
  readonly certificateOf?: (socket: Socket) => CallerCertificate | undefined;
  /** Where calls are counted. Default: not counted. */
  readonly tallies?: CallTallies;
  /** The memory for unsent answers, which hosts of one member share. Default: one of its own. */
  readonly answers?: MemberAnswers;
  /** Bounds on requests whose messages are not complete. Default: see UnfinishedLimits. */
  readonly unfinished?: Partial<UnfinishedLimits>;
  /** Calls that may run at the same time on one connection; more wait at the client. Default 4096. */
  readonly maxConcurrentStreams?: number;
  /** Calls of all connections together, beyond which a connection with more than a few opens no more. Default 100,000. NativeHost only. */
  readonly maxTotalStreams?: number;
  /** Size of the headers of a request, in bytes, with 32 for each. Default 64 KiB, which GrpcJsHost always has. */
  readonly maxHeaderListBytes?: number;
  /** Time without calls after which a connection is asked to end, in ms. Default: an hour; at most 2^31-1 for none. */
  readonly idleMs?: number;
  /** Time in which a client must complete the preface of HTTP/2, in ms. Default 30,000. NativeHost only. */
  readonly setupMs?: number;
  /** Streams that a connection may reset in a second, in the long run. Default 500. GrpcJsHost allows 30. */
  readonly resetsPerSecond?: number;
  /** SETTINGS, PING and PRIORITY frames of a connection in a second, in the long run. Default 100. NativeHost only. */
  readonly controlFramesPerSecond?: number;
  /** Called when a client exceeds a bound. */
  readonly onLimit?: OnLimit;
  /** Largest message that is received, in bytes without gRPC's 5-byte frame. Default 4 MiB, gRPC's own. */
  readonly maxReceiveMessageBytes?: number;
  /** Memory of one connection's streams, in MB (10^6 bytes), above which new calls are refused. Default 256. */
  readonly maxSessionMemoryMb?: number;
  /** Time between two pings of a client, in ms. Default 60,000; etcd's is two hours. */
  readonly keepaliveIntervalMs?: number;
  /** Time that a client has to answer a ping before its connection is closed, in ms. Default 20,000. */
  readonly keepaliveTimeoutMs?: number;
  /**
   * Shortest time between two pings of a client, in ms, beyond which some are let through and then its connection is closed; 0: any.
   * Default 5,000. GrpcJsHost has no such bound.
   */
  readonly pingMinMs?: number;
}
