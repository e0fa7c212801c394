import type { Http2Session, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ConnectionInjector,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { assert, assertNever, defined } from '../../util/assert.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { Logger } from '../../util/logger.js';
import { MemberAnswers } from '../answer-room.js';
import type { GrpcHostOptions, SocketHost } from '../host.js';
import type { Method, StreamMethod, UnaryMethod } from '../service.js';
import { CallTallies } from '../tally.js';
import { UnfinishedRequests } from '../unfinished-requests.js';
import { GrpcJsBidiCall } from './bidi-call.js';
import type { CallConnection, CallOrigin } from './call.js';
import { countUnfinished } from './count-unfinished.js';
import { sendStatusWithEtcdText, type PartialStatus, type ServerCall } from './failure.js';
import {
  http2ServerOf,
  streamOf,
  streamOfHandled,
  type RawBidi,
  type RawCall,
  type RawServerStream,
} from './internals.js';
import type { OutgoingMessage } from './outgoing-message.js';
import { ResetBound } from './reset-bound.js';
import { GrpcJsServerStreamCall } from './server-stream-call.js';
import { SessionProbe } from './session-probe.js';
import { GrpcJsUnaryCall } from './unary-call.js';

const DEFAULTS = {
  maxConcurrentStreams: 4096,
  maxReceiveMessageBytes: 4 * 1024 * 1024,
  maxSessionMemoryMb: 256,
  keepaliveIntervalMs: 60_000,
  keepaliveTimeoutMs: 20_000,
  idleMs: 3_600_000,
} as const;

/**
 * Serves a table of methods with @grpc/grpc-js. It has no listener: sockets are handed over, so that ports can be shared
 * and bounded elsewhere.
 */
export class GrpcJsHost implements SocketHost {
  readonly #server: Server;
  readonly #injector: ConnectionInjector;
  readonly #logger: Logger;
  readonly #tallies: CallTallies;
  readonly #sockets = new Set<Socket>();
  readonly #answers: MemberAnswers;
  readonly #certificateOf: GrpcHostOptions['certificateOf'];
  readonly #connections = new WeakMap<Http2Session, CallConnection>();
  readonly #requests: UnfinishedRequests;
  readonly #probe: SessionProbe;
  readonly #onLimit: OnLimit;
  /** The socket that is being handed to the HTTP/2 server. */
  #injected: Socket | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: GrpcHostOptions) {
    const {
      methods,
      logger,
      tallies = new CallTallies(),
      answers = new MemberAnswers(),
      unfinished,
      onLimit = () => undefined,
      certificateOf,
      ...limits
    } = options;
    const bounds = { ...DEFAULTS, ...limits };
    this.#logger = logger;
    this.#tallies = tallies;
    this.#answers = answers;
    this.#onLimit = onLimit;
    this.#certificateOf = certificateOf;
    this.#requests = new UnfinishedRequests(unfinished, onLimit);
    this.#probe = new SessionProbe(bounds.keepaliveTimeoutMs);
    this.#server = new Server({
      'grpc.max_concurrent_streams': bounds.maxConcurrentStreams,
      'grpc.max_receive_message_length': bounds.maxReceiveMessageBytes,
      'grpc.max_send_message_length': -1,
      'grpc-node.max_session_memory': bounds.maxSessionMemoryMb,
      'grpc.keepalive_time_ms': bounds.keepaliveIntervalMs,
      'grpc.keepalive_timeout_ms': bounds.keepaliveTimeoutMs,
      'grpc.max_connection_idle_ms': bounds.idleMs,
      // Bookkeeping at every call, for a service that is not mounted.
      'grpc.enable_channelz': 0,
      interceptors: [ownSending(onLimit)],
    });
    for (const method of methods) this.#mount(method);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    http2ServerOf(this.#server).on('session', (session) => this.#begin(session));
  }

  accept(socket: Socket): void {
    if (this.#closed !== undefined) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Clients vanish; the HTTP/2 session cleans up after the 'close' that follows.
    socket.on('error', (error) => this.#logger.debug('a connection broke', { reason: error.message }));
    this.#injected = socket;
    this.#injector.injectConnection(socket);
    this.#injected = undefined;
  }

  /** Announces the end to clients with GOAWAY. */
  close(options: { readonly graceMs: number }): Promise<void> {
    this.#closed ??= this.#close(options.graceMs);
    return this.#closed;
  }

  async #close(graceMs: number): Promise<void> {
    const closed = Promise.all([...this.#sockets].map((socket) => untilClosed(socket)));
    // Fails because this server never listened, which is no error here.
    this.#server.tryShutdown(() => undefined);
    const cut = setTimeout(() => this.#cut(), graceMs);
    await closed;
    clearTimeout(cut);
    this.#server.forceShutdown();
  }

  /** Prepares a new session. It is announced in the turn in which its socket is injected. */
  #begin(session: ServerHttp2Session): void {
    const socket = defined(this.#injected, 'the socket of a new session');
    const answers = this.#answers.connection(() => socket.destroy());
    this.#connections.set(session, { answers, certificate: this.#certificateOf?.(socket) });
    const requests = this.#requests.connection(() => socket.destroy());
    session.once('close', () => {
      answers.close();
      requests.close();
    });
    session.once('error', () => socket.destroy());
    const resets = new ResetBound(() => {
      if (socket.destroyed) return;
      this.#onLimit('reset_rate');
      this.#logger.debug('a connection reset too many streams', { address: socket.remoteAddress });
      socket.destroy();
    });
    session.on('stream', (stream) => {
      resets.watch(stream);
      countUnfinished(stream, requests, this.#onLimit);
    });
    this.#probe.add(session, socket);
  }

  #cut(): void {
    this.#server.forceShutdown();
    for (const socket of this.#sockets) socket.destroy();
  }

  #mount(method: Method): void {
    const tally = this.#tallies.of(method);
    // Bytes pass as they are: the methods have codecs of their own.
    const sent = (bytes: Buffer): Buffer => bytes;
    const received = (bytes: Buffer): Buffer => {
      tally.receives(bytes.length);
      return bytes;
    };
    const added = this.#server.register(method.path, this.#handler(method), sent, received, typeOf(method));
    assert(added, `${method.path} is in the table twice`);
  }

  #connectionOf(raw: RawCall): CallConnection | undefined {
    const { session } = streamOfHandled(raw);
    return session === undefined ? undefined : this.#connections.get(session);
  }

  /** One function for each method, not one for each call. */
  #handler(method: Method): Handler {
    const origin: CallOrigin = {
      path: method.path,
      logger: this.#logger,
      tally: this.#tallies.of(method),
      connectionOf: (raw) => this.#connectionOf(raw),
    };
    switch (method.kind) {
      case 'unary': {
        const unary = method as unknown as UnaryMethod<unknown>;
        return (raw, callback) => new GrpcJsUnaryCall(raw, callback, origin).run(unary);
      }
      case 'server-stream': {
        const stream = method as unknown as StreamMethod<unknown>;
        return (raw: RawServerStream) => new GrpcJsServerStreamCall(raw, origin).run(stream);
      }
      case 'bidi': {
        const stream = method as unknown as StreamMethod<unknown>;
        return (raw: RawBidi) => new GrpcJsBidiCall(raw, stream, origin).run(stream);
      }
      default:
        return assertNever(method, 'method');
    }
  }
}

/**
 * Replaces the functions by which a call sends its messages and its status. All calls of a host share these functions; real
 * interceptors would cost several objects per call.
 */
function ownSending(onLimit: OnLimit): ServerInterceptor {
  function sendStatus(this: ServerCall, status: PartialStatus): void {
    sendStatusWithEtcdText(this, status, onLimit);
  }
  return (_method, call) => {
    call.sendStatus = sendStatus;
    call.sendMessage = sendOutgoing;
    // The types require the wrapper class; the runtime accepts any object with the methods of a call.
    return call as ReturnType<ServerInterceptor>;
  };
}

const NO_METADATA = new Metadata();

function sendOutgoing(this: ServerCall, message: OutgoingMessage, done: () => void): void {
  const stream = streamOf(this);
  if (stream.destroyed || stream.closed) return message.drop();
  this.sendMetadata(NO_METADATA);
  message.writeTo(stream, done);
}

type Handler =
  handleUnaryCall<Buffer, Buffer> | handleServerStreamingCall<Buffer, Buffer> | handleBidiStreamingCall<Buffer, Buffer>;

/** The name of the kind in grpc-js. */
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
