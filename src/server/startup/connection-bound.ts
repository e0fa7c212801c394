import type { Socket } from 'node:net';
import type { Limit, OnLimit } from '../../util/limit-hits.js';
import type { Logger } from '../../util/logger.js';
import { SourceRate, type SourceRateOptions } from '../../util/source-rate.js';
import { SourceSet, sourceOf } from '../../util/source-set.js';

export interface ConnectionBoundOptions {
  /** Connections that may be open at the same time. */
  readonly max: number;
  /**
   * The connection that is closed to admit a new one at the bound: `silent`, the oldest that has sent nothing, or else the
   * oldest of an address that has more than twice as many as that of the new one; `unproven`, one that is not trusted (see
   * `trust`), of the address that has the most. If there is none, the new one is closed.
   */
  readonly yields: 'silent' | 'unproven';
  /** New connections that one address may open in a second. Default: any number. */
  readonly rate?: SourceRateOptions;
  /** For the log and the metrics: `client`, `peer`, `metrics`. */
  readonly port: 'client' | 'peer' | 'metrics';
  readonly logger: Logger;
  /** Called for each connection that is closed because of the bound. Default: not counted. */
  readonly onLimit?: OnLimit;
}

/** Least time between two warnings about rejected connections, in ms. */
const WARNING_INTERVAL_MS = 60_000;

/**
 * Bounds the open connections of one kind, so that they cannot take the file descriptors that the log, the engine and
 * the links between members need.
 *
 * Connections that send nothing must not shut others out, so the oldest of them is closed first; nor must an address that keeps
 * as many busy ones as it can: it gives up the oldest for an address that has far fewer. On the peer port a
 * connection that is not proven to come from a member is closed, whatever it has sent: a member proves its identity
 * within milliseconds. An address that opens many loses its own.
 */
export class ConnectionBound {
  readonly #options: ConnectionBoundOptions;
  readonly #open = new Set<Socket>();
  /** Connections that may be closed to admit others, oldest first. */
  readonly #yielding = new SourceSet<Socket>();
  /** Connections that have sent nothing when they were last looked at, oldest first. */
  readonly #silent = new Set<Socket>();
  readonly #rate: SourceRate | undefined;
  #rejected = 0;
  #warnedAtMs = -Infinity;

  constructor(options: ConnectionBoundOptions) {
    this.#options = options;
    this.#rate = options.rate && new SourceRate(options.rate);
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

  /** Number of connections closed because of the bound since the start: new ones, and old ones that gave way to new ones. */
  get rejected(): number {
    return this.#rejected;
  }

  /** Counts a new connection until it is closed. @returns false if there is no room: the connection is then closed */
  admit(socket: Socket): boolean {
    const source = sourceOf(socket.remoteAddress);
    if (this.#rate?.admits(source, performance.now()) === false) {
      this.#reject(socket, 'connection_rate');
      return false;
    }
    if (this.#open.size >= this.#options.max) {
      const victim = this.#yieldingOne(source);
      this.#reject(victim ?? socket, `${this.#options.port}_connections`);
      if (victim === undefined) return false;
    }
    this.#open.add(socket);
    this.#yielding.add(socket, source);
    if (this.#options.yields === 'silent') this.#silent.add(socket);
    socket.once('close', () => this.#forget(socket));
    return true;
  }

  /** Records that a connection comes from a member. It is then no longer closed in favour of others. */
  trust(socket: Socket): void {
    this.#yielding.delete(socket);
  }

  /** Destroys every connection. */
  closeAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #reject(socket: Socket, limit: Limit): void {
    this.#rejected += 1;
    this.#options.onLimit?.(limit);
    // Its place is free at once: its descriptor is closed in this turn, its 'close' event comes later.
    this.#forget(socket);
    socket.destroy();
    const nowMs = performance.now();
    if (nowMs - this.#warnedAtMs < WARNING_INTERVAL_MS) return;
    this.#warnedAtMs = nowMs;
    const { logger, max, port } = this.#options;
    logger.warn('too many connections: rejecting some', { port, max });
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket);
    this.#yielding.delete(socket);
    this.#silent.delete(socket);
  }

  /** @param source of the new connection */
  #yieldingOne(source: string): Socket | undefined {
    if (this.#options.yields === 'unproven') return this.#yielding.victim();
    // Connections that have sent something are removed, so that each is visited once, not once per call.
    for (const socket of this.#silent) {
      if (socket.bytesRead === 0) return socket;
      this.#silent.delete(socket);
    }
    return this.#yielding.victimFor(source);
  }
}
