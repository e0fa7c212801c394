import type { Socket } from 'node:net';
import type { Logger } from '../../util/logger.js';

export interface ConnectionBoundOptions {
  /** Connections that may be open at the same time. */
  readonly max: number;
  /**
   * Which connection is closed in favour of a new one when all are taken: `silent`, the oldest that has sent nothing;
   * `quietest`, if none is silent, the one that has sent the fewest bytes. If there is none, the new one is closed.
   */
  readonly yields: 'silent' | 'quietest';
  /** For the log and the metrics: `client`, `peer`, `metrics`. */
  readonly port: string;
  readonly logger: Logger;
}

/** Time between two lines of the log that say that connections are rejected, in ms. */
const WARNING_INTERVAL_MS = 60_000;

/**
 * Bounds the open connections of one kind, so that they cannot take the file descriptors that the log, the engine and
 * the links between members need.
 *
 * Connections that never say anything must not shut others out: they give way. On the peer port so does the connection
 * that has said least: links between members carry heartbeats all the time, strangers do not know what to say.
 */
export class ConnectionBound {
  readonly #options: ConnectionBoundOptions;
  readonly #open = new Set<Socket>();
  /** Connections that had sent nothing when last looked at, oldest first. */
  readonly #silent = new Set<Socket>();
  #rejected = 0;
  #warnedAtMs = -Infinity;

  constructor(options: ConnectionBoundOptions) {
    this.#options = options;
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

  /** Connections closed because of the bound, whether new ones or those that gave way, since the start. */
  get rejected(): number {
    return this.#rejected;
  }

  /** Counts a new connection until it is closed. False if there is no room for it: it is closed already. */
  admit(socket: Socket): boolean {
    if (this.#open.size >= this.#options.max) {
      const victim = this.#oldestSilent() ?? (this.#options.yields === 'quietest' ? this.#quietest() : undefined);
      this.#reject(victim ?? socket);
      if (victim === undefined) return false;
    }
    this.#open.add(socket);
    this.#silent.add(socket);
    socket.once('close', () => this.#forget(socket));
    return true;
  }

  /** Destroys every connection. */
  closeAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #reject(socket: Socket): void {
    this.#rejected += 1;
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
    this.#silent.delete(socket);
  }

  /** Each connection that has spoken leaves the list when it is met, so the list is walked once, not once a call. */
  #oldestSilent(): Socket | undefined {
    for (const socket of this.#silent) {
      if (socket.bytesRead === 0) return socket;
      this.#silent.delete(socket);
    }
    return undefined;
  }

  #quietest(): Socket | undefined {
    let quietest: Socket | undefined;
    for (const socket of this.#open) {
      if (quietest === undefined || socket.bytesRead < quietest.bytesRead) quietest = socket;
    }
    return quietest;
  }
}
