import type { OnLimit } from '../util/limit-hits.js';

export interface UnfinishedLimits {
  /** Bytes of requests that have begun and are not complete, of one connection. Default 128 MiB. */
  readonly connectionBytesMax: number;
  /** The same for all connections of the host together. Default 512 MiB. */
  readonly hostBytesMax: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_UNFINISHED_LIMITS: UnfinishedLimits = {
  connectionBytesMax: 128 * MIB,
  hostBytesMax: 512 * MIB,
};

/**
 * Bounds the memory of requests that have begun and are never completed: a host keeps the bytes of each until its message is
 * complete, and a connection may have some thousand streams.
 */
export class UnfinishedRequests {
  readonly limits: UnfinishedLimits;
  readonly #connections = new Set<ConnectionRequests>();
  readonly #onLimit: OnLimit;
  #bytes = 0;

  constructor(limits: Partial<UnfinishedLimits> = {}, onLimit: OnLimit = () => undefined) {
    this.#onLimit = onLimit;
    this.limits = { ...DEFAULT_UNFINISHED_LIMITS, ...limits };
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param cut closes the connection */
  connection(cut: () => void): ConnectionRequests {
    const connection = new ConnectionRequests(this, cut);
    this.#connections.add(connection);
    return connection;
  }

  /** Adds to the bytes, or subtracts from them. Above the bound, the connection with the most is cut. */
  count(bytes: number): void {
    this.#bytes += bytes;
    if (bytes <= 0 || this.#bytes <= this.limits.hostBytesMax) return;
    let largest: ConnectionRequests | undefined;
    for (const connection of this.#connections) {
      if (largest === undefined || connection.bytes > largest.bytes) largest = connection;
    }
    if (largest === undefined) return;
    this.#onLimit('request_memory');
    largest.cut();
  }

  over(connection: ConnectionRequests): void {
    this.#connections.delete(connection);
  }
}

/** The unfinished requests of one connection. */
export class ConnectionRequests {
  readonly #host: UnfinishedRequests;
  readonly #cut: () => void;
  #bytes = 0;
  #closed = false;

  constructor(host: UnfinishedRequests, cut: () => void) {
    this.#host = host;
    this.#cut = cut;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds to the bytes, or subtracts from them. @returns false above the bound of the connection: the request must end */
  count(bytes: number): boolean {
    if (this.#closed || bytes === 0) return true;
    this.#bytes += bytes;
    this.#host.count(bytes);
    return bytes < 0 || this.#bytes <= this.#host.limits.connectionBytesMax;
  }

  cut(): void {
    this.close();
    this.#cut();
  }

  close(): void {
    if (this.#closed) return;
    this.#host.count(-this.#bytes);
    this.#host.over(this);
    this.#bytes = 0;
    this.#closed = true;
  }
}
