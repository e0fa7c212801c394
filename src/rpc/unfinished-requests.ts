import type { OnLimit } from '../util/limit-hits.js';

export interface UnfinishedLimits {
  /** Bytes of requests that are not answered yet, of one connection. Default 128 MiB. */
  readonly connectionBytesMax: number;
  /** The same for all connections of the host together. Default 512 MiB. */
  readonly hostBytesMax: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_UNFINISHED_LIMITS: UnfinishedLimits = {
  connectionBytesMax: 128 * MIB,
  hostBytesMax: 512 * MIB,
};

/** Part of a bound from which on short messages are copied, so that they hold no buffers. */
const TIGHT_PART = 8;

/** A received buffer of which calls without an answer have views: each keeps the whole of it in memory. */
export class HeldBuffer {
  readonly buffer: ArrayBufferLike;
  calls = 0;

  constructor(buffer: ArrayBufferLike) {
    this.buffer = buffer;
  }
}

/**
 * Bounds the memory of requests until they are answered: their heads, what has arrived of their messages, and the buffers that
 * hold whole messages, which wait with their calls. A connection may have some thousand streams, and a head alone up to 64 KiB.
 */
export class UnfinishedRequests {
  readonly limits: UnfinishedLimits;
  readonly #connections = new Set<ConnectionRequests>();
  readonly #onLimit: OnLimit;
  #bytes = 0;
  /** The connection that had the most when it last grew. */
  #largest: ConnectionRequests | undefined;

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

  /** Whether short messages should hold no buffers. */
  get isTight(): boolean {
    return this.#bytes > this.limits.hostBytesMax / TIGHT_PART;
  }

  /** A connection has changed by some bytes. Above the bound, the connection with the most is cut. */
  changed(connection: ConnectionRequests, bytes: number): void {
    this.#bytes += bytes;
    if (bytes <= 0) return;
    if (this.#largest === undefined || connection.bytes > this.#largest.bytes) this.#largest = connection;
    if (this.#bytes > this.limits.hostBytesMax) this.#cutLargest();
  }

  /** Makes room for more bytes of a connection, if need be by cutting another one that has more than twice as many. @returns false if there is none */
  makeRoom(connection: ConnectionRequests, bytes: number): boolean {
    if (this.#bytes + bytes <= this.limits.hostBytesMax) return true;
    if ((this.#largest?.bytes ?? 0) <= 2 * (connection.bytes + bytes)) return false;
    this.#cutLargest();
    return true;
  }

  over(connection: ConnectionRequests): void {
    this.#connections.delete(connection);
    if (this.#largest !== connection) return;
    this.#largest = undefined;
    for (const other of this.#connections) {
      if (this.#largest === undefined || other.bytes > this.#largest.bytes) this.#largest = other;
    }
  }

  #cutLargest(): void {
    this.#onLimit('request_memory');
    this.#largest?.cut();
  }
}

/** The unfinished requests of one connection. */
export class ConnectionRequests {
  readonly #host: UnfinishedRequests;
  readonly #cut: () => void;
  #bytes = 0;
  /** The buffer that was held last, if it still is: the messages of a buffer come one after the other. */
  #newest: HeldBuffer | undefined;
  #closed = false;

  constructor(host: UnfinishedRequests, cut: () => void) {
    this.#host = host;
    this.#cut = cut;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether short messages should hold no buffers. */
  get isTight(): boolean {
    return this.#bytes > this.#host.limits.connectionBytesMax / TIGHT_PART || this.#host.isTight;
  }

  /**
   * Counts a buffer until all calls that have views of it release it, however many they are.
   * @returns undefined if there is no room for it
   */
  hold(buffer: ArrayBufferLike): HeldBuffer | undefined {
    let held = this.#newest;
    if (held?.buffer !== buffer) {
      if (!this.take(buffer.byteLength)) return undefined;
      held = new HeldBuffer(buffer);
      this.#newest = held;
    }
    held.calls += 1;
    return held;
  }

  release(held: HeldBuffer): void {
    held.calls -= 1;
    if (held.calls > 0) return;
    if (this.#newest === held) this.#newest = undefined;
    this.count(-held.buffer.byteLength);
  }

  /** Adds to the bytes, or subtracts from them. @returns false above the bound of the connection: the request must end */
  count(bytes: number): boolean {
    if (this.#closed || bytes === 0) return true;
    this.#bytes += bytes;
    this.#host.changed(this, bytes);
    return bytes < 0 || this.#bytes <= this.#host.limits.connectionBytesMax;
  }

  /** Adds to the bytes, unless there is no room for them. @returns whether they were added: the request must be refused otherwise */
  take(bytes: number): boolean {
    if (this.#closed) return true;
    const isWithin = this.#bytes + bytes <= this.#host.limits.connectionBytesMax;
    if (!isWithin || !this.#host.makeRoom(this, bytes)) return false;
    this.count(bytes);
    return true;
  }

  cut(): void {
    this.close();
    this.#cut();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const bytes = this.#bytes;
    this.#bytes = 0;
    this.#newest = undefined;
    this.#host.changed(this, -bytes);
    this.#host.over(this);
  }
}
