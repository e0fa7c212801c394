import type { Socket } from 'node:net';
import {
  Server,
  ServerCredentials,
  type ConnectionInjector,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { assert, assertNever } from '../util/assert.js';
import type { Logger } from '../util/logger.js';
import { GrpcJsBidiCall, GrpcJsServerStreamCall, GrpcJsUnaryCall, type CallOrigin } from './grpc-js-calls.js';
import { etcdStatusText } from './grpc-js-status.js';
import type { SocketHost } from './host.js';
import type { Method, StreamMethod, UnaryMethod } from './service.js';
import { CallTallies } from './tally.js';

export interface GrpcJsHostOptions {
  /** What is served; each path once. */
  readonly methods: readonly Method[];
  readonly logger: Logger;
  /** Where calls are counted. Default: nobody looks. */
  readonly tallies?: CallTallies;
  /** Calls that may run at the same time on one connection; more wait at the client. Default 4096. */
  readonly maxConcurrentStreams?: number;
  /** Largest message that is received, in bytes without gRPC's 5-byte frame. Default 4 MiB, gRPC's own. */
  readonly maxReceiveMessageBytes?: number;
  /** Memory of one connection's streams, in MB (10^6 bytes), over which new calls are refused. Default 256. */
  readonly maxSessionMemoryMb?: number;
  /**
   * Time between two pings of a client, in ms. Default 60,000; etcd's is two hours, but Node needs it shorter: after a
   * broken frame its HTTP/2 session stops reading and never sees its client go. The ping finds it out.
   */
  readonly keepaliveIntervalMs?: number;
  /** Time that a client has to answer a ping before its connection is closed, in ms. Default 20,000. */
  readonly keepaliveTimeoutMs?: number;
}

const DEFAULTS = {
  maxConcurrentStreams: 4096,
  maxReceiveMessageBytes: 4 * 1024 * 1024,
  maxSessionMemoryMb: 256,
  keepaliveIntervalMs: 60_000,
  keepaliveTimeoutMs: 20_000,
} as const;

/**
 * Serves a table of methods with @grpc/grpc-js. It has no listener: whoever owns one hands sockets over, so that ports
 * can be shared and bounded elsewhere. Nothing that arrives on a socket makes it throw.
 */
export class GrpcJsHost implements SocketHost {
  readonly #server: Server;
  readonly #injector: ConnectionInjector;
  readonly #logger: Logger;
  readonly #tallies: CallTallies;
  readonly #sockets = new Set<Socket>();
  #closed: Promise<void> | undefined;

  constructor(options: GrpcJsHostOptions) {
    const { methods, logger, tallies = new CallTallies(), ...limits } = options;
    const bounds = { ...DEFAULTS, ...limits };
    this.#logger = logger;
    this.#tallies = tallies;
    this.#server = new Server({
      'grpc.max_concurrent_streams': bounds.maxConcurrentStreams,
      'grpc.max_receive_message_length': bounds.maxReceiveMessageBytes,
      'grpc.max_send_message_length': -1,
      'grpc-node.max_session_memory': bounds.maxSessionMemoryMb,
      'grpc.keepalive_time_ms': bounds.keepaliveIntervalMs,
      'grpc.keepalive_timeout_ms': bounds.keepaliveTimeoutMs,
      // Bookkeeping at every call for a service that is not mounted.
      'grpc.enable_channelz': 0,
      interceptors: [etcdStatusText],
    });
    for (const method of methods) this.#mount(method);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  /** Takes over a connected socket: closing it is the host's business from now on. */
  accept(socket: Socket): void {
    if (this.#closed !== undefined) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Clients vanish; the HTTP/2 session cleans up after the 'close' that follows.
    socket.on('error', (error) => this.#logger.debug('a connection broke', { reason: error.message }));
    this.#injector.injectConnection(socket);
  }

  /**
   * Begins no more calls and tells clients so (GOAWAY); those that run may end within `graceMs`, then their
   * connections are cut. Resolves once every connection is closed. Calling it again changes nothing.
   */
  close(options: { readonly graceMs: number }): Promise<void> {
    this.#closed ??= this.#close(options.graceMs);
    return this.#closed;
  }

  async #close(graceMs: number): Promise<void> {
    const closed = Promise.all([...this.#sockets].map((socket) => untilClosed(socket)));
    // The error is the one of a server that never listened, which this one never does.
    this.#server.tryShutdown(() => undefined);
    const cut = setTimeout(() => this.#cut(), graceMs);
    await closed;
    clearTimeout(cut);
    this.#server.forceShutdown();
  }

  #cut(): void {
    this.#server.forceShutdown();
    for (const socket of this.#sockets) socket.destroy();
  }

  #mount(method: Method): void {
    const tally = this.#tallies.of(method);
    // Bytes go through as they are: the codecs are the methods' own.
    const sent = (bytes: Buffer): Buffer => {
      tally.sends(bytes.length);
      return bytes;
    };
    const received = (bytes: Buffer): Buffer => {
      tally.receives(bytes.length);
      return bytes;
    };
    const added = this.#server.register(method.path, this.#handler(method), sent, received, typeOf(method));
    assert(added, `${method.path} is in the table twice`);
  }

  /** One function a method, not one a call. */
  #handler(method: Method): Handler {
    const origin: CallOrigin = { path: method.path, logger: this.#logger, tally: this.#tallies.of(method) };
    switch (method.kind) {
      case 'unary': {
        const unary = method as unknown as UnaryMethod<unknown>;
        return (raw, callback) => new GrpcJsUnaryCall(raw, callback, origin).run(unary);
      }
      case 'server-stream': {
        const stream = method as unknown as StreamMethod<unknown>;
        return (raw: ServerWritableStream<Buffer, Buffer>) => new GrpcJsServerStreamCall(raw, origin).run(stream);
      }
      case 'bidi': {
        const stream = method as unknown as StreamMethod<unknown>;
        return (raw: ServerDuplexStream<Buffer, Buffer>) => new GrpcJsBidiCall(raw, stream, origin).run(stream);
      }
      default:
        return assertNever(method, 'method');
    }
  }
}

type Handler =
  handleUnaryCall<Buffer, Buffer> | handleServerStreamingCall<Buffer, Buffer> | handleBidiStreamingCall<Buffer, Buffer>;

/** The kind in grpc-js's words. */
function typeOf(method: Method): string {
  switch (method.kind) {
    case 'unary':
      return 'unary';
    case 'server-stream':
      return 'serverStream';
    case 'bidi':
      return 'bidi';
    default:
      return assertNever(method, 'method');
  }
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
