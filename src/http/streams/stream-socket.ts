import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { defined } from '../../util/assert.js';

type Callback = (error?: Error | null) => void;

/** Bytes that are handed over at a time: the rest of a larger piece stays with its writer, which knows of it. */
const PIECE_BYTES_MAX = 64 * 1024;

/**
 * One end of a connection in memory, which carries one request of HTTP/2 as HTTP/1.1. It holds nothing that its reader has not
 * asked for: a write is done once the other end has read it, and asks for more.
 */
export class StreamSocket extends Duplex {
  /** The socket that the request came by. */
  readonly accepted: Socket;
  #other: StreamSocket | undefined = undefined;
  /** What the other end has written and this one has not read. */
  #incoming: Buffer | undefined = undefined;
  /** Called once all of it is read. */
  #taken: Callback | undefined = undefined;
  #isWanted = false;
  #idleTimer: NodeJS.Timeout | undefined = undefined;
  #timeoutMs: number | undefined = undefined;

  private constructor(accepted: Socket) {
    // With a mark of 0 a paused reader asks for nothing.
    super({ readableHighWaterMark: 0, decodeStrings: false });
    this.accepted = accepted;
  }

  static pair(accepted: Socket): readonly [client: StreamSocket, server: StreamSocket] {
    const client = new StreamSocket(accepted);
    const server = new StreamSocket(accepted);
    client.#other = server;
    server.#other = client;
    return [client, server];
  }

  get localAddress(): string | undefined {
    return this.accepted.localAddress;
  }

  get remoteAddress(): string | undefined {
    return this.accepted.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.accepted.remotePort;
  }

  get timeout(): number | undefined {
    return this.#timeoutMs;
  }

  /** As of net.Socket: 'timeout' is emitted after this time without progress in either direction; 0 for never. */
  setTimeout(ms: number, callback?: () => void): this {
    clearTimeout(this.#idleTimer);
    this.#timeoutMs = ms;
    if (callback !== undefined) this.once('timeout', callback);
    this.#idleTimer = ms === 0 || this.destroyed ? undefined : setTimeout(() => this.emit('timeout'), ms).unref();
    return this;
  }

  override _read(): void {
    this.#isWanted = true;
    const taken = this.#incoming === undefined ? this.#taken : undefined;
    if (taken !== undefined) {
      this.#taken = undefined;
      this.#progressed();
      taken();
    }
    this.#give();
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, callback: Callback): void {
    const other = defined(this.#other, 'the other end');
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    if (bytes.length === 0 || other.destroyed) return callback();
    other.#incoming = bytes;
    other.#taken = callback;
    other.#give();
  }

  override _final(callback: Callback): void {
    defined(this.#other, 'the other end').push(null);
    callback();
  }

  /** The other end breaks, once it has read what was sent before an orderly end. */
  override _destroy(error: Error | null, callback: Callback): void {
    this.setTimeout(0);
    const other = defined(this.#other, 'the other end');
    const isRead = other.readableEnded || !this.writableFinished;
    if (isRead) process.nextTick(() => other.destroy());
    else other.once('end', () => other.destroy());
    this.#incoming = undefined;
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
    callback(error);
  }

  /** Hands over the next piece, if one is there and wanted. */
  #give(): void {
    const bytes = this.#incoming;
    if (bytes === undefined || !this.#isWanted || this.destroyed) return;
    this.#isWanted = false;
    this.#incoming = bytes.length > PIECE_BYTES_MAX ? bytes.subarray(PIECE_BYTES_MAX) : undefined;
    this.#progressed();
    this.push(bytes.subarray(0, PIECE_BYTES_MAX));
  }

  #progressed(): void {
    this.#idleTimer?.refresh();
    defined(this.#other, 'the other end').#idleTimer?.refresh();
  }
}
