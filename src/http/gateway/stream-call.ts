import { STATUS_CODES } from 'node:http';
import type { StreamCall, StreamMethod, Trailers } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { assertNever } from '../../util/assert.js';
import { answerError, JSON_TYPE } from '../answers.js';
import { quotedText } from '../json/to-json.js';
import type { JsonValue } from '../json/json-text.js';
import type { Decoded, MethodCodec } from './codec.js';
import { HttpCall, type Exchange } from './http-call.js';
import { httpStatus } from './status-codes.js';

/** What server streams and bidirectional ones share: the way out, one line a message. */
export abstract class HttpStreamCall extends HttpCall implements StreamCall<unknown> {
  protected readonly codec: MethodCodec;
  protected messageCallback: ((request: unknown) => void) | undefined;
  protected endCallback: (() => void) | undefined;
  #begun = false;

  constructor(exchange: Exchange, codec: MethodCodec) {
    super(exchange);
    this.codec = codec;
  }

  onMessage(callback: (request: unknown) => void): void {
    this.messageCallback = callback;
  }

  onEnd(callback: () => void): void {
    this.endCallback = callback;
  }

  send(body: Uint8Array): boolean {
    // A stream that is over takes everything: nobody should wait for it to drain.
    if (this.ended || this.cancelled) return true;
    const line = this.print(() => this.codec.printLine(body));
    if (line === undefined) return true;
    this.#begin(200);
    return this.exchange.response.write(line);
  }

  onDrain(callback: () => void): void {
    this.exchange.response.on('drain', () => {
      if (!this.ended && !this.cancelled) this.guard(callback);
    });
  }

  end(trailers?: Trailers): void {
    if (!this.finish(Code.OK)) return;
    if (!this.#begun) this.setHeaders(trailers);
    this.#begin(200);
    this.exchange.response.end();
  }

  /** Also behind messages: a line tells, where the status can no more. */
  fail({ code, message }: Status, trailers?: Trailers): void {
    if (!this.finish(code)) return;
    const http = httpStatus(code);
    if (!this.#begun) this.setHeaders(trailers);
    this.#begin(http);
    const name = quotedText(STATUS_CODES[http] ?? '');
    const error = `{"grpc_code":${code},"http_code":${http},"message":${quotedText(message)},"http_status":${name}}`;
    this.exchange.response.end(`{"error":${error}}`);
  }

  abstract pause(): void;
  abstract resume(): void;

  /** Before the stream has begun an error is told like that of a unary call. */
  protected refuseStart(status: Status): void {
    if (this.#begun) return this.refuse(status);
    const { code, message } = status;
    if (this.finish(code)) answerError(this.exchange.response, httpStatus(code), { code, message });
    this.cancel();
  }

  /** The host has ended the call, not its handler, which learns of it as of a caller that went away. */
  protected refuse(status: Status): void {
    this.fail(status);
    this.cancel();
  }

  #begin(http: number): void {
    if (this.#begun) return;
    this.#begun = true;
    this.exchange.response.statusCode = http;
    this.exchange.response.setHeader('content-type', JSON_TYPE);
  }
}

/** A call with one message in, and many out. */
export class HttpServerStreamCall extends HttpStreamCall {
  #request: { readonly value: unknown } | undefined;
  #paused = false;

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  run(method: StreamMethod<unknown>, json: JsonValue | undefined): void {
    const take = (decoded: Decoded): void => {
      switch (decoded.kind) {
        case 'ok':
          return this.#start(method, decoded.request);
        case 'refused':
          return this.refuseStart(decoded.status);
        case 'broken':
          return this.threw(decoded.error);
        default:
          return assertNever(decoded);
      }
    };
    this.codec.decode(json, take, () => !this.ended && !this.cancelled);
  }

  #start(method: StreamMethod<unknown>, value: unknown): void {
    if (!this.startDeadline()) return;
    this.guard(() => {
      method.handle(this);
      this.#request = { value };
    });
    this.#deliver();
  }

  #deliver(): void {
    if (this.#paused || this.#request === undefined) return;
    const { value } = this.#request;
    this.#request = undefined;
    if (!this.ended && !this.cancelled) this.guard(() => this.messageCallback?.(value));
    if (!this.ended && !this.cancelled) this.guard(() => this.endCallback?.());
  }
}
