import { request as sendRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { ErrorCode } from '../../rpc/http2/errors.js';
import type { Frame } from '../../rpc/http2/frame.js';
import { ServerStream } from '../../rpc/http2/stream.js';
import type { RequestOrigin } from '../../rpc/native/other-requests.js';
import type { OnLimit } from '../../util/limit-hits.js';
import { GrowingBytes } from '../growing-bytes.js';
import type { HttpHost } from '../host.js';
import type { ExchangeTurns } from './exchange-turns.js';
import { responseFields, type TranslatedRequest } from './fields.js';
import { StreamSocket } from './stream-socket.js';

/** What requests of a connection with the same head share. */
export interface SharedRequest {
  readonly origin: RequestOrigin;
  readonly request: Extract<TranslatedRequest, { readonly kind: 'request' }>;
  /** Memory of the head, in bytes, which is taken from the origin's requests until the end. */
  readonly headBytes: number;
  readonly host: HttpHost;
  readonly turns: ExchangeTurns;
  readonly onLimit: OnLimit;
}

/** Bytes of an answer that wait for the windows of HTTP/2, above which no more of it is taken. */
const QUEUED_BYTES_MAX = 64 * 1024;
/** Memory of such a stream, with what the parsers of HTTP/1.1 may hold, as a multiple of a gRPC call's. */
const WEIGHT = 16;
/**
 * Time in which a client may read an answer that came before the end of its request, in ms, while the rest of that is dropped. curl,
 * Node.js and others with nghttp2 lose an answer that RST_STREAM follows closely (RFC 9113, section 8.1, forbids that).
 */
const LINGER_MS = 2_000;
const NOTHING = Buffer.alloc(0);

/** A request that is answered over HTTP/1.1 on a connection in memory. */
export class HttpStream extends ServerStream {
  readonly #shared: SharedRequest;
  /** Undefined before its turn. */
  #request: ClientRequest | undefined = undefined;
  #socket: StreamSocket | undefined = undefined;
  #response: IncomingMessage | undefined = undefined;
  /** What has come of the body and is not written to the request. */
  readonly #body = new GrowingBytes();
  /** Bytes that are being written to the request. */
  #writingBytes = 0;
  /** The request is over, or its handler takes no more of it. */
  #isOver = false;
  /** Bytes of the answer that are still to come; Infinity if it states none. */
  #leftBytes = Infinity;
  /** Bytes of the answer that the connection has not taken. */
  #unsentBytes = 0;
  #waitsForConnection = false;

  constructor(id: number, shared: SharedRequest) {
    super(id);
    this.#shared = shared;
  }

  override get weight(): number {
    return WEIGHT;
  }

  override get lingers(): boolean {
    return true;
  }

  override onOpen(): void {
    this.#shared.turns.run(() => this.#begin());
  }

  override onData(frame: Frame, isLast: boolean): void {
    const { length } = frame;
    const { connection, requests } = this.#shared.origin;
    if (this.#isOver) return connection.credit(this, length);
    this.#body.append(frame.bytes.subarray(frame.begin, frame.end));
    if (!requests.count(length)) {
      this.#shared.onLimit('request_memory');
      return this.#break(ErrorCode.ENHANCE_YOUR_CALM);
    }
    if (this.#request !== undefined && (length > 0 || isLast)) this.#writeOn();
  }

  override onAbort(): void {
    this.#release(this.#unsentBytes);
    if (this.#isOver) return;
    this.#end();
    const socket = this.#socket;
    if (socket !== undefined) this.#shared.turns.run(() => void socket.destroy());
  }

  override onSent(bytes: number): void {
    this.#release(Math.min(bytes, this.#unsentBytes));
    this.#readOn();
  }

  #begin(): void {
    if (this.#isOver) return;
    const { origin, host } = this.#shared;
    // It was not processed, so the client may send it to another member.
    if (host.isClosing) return this.#break(ErrorCode.REFUSED_STREAM);
    const [socket, served] = StreamSocket.pair(origin.socket);
    this.#socket = socket;
    host.acceptStream(served);
    this.#request = this.#send(socket)
      .on('response', (response) => this.#answer(response))
      .on('close', () => {
        if (this.#response === undefined) this.#broken();
      })
      // Followed by 'close'.
      .on('error', () => undefined);
    this.#writeOn();
  }

  #send(socket: StreamSocket): ClientRequest {
    const { method, path, headers } = this.#shared.request;
    const options = { method, path, setHost: false, createConnection: () => socket };
    if (this.isRemoteClosed && this.#body.length === 0) return sendRequest({ ...options, headers });
    const isChunked = this.contentLength < 0;
    const sent = sendRequest({
      ...options,
      headers: isChunked ? { ...headers, 'transfer-encoding': 'chunked' } : headers,
    });
    // The handler of a stream may answer before the body.
    sent.flushHeaders();
    return sent;
  }

  /** Writes what has come to the request, one piece at a time: many small ones would cost more than their bytes. */
  #writeOn(): void {
    const request = this.#request;
    if (request === undefined || this.#isOver || this.#writingBytes > 0) return;
    const piece = this.#body.take();
    this.#writingBytes = piece.length;
    if (piece.length > 0) request.write(piece, () => this.#written());
    if (this.isRemoteClosed) request.end();
  }

  #written(): void {
    if (this.#isOver) return;
    const { connection, requests } = this.#shared.origin;
    requests.count(-this.#writingBytes);
    connection.credit(this, this.#writingBytes);
    this.#writingBytes = 0;
    if (this.#body.length > 0) this.#writeOn();
  }

  #answer(response: IncomingMessage): void {
    if (this.isClosed) return void response.destroy();
    const { connection } = this.#shared.origin;
    const fields = responseFields(response);
    this.#response = response;
    // The connection in memory has ended before the answer.
    response.on('error', () => this.#broken());
    const { statusCode, headers } = response;
    const length = headers['content-length'];
    if (length !== undefined) this.#leftBytes = Number(length);
    if (this.#shared.request.method === 'HEAD' || statusCode === 204 || statusCode === 304) this.#leftBytes = 0;
    if (this.#leftBytes === 0) {
      response.resume();
      connection.end(this, fields);
      return this.#end();
    }
    connection.sendHeaders(this, fields);
    response.on('data', (part: Buffer) => this.#sendPart(part)).on('end', () => this.#sendLast(NOTHING));
  }

  #sendPart(part: Buffer): void {
    this.#leftBytes -= part.length;
    if (this.#leftBytes <= 0) return this.#sendLast(part);
    this.#shared.origin.connection.sendData(this, part);
    this.#hold(part.length);
    if (this.#mustWait()) this.#response?.pause();
  }

  #sendLast(part: Buffer): void {
    if (this.isLocalClosed || this.isClosed) return;
    this.#shared.origin.connection.sendLast(this, part);
    this.#hold(part.length);
    this.#end();
  }

  /** Counts what has become unsent against the connection's bound. */
  #hold(bytes: number): void {
    const added = Math.min(bytes, this.queuedBytes - this.#unsentBytes);
    if (added <= 0) return;
    this.#unsentBytes += added;
    this.#shared.origin.answers.hold(added);
  }

  #release(bytes: number): void {
    this.#unsentBytes -= bytes;
    this.#shared.origin.answers.release(bytes);
  }

  #mustWait(): boolean {
    return this.queuedBytes > QUEUED_BYTES_MAX || this.#shared.origin.answers.isFull;
  }

  #readOn(): void {
    const { answers } = this.#shared.origin;
    if (this.#response?.isPaused() !== true || this.queuedBytes > QUEUED_BYTES_MAX / 2) return;
    if (!answers.isFull) return void this.#response.resume();
    if (this.#waitsForConnection) return;
    this.#waitsForConnection = true;
    answers.onRoom(() => {
      this.#waitsForConnection = false;
      this.#readOn();
    });
  }

  /** There is no whole answer. */
  #broken(): void {
    if (!this.#isOver) this.#break(ErrorCode.INTERNAL_ERROR);
  }

  /** Resets the stream. */
  #break(code: ErrorCode): void {
    this.#shared.origin.connection.reset(this, code);
    this.onAbort();
  }

  /**
   * Takes no more of the request. After a whole answer, which may still wait to be sent, the HTTP/1.1 server closes the connection
   * in memory, since the request has asked for that.
   */
  #end(): void {
    this.#isOver = true;
    const { origin, headBytes } = this.#shared;
    origin.requests.count(-this.#writingBytes - this.#body.length - headBytes);
    this.#body.take();
    if (!this.isRemoteClosed) this.#linger();
  }

  #linger(): void {
    if (this.isClosed) return;
    setTimeout(() => {
      if (this.queuedBytes > 0) this.#linger();
      else this.#shared.origin.connection.reset(this, ErrorCode.NO_ERROR);
    }, LINGER_MS).unref();
  }
}
