import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MemberAnswers } from '../../rpc/answer-room.js';
import type { Trailers } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import type { CallTally } from '../../rpc/tally.js';
import type { Logger } from '../../util/logger.js';
import type { SharedTurns } from '../../util/slices.js';
import { parseTimeout } from './timeout.js';

/** The status of a call whose handler threw; the error itself is logged. */
export const HANDLER_FAILED: Status = { code: Code.INTERNAL, message: 'internal error' };
const DEADLINE: Status = { code: Code.DEADLINE_EXCEEDED, message: 'context deadline exceeded' };

/** Prefix of raftkv's own metadata, which has the same names as HTTP headers. */
const OWN_PREFIX = 'raftkv-';
/** Longest timeout of a timer, in ms. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The path of the RPC, for the log. */
  readonly path: string;
  readonly logger: Logger;
  readonly tally: CallTally;
  /** Divides the event loop's time among calls with long work on JSON. */
  readonly turns: SharedTurns;
  /** Bounds the answers that clients have not read. */
  readonly memberAnswers: MemberAnswers;
}

/** The part that all kinds of calls over HTTP share. Subclasses send the answers. */
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

  /** Never: a gateway between a client and this port would lend its own certificate to all users (CVE-2018-16886). */
  get certificate(): undefined {
    return undefined;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  onCancel(callback: () => void): void {
    if (this.#cancelled) this.guard(callback);
    else this.#cancelCallbacks.push(callback);
  }

  get remote(): string | undefined {
    const { remoteAddress, remotePort } = this.exchange.request.socket;
    return remoteAddress === undefined ? undefined : `${remoteAddress}:${remotePort}`;
  }

  metadata(name: string): string | undefined {
    const { headers } = this.exchange.request;
    const found =
      headers[`grpc-metadata-${name}`] ??
      (name.startsWith(OWN_PREFIX) ? headers[name] : undefined) ??
      (name === 'token' || name === 'authorization' ? headers.authorization : undefined);
    // Node joins repeated headers.
    return Array.isArray(found) ? found[0] : found?.split(', ', 1)[0];
  }

  remainingMs(): number | undefined {
    return this.#deadlineMs === undefined ? undefined : this.#deadlineMs - performance.now();
  }

  abstract fail(status: Status, trailers?: Trailers): void;

  /** Fails a call that its handler has not received yet. */
  protected abstract refuseStart(status: Status): void;

  /** Called when the call is over: the rest of the request is not needed. */
  protected release(): void {
    // By default the body has been read already.
  }

  /** Starts the deadline that the request states. @returns false, with the call failed, if it is malformed or has passed */
  protected startDeadline(): boolean {
    const text = this.exchange.request.headers['grpc-timeout'];
    const timeout = parseTimeout(Array.isArray(text) ? text[0] : text);
    if (timeout.kind === 'none') return true;
    if (timeout.kind === 'bad') {
      this.refuseStart({ code: Code.INVALID_ARGUMENT, message: `invalid grpc-timeout: ${String(text)}` });
      return false;
    }
    this.#deadlineMs = performance.now() + timeout.ms;
    // Timers have a resolution of a millisecond.
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

  /** Runs code of a handler. If it throws, the call fails, not the process. */
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

  /** Prints an answer. @returns undefined if the call is over, or fails because the handler's bytes are not a message */
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

  /** Ends the call. True for the first caller, unless the call was cancelled. */
  protected finish(code: Code): boolean {
    if (this.ended || this.#cancelled) return false;
    this.ended = true;
    this.exchange.tally.ended(code, this.#startMs);
    clearTimeout(this.#timer);
    this.release();
    return true;
  }

  /** Sends gRPC's trailers as HTTP headers. Leaves out and logs invalid ones. */
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
