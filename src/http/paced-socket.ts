import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { InputTurns } from '../util/input-turns.js';

/**
 * Bytes that are parsed at a time between two requests. Every request in them is parsed at once, and the shortest one has
 * some 26 bytes, so that at most 40 requests wait parsed.
 */
const HEAD_PIECE_BYTES = 1024;
/** Bytes that are parsed at a time within the body of a request. */
const BODY_PIECE_BYTES = 4 * 1024;
/** Bytes kept behind a running request, with the overhead of their chunks, before reading pauses. */
const KEPT_BYTES_MAX = 128 * 1024;
/** Estimated memory of a chunk in addition to its bytes. */
const CHUNK_OVERHEAD_BYTES = 256;
/**
 * Time that reading may pause during one request before the connection is closed, in ms: while it pauses, the end of the
 * connection goes unnoticed.
 */
const PAUSED_MS_MAX = 10_000;

type Callback = (error?: Error | null) => void;

/** What HTTP/1.1 needs of the connection below: a socket, or a stream of HTTP/2 in its place. */
export interface Carrier extends Duplex {
  readonly localAddress?: string | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly timeout?: number | undefined;
  setTimeout(ms: number): this;
}

export interface PacedSocketOptions {
  /** The accepted socket, if the carrier is a stream of HTTP/2 on it. */
  readonly accepted: Socket;
  /** Asked before each piece. */
  readonly appetite: () => Appetite;
  /** Shares out each turn of the event loop among the connections. */
  readonly turns: InputTurns;
}

/** The input that the parser may get: `head` between requests, `body` within one, `nothing` while one is answered. */
export type Appetite = 'head' | 'body' | 'nothing';

/**
 * A socket as the HTTP parser of Node sees it, which gives it one request at a time. On a bare socket the parser takes
 * all that has arrived, and a client that pipelines requests decides how much work is done in one turn of the event loop.
 */
export class PacedSocket extends Duplex {
  /** The accepted socket below, which has the certificate of a client with TLS. */
  readonly accepted: Socket;
  readonly #bare: Carrier;
  readonly #appetite: () => Appetite;
  readonly #turns: InputTurns;
  /** A piece waits for a later turn. */
  #isDeferred = false;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #wanted = false;
  #ended = false;
  #pauseTimer: NodeJS.Timeout | undefined;

  constructor(socket: Carrier, { accepted, appetite, turns }: PacedSocketOptions) {
    super({ readableHighWaterMark: 1, writableHighWaterMark: socket.writableHighWaterMark, decodeStrings: false });
    this.#bare = socket;
    this.accepted = accepted;
    this.#appetite = appetite;
    this.#turns = turns;
    socket
      .on('data', (chunk: Buffer) => this.#keep(chunk))
      .on('end', () => {
        this.#ended = true;
        this.feed();
      })
      .on('timeout', () => this.emit('timeout'))
      .on('error', (error) => this.destroy(error))
      .on('close', () => this.destroy());
  }

  get localAddress(): string | undefined {
    return this.#bare.localAddress;
  }

  get remoteAddress(): string | undefined {
    return this.#bare.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#bare.remotePort;
  }

  get timeout(): number | undefined {
    return this.#bare.timeout;
  }

  /** As of net.Socket; 'timeout' is emitted here too. */
  setTimeout(ms: number, callback?: () => void): this {
    this.#bare.setTimeout(ms);
    if (callback !== undefined) this.once('timeout', callback);
    return this;
  }

  /** As of net.Socket: closes it once everything is written. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** Gives the parser its next piece if it wants one. To be called when the appetite has grown. */
  feed(): void {
    if (!this.#wanted || this.destroyed || this.#isDeferred) return;
    const [first] = this.#kept;
    if (first === undefined) return this.#ended ? this.#finishReading() : this.#resume();
    const appetite = this.#appetite();
    if (appetite === 'nothing') return this.#wait();
    clearTimeout(this.#pauseTimer);
    if (this.#turns.begin(performance.now())) return this.#give(first, appetite);
    this.#isDeferred = true;
    this.#turns.defer(() => this.#feedDeferred());
  }

  /** In a turn that has time for it. */
  #feedDeferred(): void {
    this.#isDeferred = false;
    const [first] = this.#kept;
    if (this.destroyed || first === undefined) return;
    const appetite = this.#appetite();
    if (appetite === 'nothing') this.#wait();
    else this.#give(first, appetite);
  }

  #give(first: Buffer, appetite: Exclude<Appetite, 'nothing'>): void {
    const size = Math.min(first.length, appetite === 'head' ? HEAD_PIECE_BYTES : BODY_PIECE_BYTES);
    this.#keptBytes -= size;
    if (size < first.length) this.#kept[0] = first.subarray(size);
    else {
      this.#kept.shift();
      this.#keptBytes -= CHUNK_OVERHEAD_BYTES;
    }
    this.#wanted = false;
    this.push(first.subarray(0, size));
  }

  override _read(): void {
    this.#wanted = true;
    this.feed();
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, callback: Callback): void {
    this.#bare.write(chunk, encoding, callback);
  }

  override _writev(chunks: { chunk: Buffer | string; encoding: BufferEncoding }[], callback: Callback): void {
    this.#bare.cork();
    for (const [index, { chunk, encoding }] of chunks.entries()) {
      if (index === chunks.length - 1) this.#bare.write(chunk, encoding, callback);
      else this.#bare.write(chunk, encoding);
    }
    this.#bare.uncork();
  }

  override _final(callback: Callback): void {
    if (this.#bare.destroyed) callback();
    else this.#bare.end(callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    clearTimeout(this.#pauseTimer);
    this.#kept.length = 0;
    this.#bare.destroy();
    callback(error);
  }

  #keep(chunk: Buffer): void {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length + CHUNK_OVERHEAD_BYTES;
    // Paused until the parser has taken the chunk.
    this.#bare.pause();
    this.feed();
  }

  /** Keeps reading while a request is answered, up to the bound, to notice that its client has gone. */
  #wait(): void {
    // The end of a stream is noticed without reading.
    if (this.#bare !== this.accepted) return;
    if (this.#keptBytes <= KEPT_BYTES_MAX) return this.#resume();
    clearTimeout(this.#pauseTimer);
    this.#pauseTimer = setTimeout(() => this.destroy(), PAUSED_MS_MAX);
  }

  #resume(): void {
    clearTimeout(this.#pauseTimer);
    if (!this.#ended) this.#bare.resume();
  }

  #finishReading(): void {
    this.#wanted = false;
    this.push(null);
  }
}
