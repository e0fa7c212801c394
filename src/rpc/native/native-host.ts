import type { Socket } from 'node:net';
import { assert } from '../../util/assert.js';
import type { OnLimit } from '../../util/limit-hits.js';
import { MemberAnswers } from '../answer-room.js';
import type { GrpcHostOptions, SocketHost } from '../host.js';
import { Connection } from '../http2/connection.js';
import { HostStreams } from '../http2/host-streams.js';
import { InputTurns } from '../../util/input-turns.js';
import { DEFAULT_LIMITS, type Http2Limits, type Rate } from '../http2/limits.js';
import { AllSourceRates } from '../http2/source-rates.js';
import { sourceOf } from '../../util/source-set.js';
import { CallTallies } from '../tally.js';
import { UnfinishedRequests } from '../unfinished-requests.js';
import { Deadlines } from './deadlines.js';
import { GrpcConnection } from './grpc-connection.js';
import { Inflater } from './inflater.js';
import type { CallEnvironment, MountedMethod } from './call-origin.js';
import type { OtherRequests } from './other-requests.js';

export interface NativeHostOptions extends GrpcHostOptions {
  /** Bounds of each connection; default: DEFAULT_LIMITS. */
  readonly limits?: Partial<Http2Limits>;
  /** Serves requests that are not gRPC's. Default: they are refused with 405 or 415. */
  readonly others?: OtherRequests;
}

const DEFAULT_TOTAL_STREAMS_MAX = 100_000;
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
  readonly #sourceRates: AllSourceRates;
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
    this.#requests = new UnfinishedRequests(options.unfinished, this.#onLimit);
    this.#limits = limitsOf(options);
    const now = (): number => performance.now();
    const messageBytesMax = options.maxReceiveMessageBytes ?? DEFAULT_MESSAGE_BYTES_MAX;
    const inflater = new Inflater(messageBytesMax);
    this.#turns = new InputTurns(now);
    this.#streams = new HostStreams(options.maxTotalStreams ?? DEFAULT_TOTAL_STREAMS_MAX);
    this.#sourceRates = new AllSourceRates(this.#limits, now);
    const onLimit = this.#onLimit;
    this.#environment = { logger, deadlines: new Deadlines(now), inflater, messageBytesMax, now, onLimit };
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
    const source = sourceOf(socket.remoteAddress);
    const handler = new GrpcConnection({
      methods: this.#methods,
      environment: this.#environment,
      certificate: this.#options.certificateOf?.(socket),
      answers: this.#answers.connection(cut),
      requests: this.#requests.connection(cut),
      connection: () => connection,
      socket,
      others: this.#options.others,
    });
    const connection: Connection = new Connection({
      socket,
      handler,
      limits: this.#limits,
      now: this.#environment.now,
      turns: this.#turns,
      hostStreams: this.#streams,
      sourceRates: this.#sourceRates.opened(source),
      onLimit: this.#onLimit,
      onClose: () => {
        handler.close();
        this.#sourceRates.closed(source);
        this.#forget(connection);
      },
      onViolation: (code, reason) => this.#options.logger.debug('a client broke a rule of HTTP/2', { code, reason }),
    });
    this.#connections.add(connection);
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS).unref();
    connection.start();
    socket.resume();
  }

  readonly #onLimit: OnLimit = (limit) => this.#options.onLimit?.(limit);

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

/** Events allowed at once, as seconds of the rate. */
const BURST_SECONDS = 10;

function limitsOf(options: NativeHostOptions): Http2Limits {
  const given = {
    concurrentStreams: options.maxConcurrentStreams,
    headerListBytes: options.maxHeaderListBytes,
    headerBlockBytes: options.maxHeaderListBytes,
    keepaliveMs: options.keepaliveIntervalMs,
    keepaliveTimeoutMs: options.keepaliveTimeoutMs,
    pingMinMs: options.pingMinMs,
    idleMs: options.idleMs,
    settingsMs: options.setupMs,
    resets: rateOf(options.resetsPerSecond),
    controlFrames: rateOf(options.controlFramesPerSecond),
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...DEFAULT_LIMITS, ...set, ...options.limits };
}

function rateOf(perSecond: number | undefined): Rate | undefined {
  return perSecond === undefined ? undefined : { burst: BURST_SECONDS * perSecond, perSecond };
}
