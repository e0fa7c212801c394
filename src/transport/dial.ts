import {
  connect as connectHttp2,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { raftkv } from '../gen/proto.js';
import type { Cancel, Clock } from '../ports/clock.js';
import type { TransportOptions } from './options.js';

/** How a dialled stream ended: gRPC's code and text. */
export interface StreamEnd {
  readonly code: number;
  readonly details: string;
}

export interface StreamListener {
  onFrame(frame: raftkv.PeerFrame): void;
  /** Called once, whatever happens, and last. */
  onClosed(end: StreamEnd): void;
}

const UNAVAILABLE = 14;
/** gRPC puts a flag and a length before every message. */
const PREFIX_BYTES = 5;
/** Nothing but a hello comes back. */
const MAX_ANSWER_BYTES = 64 * 1024;

const REQUEST_HEADERS = {
  ':method': 'POST',
  ':path': '/raftkv.Peer/Link',
  'content-type': 'application/grpc',
  te: 'trailers',
} as const;

/**
 * One attempt at a link: a connection of its own with one gRPC call on it, straight on HTTP/2. A gRPC client would keep
 * channels behind our back: reconnect with a backoff of its own, share connections, ask DNS for configuration and the
 * environment for a proxy; and `@grpc/grpc-js` leaves the socket of an attempt that is given up during its handshake
 * open, one a try for as long as the peer hangs. Here an attempt ends with everything it opened.
 */
export class DialledStream {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #options: TransportOptions;
  readonly #clock: Clock;
  readonly #listener: StreamListener;
  #received: Buffer = Buffer.alloc(0);
  #end: StreamEnd | undefined;
  #cancelTimer: Cancel;
  #closed = false;

  /** @throws TypeError on a URL that is none of http://host:port */
  constructor(url: string, options: TransportOptions, clock: Clock, listener: StreamListener) {
    const { host, port } = addressOf(url);
    this.#options = options;
    this.#clock = clock;
    this.#listener = listener;
    this.#session = connectHttp2(url, { createConnection: () => connectSocket({ host, port, noDelay: true }) });
    this.#stream = this.#session.request(REQUEST_HEADERS);
    this.#session.on('error', (error: Error) => this.#fail(error.message));
    // The peer means to close: what is sent from now on might be lost, so the link is over.
    this.#session.on('goaway', () => this.#fail('the peer closes the connection'));
    this.#session.on('close', () => this.#finish());
    this.#stream.on('response', (headers) => this.#onHeaders(headers));
    this.#stream.on('trailers', (headers) => this.#onHeaders(headers));
    this.#stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#stream.on('error', (error: Error) => this.#fail(error.message));
    this.#stream.on('close', () => this.cancel());
    this.#cancelTimer = clock.timeout(options.keepaliveIntervalMs, () => this.#ping());
  }

  /** @param taken called once the socket has taken the frame; never, if the stream breaks first */
  write(frame: Uint8Array, taken: () => void): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return;
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(frame.length, 1);
    // Both leave in one write, without a copy of the frame.
    this.#stream.cork();
    this.#stream.write(prefix);
    this.#stream.write(frame, (error) => {
      if (error === null || error === undefined) taken();
    });
    this.#stream.uncork();
  }

  /** Lets what was written leave, then ends the call. */
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
      // The call is over, though our half of the stream may still be open.
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
        this.#fail('the peer sent what is no frame');
        return;
      }
      if (this.#received.length < PREFIX_BYTES + length) return;
      const body = this.#received.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
      this.#received = this.#received.subarray(PREFIX_BYTES + length);
      const frame = decode(body);
      if (frame === undefined) {
        this.#fail('the peer sent what is no frame');
        return;
      }
      this.#listener.onFrame(frame);
    }
  }

  /** A link over which nothing comes back may be half-open; only a ping that is not answered tells. */
  #ping(): void {
    const { keepaliveIntervalMs, keepaliveTimeoutMs } = this.#options;
    this.#cancelTimer = this.#clock.timeout(keepaliveTimeoutMs, () => this.#fail('a ping was not answered'));
    if (this.#session.connecting || this.#session.destroyed) return;
    this.#session.ping((error) => {
      if (this.#closed || error !== null) return;
      this.#cancelTimer();
      this.#cancelTimer = this.#clock.timeout(keepaliveIntervalMs, () => this.#ping());
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
    this.#listener.onClosed(this.#end ?? { code: UNAVAILABLE, details: 'the connection was closed' });
  }
}

function decode(body: Buffer): raftkv.PeerFrame | undefined {
  try {
    return raftkv.PeerFrame.decode(body);
  } catch {
    // The cause is one of protobuf's own texts, which says nothing that the refusal does not.
    return undefined;
  }
}

/** gRPC percent-encodes the text of a status. */
function decodeText(text: unknown): string {
  if (typeof text !== 'string') return '';
  try {
    return decodeURIComponent(text);
  } catch {
    // Shown as it came: it is for people to read.
    return text;
  }
}

/** @throws TypeError on a URL that is none of http://host:port */
export function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:') throw new TypeError(`${url}: peers are reached by http:// only`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port) };
}
