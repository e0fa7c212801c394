import type { StreamMethod } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { GrowingBytes } from '../growing-bytes.js';
import { JsonError } from '../json/json-error.js';
import { JsonScanner } from '../json/json-scanner.js';
import type { MethodCodec } from './codec.js';
import type { Exchange } from './http-call.js';
import { HttpStreamCall } from './stream-call.js';

/** A call with many messages both ways: the body is a sequence of JSON values, read as they come, with what is between. */
export class HttpBidiCall extends HttpStreamCall {
  readonly #bytesMax: number;
  #scanner = new JsonScanner();
  /** What has come of a value that is not whole yet. */
  readonly #open = new GrowingBytes();
  /** What has come, and has not been looked at: the handler wants no more for the moment. */
  #waiting: Buffer | undefined;
  #received = 0;
  #paused = false;
  #bodyEnded = false;
  #delivering = false;

  /** @param bytesMax of one value */
  constructor(exchange: Exchange, codec: MethodCodec, bytesMax: number) {
    super(exchange, codec);
    this.#bytesMax = bytesMax;
  }

  run(method: StreamMethod<unknown>): void {
    if (!this.startDeadline()) return;
    this.guard(() => method.handle(this));
    if (!this.ended && !this.cancelled) this.exchange.request.on('data', this.#take).on('end', this.#takeEnd);
  }

  pause(): void {
    // What is left of its body must be read, for the request behind it.
    if (this.ended || this.cancelled) return;
    this.#paused = true;
    this.exchange.request.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
    if (!this.#isPaused()) this.exchange.request.resume();
  }

  /** What comes from now on is read and dropped. */
  protected override release(): void {
    this.#waiting = undefined;
    this.#open.take();
    this.exchange.request.off('data', this.#take).off('end', this.#takeEnd).resume();
  }

  readonly #take = (chunk: Buffer): void => {
    this.#waiting = this.#waiting === undefined ? chunk : Buffer.concat([this.#waiting, chunk]);
    this.#deliver();
  };

  readonly #takeEnd = (): void => {
    this.#bodyEnded = true;
    this.#deliver();
  };

  /** A handler that pauses and resumes while it is given a message must not be given the next in the middle of it. */
  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (!this.#isPaused() && !this.ended && !this.cancelled && this.#waiting !== undefined)
        this.#next(this.#waiting);
      if (!this.#isPaused() && this.#bodyEnded && this.#waiting === undefined) this.#endOfBody();
    } catch (error) {
      if (error instanceof JsonError) this.#bad({ code: Code.INVALID_ARGUMENT, message: error.message });
      else this.threw(error);
    } finally {
      this.#delivering = false;
    }
  }

  /** Callbacks change it in between, which the compiler does not see of a field. */
  #isPaused(): boolean {
    return this.#paused;
  }

  #next(bytes: Buffer): void {
    const end = this.#scanner.scan(bytes, 0);
    const piece = end === undefined ? bytes : bytes.subarray(0, end);
    this.#waiting = end === undefined || end === bytes.length ? undefined : bytes.subarray(end);
    if (!this.#scanner.started) return;
    const size = this.#open.length + piece.length;
    if (size > this.#bytesMax) {
      const message = `grpc: received message larger than max (${size} vs. ${this.#bytesMax})`;
      return this.#bad({ code: Code.RESOURCE_EXHAUSTED, message });
    }
    this.#open.append(piece);
    if (end !== undefined) this.#value();
  }

  #value(): void {
    const decoded = this.codec.decode(this.#open.take());
    this.#scanner = new JsonScanner();
    if (decoded.kind === 'error') return this.#bad(decoded.status);
    this.#received += 1;
    this.guard(() => this.messageCallback?.(decoded.request));
  }

  #endOfBody(): void {
    this.#bodyEnded = false;
    if (this.ended || this.cancelled) return;
    // A number ends with the body; all else that is open is cut off.
    if (this.#scanner.end()) this.#value();
    if (!this.ended && !this.cancelled) this.guard(() => this.endCallback?.());
  }

  /** A stream that had no good message at all answers as etcd does: the text is right, the code is "unknown". */
  #bad(status: Status): void {
    if (this.#received === 0) this.refuseStart({ ...status, code: Code.UNKNOWN });
    else this.refuse(status);
  }
}
