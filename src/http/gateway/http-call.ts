import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Trailers } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import type { CallTally } from '../../rpc/tally.js';
import type { Logger } from '../../util/logger.js';
import { parseTimeout } from './timeout.js';

/** What handlers' own errors become for the caller; the log has the rest. */
export const HANDLER_FAILED: Status = { code: Code.INTERNAL, message: 'internal error' };
const DEADLINE: Status = { code: Code.DEADLINE_EXCEEDED, message: 'context deadline exceeded' };

/** Names of ours, which stand in HTTP headers as they do in gRPC's metadata. */
const OWN_PREFIX = 'raftkv-';
/** Timers hold no more, in ms. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of the RPC, for the log. */
  readonly path: string;
  readonly logger: Logger;
  readonly tally: CallTally;
}

/** What every kind of call over HTTP can tell of itself; how it is answered differs. */
export abstract class HttpCall {
  protected readonly exchange: Exchange;
  protected ended = false;
  readonly #startMs = performance.now();
  #cancelled = false;
  #deadlineMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #cancelCallbacks: (() => void)[] = [];

  constructor(exchange: Exchange) {
    this.exchange = exchange;
    exchange.tally.started += 1;
    exchange.response.once('close', () => {
      clearTimeout(this.#timer);
      if (!this.ended) this.cancel();
    });
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  onCancel(callback: () => void): void {
    if (this.#cancelled) this.guard(callback);
    else this.#cancelCallbacks.push(callback);
  }

  metadata(name: string): string | undefined {
    const { headers } = this.exchange.request;
    const found =
      headers[`grpc-metadata-${name}`] ??
      (name.startsWith(OWN_PREFIX) ? headers[name] : undefined) ??
      (name === 'token' || name === 'authorization' ? headers.authorization : undefined);
    // Repeated headers come as one.
    return Array.isArray(found) ? found[0] : found?.split(', ', 1)[0];
  }

  remainingMs(): number | undefined {
    return this.#deadlineMs === undefined ? undefined : this.#deadlineMs - performance.now();
  }

  abstract fail(status: Status, trailers?: Trailers): void;

  /** As `fail`, before the handler has heard of the call. */
  protected abstract refuseStart(status: Status): void;

  /** The call is over: nothing more of the request is wanted. */
  protected release(): void {
    // The body has come as a whole, unless a kind of call says otherwise.
  }

  /** Takes the deadline from the request, and counts from now. False if it was no use, or has passed: the call is over. */
  protected startDeadline(): boolean {
    const text = this.exchange.request.headers['grpc-timeout'];
    const timeout = parseTimeout(Array.isArray(text) ? text[0] : text);
    if (timeout.kind === 'none') return true;
    if (timeout.kind === 'bad') {
      this.refuseStart({ code: Code.INVALID_ARGUMENT, message: `invalid grpc-timeout: ${String(text)}` });
      return false;
    }
    this.#deadlineMs = performance.now() + timeout.ms;
    // A millisecond is what a timer can tell apart.
    if (timeout.ms < 1) {
      this.refuseStart(DEADLINE);
      return false;
    }
    const expire = (): void => {
      this.fail(DEADLINE);
      this.cancel();
    };
    this.#timer = setTimeout(expire, Math.min(timeout.ms, TIMER_MAX_MS));
    return true;
  }

  /** Runs code of a handler: what it throws is its own failure, never the process's. */
  protected guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.threw(error);
    }
  }

  protected threw(error: unknown): void {
    this.exchange.logger.error('a handler threw', { method: this.exchange.path, error });
    this.fail(HANDLER_FAILED);
    this.cancel();
  }

  /** An answer that cannot be printed is a handler's mistake; undefined then, and the call has failed. */
  protected print(bytes: () => Buffer): Buffer | undefined {
    if (this.ended || this.#cancelled) return undefined;
    let printed: Buffer | undefined;
    this.guard(() => (printed = bytes()));
    return printed;
  }

  protected cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    if (!this.ended) this.exchange.tally.ended(Code.CANCELLED, this.#startMs);
    clearTimeout(this.#timer);
    this.release();
    for (const callback of this.#cancelCallbacks.splice(0)) this.guard(callback);
  }

  /** True for the first that ends the call, while its caller is still there. */
  protected finish(code: Code): boolean {
    if (this.ended || this.#cancelled) return false;
    this.ended = true;
    this.exchange.tally.ended(code, this.#startMs);
    clearTimeout(this.#timer);
    this.release();
    return true;
  }

  /** Trailers of gRPC go before the answer, where HTTP clients look. What no header can hold is left out, and logged. */
  protected setHeaders(trailers: Trailers | undefined): void {
    for (const [name, text] of Object.entries(trailers ?? {})) {
      try {
        this.exchange.response.setHeader(name, text);
      } catch (error) {
        this.exchange.logger.error('trailers left out', { method: this.exchange.path, error });
      }
    }
  }
}
