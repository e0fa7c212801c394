import { STATUS_CODES } from 'node:http';
import type { StreamCall, StreamMethod, Trailers } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { assertNever } from '../../util/assert.js';
import { answerError, JSON_TYPE } from '../answers.js';
import { quotedText } from '../json/to-json.js';
import type { JsonValue } from '../json/json-text.js';
import { SMALL_BYTES, type Decoded, type MethodCodec } from './codec.js';
import { HttpCall, type Exchange } from './http-call.js';
import { writeInSlices } from './json-output.js';
import { httpStatus } from './status-codes.js';

/** The answers of server streams and bidirectional ones: one line for each message. */
export abstract class HttpStreamCall extends HttpCall implements StreamCall<unknown> {
  protected readonly codec: MethodCodec;
  protected messageCallback: ((request: unknown) => void) | undefined;
  protected endCallback: (() => void) | undefined;
  readonly #drainCallbacks: (() => void)[] = [];
  #begun = false;
  /** Messages that wait for a large one before them, which is being written. */
  readonly #waiting: Uint8Array[] = [];
  #writing = false;
  /** The handler waits for `onDrain`. */
  #full = false;
  /** Ends the response behind the waiting messages. */
  #close: (() => void) | undefined;

  constructor(exchange: Exchange, codec: MethodCodec) {
    super(exchange);
    this.codec = codec;
    exchange.response.on('drain', () => this.#drained());
  }

  onMessage(callback: (request: unknown) => void): void {
    this.messageCallback = callback;
  }

  onEnd(callback: () => void): void {
    this.endCallback = callback;
  }

  send(body: Uint8Array): boolean {
    // An ended stream takes everything: a handler must not wait for it to drain.
    if (this.ended || this.cancelled) return true;
    if (this.#writing || body.length > SMALL_BYTES) {
      this.#waiting.push(body);
      this.#writeWaiting();
      return !(this.#full = this.#writing || this.exchange.response.writableNeedDrain);
    }
    const printed = this.print(() => this.codec.print(body));
    if (printed === undefined) return true;
    this.#begin(200);
    return !(this.#full = !this.exchange.response.write(`{"result":${printed.toString()}}\n`));
  }

  onDrain(callback: () => void): void {
    this.#drainCallbacks.push(callback);
  }

  end(trailers?: Trailers): void {
    if (!this.finish(Code.OK)) return;
    if (!this.#begun) this.setHeaders(trailers);
    this.#begin(200);
    this.#closeWith(() => this.exchange.response.end());
  }

  /** Also after messages: the error is then a line of its own, since the status has been sent. */
  fail({ code, message }: Status, trailers?: Trailers): void {
    if (!this.finish(code)) return;
    const http = httpStatus(code);
    if (!this.#begun) this.setHeaders(trailers);
    this.#begin(http);
    const name = quotedText(STATUS_CODES[http] ?? '');
    const error = `{"grpc_code":${code},"http_code":${http},"message":${quotedText(message)},"http_status":${name}}`;
    this.#closeWith(() => this.exchange.response.end(`{"error":${error}}`));
  }

  abstract pause(): void;
  abstract resume(): void;

  /** Before the first message an error is answered as that of a unary call. */
  protected refuseStart(status: Status): void {
    if (this.#begun) return this.refuse(status);
    const { code, message } = status;
    if (this.finish(code)) answerError(this.exchange.response, httpStatus(code), { code, message });
    this.cancel();
  }

  /** Ends the call for the host; its handler sees a cancelled call. */
  protected refuse(status: Status): void {
    this.fail(status);
    this.cancel();
  }

  #writeWaiting(): void {
    if (this.#writing) return;
    const body = this.#waiting.shift();
    if (body === undefined) return;
    const { response, logger, path } = this.exchange;
    this.#writing = true;
    this.#begin(200);
    const { codec } = this;
    writeInSlices(
      this.exchange,
      function* (print) {
        print('{"result":');
        yield* codec.printSteps([body], print);
        print('}\n');
      },
      {
        finish: (outcome) => {
          this.#writing = false;
          if (outcome.kind === 'failed') {
            logger.error('an answer is not the message of its method', { method: path, error: outcome.error });
            response.destroy();
            return;
          }
          this.#writeWaiting();
          this.#drained();
        },
      },
    );
  }

  #drained(): void {
    if (this.#writing) return;
    if (this.#close !== undefined) return this.#close();
    if (!this.#full || this.exchange.response.writableNeedDrain) return;
    this.#full = false;
    for (const callback of this.#drainCallbacks) if (!this.ended && !this.cancelled) this.guard(callback);
  }

  #closeWith(close: () => void): void {
    if (!this.#writing) return close();
    this.#close = () => {
      this.#close = undefined;
      close();
    };
  }

  #begin(http: number): void {
    if (this.#begun) return;
    this.#begun = true;
    this.exchange.response.statusCode = http;
    this.exchange.response.setHeader('content-type', JSON_TYPE);
  }
}

/** A call with one request and many answers. */
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
