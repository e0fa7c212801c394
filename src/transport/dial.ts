import {
  connect as connectHttp2,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { Cancel, Clock } from '../ports/clock.js';
import type { Connect } from './connect.js';
import type { TransportOptions } from './options.js';

/** The end of a dialled stream: gRPC status code and text. */
export interface StreamEnd {
  readonly code: number;
  readonly details: string;
}

export interface StreamListener<Answer> {
  onAnswer(answer: Answer): void;
  /** Called exactly once, as the last callback. */
  onClosed(end: StreamEnd): void;
}

export interface DialOptions<Answer> {
  readonly url: string;
  readonly connect: Connect;
  /** `/package.Service/Method` of a bidirectional stream. */
  readonly path: string;
  /** Throws on bytes that are not an answer. */
  readonly decode: (body: Uint8Array) => Answer;
  readonly tunables: TransportOptions;
  readonly clock: Clock;
  readonly listener: StreamListener<Answer>;
}

const UNAVAILABLE = 14;
/** gRPC prefixes every message with a flag and a length. */
const PREFIX_BYTES = 5;
/** Answers hold a few numbers and URLs. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * One attempt at a stream to a peer: a new connection that carries one gRPC call. It uses HTTP/2 directly. A gRPC client
 * would manage channels by itself: reconnect with its own backoff, share connections, and read configuration from DNS and
 * a proxy from the environment. `@grpc/grpc-js` also leaks the socket of every attempt that is cancelled during its
 * handshake while the peer hangs. Here the end of an attempt closes everything that it opened.
 */
export class DialledStream<Answer> {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #options: DialOptions<Answer>;
  #received: Buffer = Buffer.alloc(0);
  #end: StreamEnd | undefined;
  #cancelTimer: Cancel;
  #closed = false;

  /** @throws TypeError: see Connect */
  constructor(options: DialOptions<Answer>) {
    const { url, connect, path, tunables, clock } = options;
    const socket = connect(url, 'h2');
    this.#options = options;
    this.#session = connectHttp2(url, { createConnection: () => socket });
    this.#stream = this.#session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    this.#session.on('error', (error: Error) => this.#fail(error.message));
    // The peer is closing: frames sent from now on might be lost, so the link ends.
    this.#session.on('goaway', () => this.#fail('the peer closes the connection'));
    this.#session.on('close', () => this.#finish());
    this.#stream.on('response', (headers) => this.#onHeaders(headers));
    this.#stream.on('trailers', (headers) => this.#onHeaders(headers));
    this.#stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#stream.on('error', (error: Error) => this.#fail(error.message));
    this.#stream.on('close', () => this.cancel());
    this.#cancelTimer = clock.timeout(tunables.keepaliveIntervalMs, () => this.#ping());
  }

  /** @param taken called once the socket has accepted the frame; not called if the stream breaks first */
  write(frame: Uint8Array, taken: () => void): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return;
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(frame.length, 1);
    // One write for both, without a copy of the frame.
    this.#stream.cork();
    this.#stream.write(prefix);
    this.#stream.write(frame, (error) => {
      if (error === null || error === undefined) taken();
    });
    this.#stream.uncork();
  }

  /** Ends the call once all written frames have left. */
  end(): void {
    this.#stream.end();
  }

  cancel(): void {
    this.#session.destroy();
  }

  #onHeaders(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): void {
    const code = headers['grpc-status'];
    const status = headers[':status'] ?? constants.HTTP_STATUS_OK;
    if (code !== undefined) {
      // The call is over, though this half of the stream may still be open.
      this.#end ??= { code: Number(code), details: decodeText(headers['grpc-message']) };
      this.cancel();
    } else if (status !== constants.HTTP_STATUS_OK) {
      this.#fail(`HTTP status ${status}`);
    }
  }

  #onData(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= PREFIX_BYTES) {
      const length = this.#received.readUInt32BE(1);
      if (this.#received[0] !== 0 || length > MAX_ANSWER_BYTES) {
        this.#fail('the peer sent bytes that are not a frame');
        return;
      }
      if (this.#received.length < PREFIX_BYTES + length) return;
      const body = this.#received.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
      this.#received = this.#received.subarray(PREFIX_BYTES + length);
      const answer = this.#decode(body);
      if (answer === undefined) {
        this.#fail('the peer sent bytes that are not a frame');
        return;
      }
      this.#options.listener.onAnswer(answer);
    }
  }

  #decode(body: Buffer): Answer | undefined {
    try {
      return this.#options.decode(body);
    } catch {
      // protobuf's own text adds nothing to the failure that the caller reports.
      return undefined;
    }
  }

  /** Finds half-open links: nothing else comes back on a link, so only an unanswered ping shows that it is dead. */
  #ping(): void {
    const { tunables, clock } = this.#options;
    const { keepaliveIntervalMs, keepaliveTimeoutMs } = tunables;
    this.#cancelTimer = clock.timeout(keepaliveTimeoutMs, () => this.#fail('a ping was not answered'));
    if (this.#session.connecting || this.#session.destroyed) return;
    this.#session.ping((error) => {
      if (this.#closed || error !== null) return;
      this.#cancelTimer();
      this.#cancelTimer = clock.timeout(keepaliveIntervalMs, () => this.#ping());
    });
  }

  #fail(details: string): void {
    this.#end ??= { code: UNAVAILABLE, details };
    this.cancel();
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTimer();
    this.#options.listener.onClosed(this.#end ?? { code: UNAVAILABLE, details: 'the connection was closed' });
  }
}

/** gRPC percent-encodes the text of a status. */
export function decodeText(text: unknown): string {
  if (typeof text !== 'string') return '';
  try {
    return decodeURIComponent(text);
  } catch {
    // Malformed escapes: the text is for people, so it is shown undecoded.
    return text;
  }
}
