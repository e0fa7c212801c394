import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { setImmediate } from 'node:timers/promises';
import type { Limit, OnLimit } from '../util/limit-hits.js';
import type { Logger } from '../util/logger.js';
import { SourceRate } from '../util/source-rate.js';
import { SourceSet, sourceOf } from '../util/source-set.js';
import { asError } from '../util/error.js';
import { Handshake } from './handshake.js';
import { HandshakeFailures, type FailureKind } from './failures.js';
import type { Reloaded } from './reloaded.js';
import type { ServerContext } from './server-context.js';

/** Checks a connection whose handshake is complete. @returns the reason to refuse it, if there is one */
export type ConnectionCheck = (socket: TLSSocket) => Promise<string | undefined>;

export interface HandshakesOptions {
  /** For the log and the metrics: `client`, `peer`, `metrics`. */
  readonly port: string;
  readonly context: Reloaded<ServerContext>;
  readonly checks: readonly ConnectionCheck[];
  /** Protocols that are offered (ALPN). Default: those of the context. */
  readonly protocols?: readonly string[];
  /** Time for a handshake, from the accepted connection on, in ms. */
  readonly timeoutMs: number;
  /** Handshakes that may be open; one more ends the oldest of the address that has the most. */
  readonly max: number;
  /**
   * Handshakes that an address may begin in a second, in the long run; five times as many at once. Beyond, they wait, within
   * their time limit. Default 0: any number.
   */
  readonly perSecond?: number;
  readonly logger: Logger;
  /** Called for each handshake that exceeds a bound, or has to wait for one. Default: not counted. */
  readonly onLimit?: OnLimit;
}

/** Handshakes that an address may begin at once, as seconds of its rate. */
const BURST_SECONDS = 5;
/** Interval at which handshakes are looked at that wait because of the rate, in ms. */
const RATE_MS = 20;
/** Time for new handshakes in one turn of the event loop, in ms. Their signatures are computed on it. */
const TURN_MS = 4;

/**
 * Makes secure connections of accepted ones. A handshake has limited time, and a limited number may be open. A connection
 * takes no memory of TLS before its ClientHello is complete, and no more than some milliseconds of a turn of the event loop
 * are spent on answering ClientHellos, so that clients that never finish their handshakes delay no others.
 */
export class Handshakes {
  readonly #options: HandshakesOptions;
  readonly #open = new SourceSet<Handshake>();
  readonly #bySocket = new Map<Socket, Handshake>();
  readonly failures: HandshakeFailures;
  readonly #rate: SourceRate | undefined;
  #waiting: Handshake[] = [];
  /** Those that wait because of the rate of their address, oldest first. */
  #delayed: { readonly handshake: Handshake; readonly source: string }[] = [];
  #isBeginning = false;
  /** Of the latest context, one for each list of protocols. */
  readonly #servers = new Map<
    readonly string[] | undefined,
    { readonly context: ServerContext; readonly server: Server }
  >();

  constructor(options: HandshakesOptions) {
    this.#options = options;
    this.failures = new HandshakeFailures(options);
    const { perSecond = 0 } = options;
    if (perSecond > 0) this.#rate = new SourceRate({ perSecond, burst: BURST_SECONDS * perSecond });
  }

  get port(): string {
    return this.#options.port;
  }

  get max(): number {
    return this.#options.max;
  }

  get open(): number {
    return this.#open.size;
  }

  /**
   * End of the validity of the certificate that clients see, in ms since 1970. Files that were replaced while there was no
   * handshake are seen by the next call.
   */
  certificateEndMs(): number {
    this.#options.context.refresh();
    return Date.parse(this.#options.context.latest.leaf.validTo);
  }

  /**
   * Begins a handshake.
   * @param socket a new connection, from which nothing was read; closed if the handshake fails
   * @param done called once it has succeeded, with the socket to use from then on
   * @param protocols to offer (ALPN) in place of those of the options; the same object each time
   */
  accept(socket: Socket, done: (socket: TLSSocket) => void, protocols = this.#options.protocols): void {
    const { max, timeoutMs } = this.#options;
    const handshake = new Handshake(socket, {
      protocols,
      timeoutMs,
      done,
      onHello: () => this.#begin(handshake),
      onFailure: (kind, reason) => this.#failed(handshake, kind, reason),
      onOver: () => {
        this.#open.delete(handshake);
        this.#bySocket.delete(socket);
      },
    });
    this.#bySocket.set(socket, handshake);
    this.#open.add(handshake, sourceOf(handshake.remote));
    if (this.#open.size > max) this.#open.victim()?.fail('crowded', `more than ${max} handshakes are open`);
  }

  #failed({ remote }: Handshake, kind: FailureKind, reason: string): void {
    const limit = LIMIT_OF[kind];
    if (limit !== undefined) this.#options.onLimit?.(limit);
    this.failures.count(kind, { remote, reason });
  }

  /** A ClientHello is complete: what follows costs processor time. */
  #begin(handshake: Handshake): void {
    const source = sourceOf(handshake.remote);
    const isBehind = this.#delayed.some((delayed) => delayed.source === source);
    if (isBehind || this.#rate?.admits(source, performance.now()) === false) {
      this.#options.onLimit?.('tls_handshake_rate');
      this.#delayed.push({ handshake, source });
      if (this.#delayed.length === 1) setTimeout(this.#goOn, RATE_MS).unref();
      return;
    }
    this.#enqueue(handshake);
  }

  /** Begins the delayed handshakes whose addresses may begin more. */
  readonly #goOn = (): void => {
    const nowMs = performance.now();
    const exhausted = new Set<string>();
    this.#delayed = this.#delayed.filter(({ handshake, source }) => {
      if (handshake.isOver) return false;
      if (exhausted.has(source)) return true;
      if (this.#rate?.admits(source, nowMs) === false) {
        exhausted.add(source);
        return true;
      }
      this.#enqueue(handshake);
      return false;
    });
    if (this.#delayed.length > 0) setTimeout(this.#goOn, RATE_MS).unref();
  };

  #enqueue(handshake: Handshake): void {
    this.#waiting.push(handshake);
    if (!this.#isBeginning) void this.#beginAll();
  }

  async #beginAll(): Promise<void> {
    this.#isBeginning = true;
    try {
      while (this.#waiting.length > 0) {
        // Taken before the look at the files, so that each handshake uses what was there when it arrived.
        const batch = this.#waiting;
        this.#waiting = [];
        await this.#beginBatch(batch);
      }
    } finally {
      this.#isBeginning = false;
    }
  }

  /** An error of this side ends the handshakes that it concerns, and no others. */
  async #beginBatch(batch: readonly Handshake[]): Promise<void> {
    let context: ServerContext;
    try {
      context = await this.#options.context.current();
    } catch (error) {
      for (const handshake of batch) handshake.fail('protocol', ownReason(error));
      return;
    }
    let turnBeganMs = performance.now();
    for (const handshake of batch) {
      if (performance.now() - turnBeganMs > TURN_MS) {
        await setImmediate();
        turnBeganMs = performance.now();
      }
      if (handshake.isOver || handshake.socket.destroyed) continue;
      await this.#answerHello(context, handshake).catch((error: unknown) =>
        handshake.fail('protocol', ownReason(error)),
      );
    }
  }

  async #answerHello(context: ServerContext, handshake: Handshake): Promise<void> {
    await answerHello(this.#serverOf(context, handshake.protocols), handshake);
  }

  /** A server of node:tls that does not listen: it gets its connections from here. */
  #serverOf(context: ServerContext, protocols: readonly string[] | undefined): Server {
    const known = this.#servers.get(protocols);
    if (known?.context === context) return known.server;
    const { timeoutMs } = this.#options;
    const server = createServer({
      ...context.options,
      ...(protocols !== undefined && { ALPNProtocols: [...protocols] }),
      handshakeTimeout: timeoutMs,
    });
    server.on('secureConnection', (socket) => void this.#secured(socket));
    server.on('tlsClientError', (error, socket) => this.#onError(error, socket));
    this.#servers.set(protocols, { context, server });
    return server;
  }

  async #secured(socket: TLSSocket): Promise<void> {
    socket.on('error', () => socket.destroy());
    const handshake = this.#handshakeOf(socket);
    if (handshake === undefined) return void socket.destroy();
    for (const check of this.#options.checks) {
      const reason = await check(socket).catch((error: unknown) => `it cannot be checked: ${asError(error).message}`);
      if (reason !== undefined) return handshake.fail('certificate', reason);
      if (handshake.isOver) return;
    }
    handshake.succeed(socket);
  }

  #onError(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    // Node's types declare an Error; it is the code of the verification.
    const refusal = socket.authorizationError as Error | string | null | undefined;
    const handshake = this.#handshakeOf(socket);
    if (refusal !== null && refusal !== undefined) {
      handshake?.fail('certificate', `the certificate is not accepted: ${inWords(String(refusal))}`);
    } else if (error.code === 'ECONNRESET') handshake?.fail('closed', 'the other side has closed the connection');
    else handshake?.fail('protocol', reasonOf(error));
  }

  #handshakeOf(socket: TLSSocket): Handshake | undefined {
    const bare = bareSocketOf(socket);
    return bare === undefined ? undefined : this.#bySocket.get(bare);
  }
}

/** The bounds that failed handshakes have exceeded. */
const LIMIT_OF: Readonly<Partial<Record<FailureKind, Limit>>> = {
  crowded: 'tls_handshakes',
  timeout: 'tls_handshake_time',
};

/** Resolves once the ClientHello has been answered. */
function answerHello(server: Server, { socket }: Handshake): Promise<void> {
  return new Promise((resolve) => {
    server.emit('connection', socket);
    // The new socket takes what was read before in the next tick, which was scheduled before this one.
    process.nextTick(resolve);
  });
}

/** The connection below a socket of a server of node:tls, which has no public name. */
function bareSocketOf(socket: TLSSocket): Socket | undefined {
  return (socket as { readonly _parent?: Socket })._parent;
}

/** OpenSSL's reason without the position in its source. */
function reasonOf(error: Error): string {
  const { reason } = error as { readonly reason?: unknown };
  return typeof reason === 'string' ? reason : (error.message.split('\n', 1)[0] ?? '');
}

function ownReason(error: unknown): string {
  return `this side cannot begin it: ${reasonOf(asError(error))}`;
}

/** As in CERT_HAS_EXPIRED. */
function inWords(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}
