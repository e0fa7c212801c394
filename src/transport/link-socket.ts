import type { Duplex } from 'node:stream';
import type { Cancel, Clock } from '../ports/clock.js';
import { CodecError } from './codec-error.js';
import { frameOf, LINK_PREFACE } from './frame.js';
import { FrameDecoder, type FrameHandler } from './frame-decoder.js';
import { HELLO_BYTES_MAX } from './hello.js';
import { encodeRefusal, type RefusalNotice } from './refusal.js';

export interface LinkSocketListener {
  /** See FrameHandler. It may throw a CodecError. */
  readonly onFrame: FrameHandler;
  /** Bytes that are no frame, or that `onFrame` refuses. Nothing more is received. */
  onMalformed(error: CodecError): void;
  /** The socket can take more again, after `full`. */
  onDrain?(): void;
  /** Called exactly once, as the last callback. @param reason the error, if there was one */
  onClosed(reason: string | undefined): void;
}

/** Time for a refusal to reach the other side, in ms. Meanwhile its bytes are discarded. */
const LINGER_MS = 1_000;
/** Bytes of pongs that the other side may leave unread. */
const PONG_BYTES_MAX = 64 * 1024;

/** The frames of a link on a connected socket, TCP or TLS, in both directions. */
export class LinkSocket {
  readonly #socket: Duplex;
  readonly #clock: Clock;
  readonly #listener: LinkSocketListener;
  readonly #decoder: FrameDecoder;
  #error: string | undefined;
  #cancelLinger: Cancel | undefined;
  #greeted = false;
  #ended = false;

  constructor(socket: Duplex, clock: Clock, listener: LinkSocketListener) {
    this.#socket = socket;
    this.#clock = clock;
    this.#listener = listener;
    this.#decoder = new FrameDecoder(HELLO_BYTES_MAX, listener.onFrame);
    socket.on('error', (error: Error) => (this.#error ??= error.message));
    socket.on('drain', () => listener.onDrain?.());
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.once('end', () => this.end());
    // It may have gone already.
    if (socket.closed) clock.soon(() => this.#onClose());
    else socket.once('close', () => this.#onClose());
    socket.resume();
  }

  /** Whether no more should be written until `onDrain`: the system does not take it for now. */
  get full(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Whether the system has taken everything that was written. */
  get idle(): boolean {
    return this.#socket.writableLength === 0;
  }

  /** Length of the largest accepted body from now on, in bytes. At first that of a hello. */
  set bodyBytesMax(bytes: number) {
    this.#decoder.bodyBytesMax = bytes;
  }

  /** Begins this side of the link with its first frame. */
  greet(first: Buffer): void {
    this.#greeted = true;
    this.write([LINK_PREFACE, first]);
  }

  /** Writes the pieces of whole frames at once. */
  write(pieces: readonly Buffer[]): void {
    if (this.#ended || this.#socket.destroyed) return;
    const [only] = pieces;
    if (pieces.length === 1 && only !== undefined) {
      this.#socket.write(only);
      return;
    }
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece);
    this.#socket.uncork();
  }

  /** Returns a ping. A side that does not read its pongs loses the link. */
  pong(body: Buffer): void {
    if (this.#socket.writableLength > PONG_BYTES_MAX) this.destroy('answers to pings are not read');
    else this.write([frameOf('pong', body)]);
  }

  /** Receives nothing more, and closes once everything that was written has left. */
  end(): void {
    this.#decoder.stop();
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.end();
  }

  /** States why the link ends, receives nothing more, and closes. */
  refuse(notice: RefusalNotice): void {
    if (this.#ended) return;
    // A socket that is closed with unread bytes is reset, which may overtake the notice: so it stays open for a while.
    this.#cancelLinger = this.#clock.timeout(LINGER_MS, () => this.destroy());
    const refusal = encodeRefusal(notice);
    if (this.#greeted) this.write([refusal]);
    else this.greet(refusal);
    this.end();
  }

  destroy(reason?: string): void {
    this.#error ??= reason;
    this.#decoder.stop();
    this.#socket.destroy();
  }

  #onClose(): void {
    this.#decoder.stop();
    this.#cancelLinger?.();
    this.#listener.onClosed(this.#error);
  }

  #onData(chunk: Buffer): void {
    try {
      this.#decoder.push(chunk);
    } catch (error) {
      this.#decoder.stop();
      if (!(error instanceof CodecError)) throw error;
      this.#listener.onMalformed(error);
    }
  }
}

/** Ends a connection that begins as a link does, before there is an acceptor for it. */
export function refuseLink(socket: Duplex, clock: Clock, notice: RefusalNotice): void {
  const link = new LinkSocket(socket, clock, {
    onFrame: () => undefined,
    onMalformed: () => undefined,
    onClosed: () => undefined,
  });
  link.refuse(notice);
}
