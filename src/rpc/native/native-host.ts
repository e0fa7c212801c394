import type { Socket } from 'node:net';
import { assert } from '../../util/assert.js';
import { MemberAnswers } from '../answer-room.js';
import type { GrpcHostOptions, SocketHost } from '../host.js';
import { Connection } from '../http2/connection.js';
import { HostStreams } from '../http2/host-streams.js';
import { InputTurns } from '../http2/input-turns.js';
import { DEFAULT_LIMITS, type Http2Limits } from '../http2/limits.js';
import { CallTallies } from '../tally.js';
import { UnfinishedRequests } from '../unfinished-requests.js';
import { Deadlines } from './deadlines.js';
import { GrpcConnection } from './grpc-connection.js';
import { Inflater } from './inflater.js';
import type { CallEnvironment, MountedMethod } from './call-origin.js';

export interface NativeHostOptions extends GrpcHostOptions {
  /** Bounds of each connection; default: DEFAULT_LIMITS. */
  readonly limits?: Partial<Http2Limits>;
  /** Streams of all connections from which on connections with many are refused more. Default 100,000. */
  readonly hostStreamsMax?: number;
}

const DEFAULT_HOST_STREAMS_MAX = 100_000;
const DEFAULT_MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
/** Time between two checks of all connections, in ms. */
const CHECK_MS = 1_000;

/**
 * Serves a table of methods by gRPC over our own HTTP/2. It has no listener: sockets are handed over. Nothing that arrives on a
 * socket makes it throw.
 */
export class NativeHost implements SocketHost {
  readonly #options: NativeHostOptions;
  readonly #limits: Http2Limits;
  readonly #environment: CallEnvironment;
  readonly #turns: InputTurns;
  readonly #streams: HostStreams;
  readonly #methods = new Map<string, MountedMethod>();
  readonly #answers: MemberAnswers;
  readonly #requests: UnfinishedRequests;
  readonly #connections = new Set<Connection>();
  readonly #waiters: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: NativeHostOptions) {
    const { methods, logger, tallies = new CallTallies(), answers = new MemberAnswers() } = options;
    this.#options = options;
    this.#answers = answers;
    this.#requests = new UnfinishedRequests(options.unfinished);
    this.#limits = limitsOf(options);
    const now = (): number => performance.now();
    const messageBytesMax = options.maxReceiveMessageBytes ?? DEFAULT_MESSAGE_BYTES_MAX;
    const inflater = new Inflater(messageBytesMax);
    this.#turns = new InputTurns(now);
    this.#streams = new HostStreams(options.hostStreamsMax ?? DEFAULT_HOST_STREAMS_MAX);
    this.#environment = { logger, deadlines: new Deadlines(now), inflater, messageBytesMax, now };
    for (const method of methods) {
      assert(!this.#methods.has(method.path), `${method.path} is in the table twice`);
      this.#methods.set(method.path, { method, tally: tallies.of(method) });
    }
  }

  accept(socket: Socket): void {
    if (this.#closed !== undefined) {
      socket.destroy();
      return;
    }
    const cut = (): void => connection.destroy();
    const handler = new GrpcConnection({
      methods: this.#methods,
      environment: this.#environment,
      answers: this.#answers.connection(cut),
      requests: this.#requests.connection(cut),
      connection: () => connection,
    });
    const connection: Connection = new Connection({
      socket,
      handler,
      limits: this.#limits,
      now: this.#environment.now,
      turns: this.#turns,
      hostStreams: this.#streams,
      onClose: () => {
        handler.close();
        this.#forget(connection);
      },
      onViolation: (code, reason) => this.#options.logger.debug('a client broke a rule of HTTP/2', { code, reason }),
    });
    this.#connections.add(connection);
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS).unref();
    connection.start();
    socket.resume();
  }

  close(options: { readonly graceMs: number }): Promise<void> {
    this.#closed ??= this.#close(options.graceMs);
    return this.#closed;
  }

  async #close(graceMs: number): Promise<void> {
    const over = new Promise<void>((resolve) => this.#waiters.push(resolve));
    for (const connection of this.#connections) connection.drain();
    const cut = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, graceMs);
    if (this.#connections.size > 0) await over;
    clearTimeout(cut);
    this.#environment.deadlines.stop();
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const resolve of this.#waiters) resolve();
  }

  #check(): void {
    for (const connection of this.#connections) connection.check();
  }
}

function limitsOf({
  maxConcurrentStreams,
  keepaliveIntervalMs,
  keepaliveTimeoutMs,
  pingMinMs,
  limits,
}: NativeHostOptions): Http2Limits {
  return {
    ...DEFAULT_LIMITS,
    ...(maxConcurrentStreams === undefined ? {} : { concurrentStreams: maxConcurrentStreams }),
    ...(keepaliveIntervalMs === undefined ? {} : { keepaliveMs: keepaliveIntervalMs }),
    ...(keepaliveTimeoutMs === undefined ? {} : { keepaliveTimeoutMs }),
    ...(pingMinMs === undefined ? {} : { pingMinMs }),
    ...limits,
  };
}
