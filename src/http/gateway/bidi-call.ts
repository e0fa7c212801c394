import type { StreamMethod } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { assertNever } from '../../util/assert.js';
import { JsonReader } from '../json/json-reader.js';
import type { BodyLimits } from './body.js';
import type { BodyShare } from './body-budget.js';
import { failure, isTooMuch, type Decoded, type MethodCodec } from './codec.js';
import type { Exchange } from './http-call.js';
import { HttpStreamCall } from './stream-call.js';

/** A call with many messages both ways: the body is a sequence of JSON values, read as they arrive. */
export class HttpBidiCall extends HttpStreamCall {
  readonly #limits: BodyLimits;
  readonly #share: BodyShare;
  #reader: JsonReader;
  /** Received bytes that are not read yet. */
  readonly #waiting: Buffer[] = [];
  #received = 0;
  /** By the handler. */
  #paused = false;
  /** A value is being decoded, or a later turn awaited. */
  #busy = false;
  #bodyEnded = false;
  #delivering = false;

  constructor(exchange: Exchange, codec: MethodCodec, limits: BodyLimits) {
    super(exchange, codec);
    this.#limits = limits;
    this.#share = limits.budget.share(exchange.response);
    this.#reader = new JsonReader(limits.elementsMax);
  }

  run(method: StreamMethod<unknown>): void {
    if (!this.startDeadline()) return;
    this.guard(() => method.handle(this));
    if (this.#isOpen()) this.exchange.request.on('data', this.#take).on('end', this.#takeEnd);
  }

  pause(): void {
    // The body of an ended call is read to its end, for the request behind it.
    if (!this.#isOpen()) return;
    this.#paused = true;
    this.exchange.request.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
    this.#readOn();
  }

  /** The rest of the body is read and dropped. */
  protected override release(): void {
    this.#waiting.length = 0;
    this.#reader = new JsonReader(0);
    this.exchange.request.off('data', this.#take).off('end', this.#takeEnd).resume();
  }

  readonly #take = (piece: Buffer): void => {
    this.#waiting.push(piece);
    this.#deliver();
    if (this.#isOpen() && this.#mustWait()) this.exchange.request.pause();
  };

  readonly #takeEnd = (): void => {
    this.#bodyEnded = true;
    this.#deliver();
  };

  #isOpen(): boolean {
    return !this.ended && !this.cancelled;
  }

  #mustWait(): boolean {
    return this.#paused || this.#busy;
  }

  #readOn(): void {
    if (this.#isOpen() && !this.#mustWait()) this.exchange.request.resume();
  }

  /** A handler that pauses and resumes within a message must not get the next one meanwhile. */
  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#isOpen() && !this.#mustWait()) {
        const piece = this.#waiting.shift();
        if (piece !== undefined) {
          this.#read(piece);
          this.#yieldIfOver();
        } else if (this.#bodyEnded) this.#endOfBody();
        else break;
      }
    } catch (error) {
      const found = failure(error);
      if (isTooMuch(found)) this.#limits.onLimit('json_values');
      this.#refuseOrThrow(found);
    } finally {
      this.#delivering = false;
    }
  }

  #read(piece: Buffer): void {
    const before = this.#reader.length;
    const taken = this.#reader.take(piece);
    if (taken < piece.length) this.#waiting.unshift(piece.subarray(taken));
    const { length } = this.#reader;
    if (length > this.#limits.bytesMax) {
      this.#limits.onLimit('request_bytes');
      const message = `grpc: received message larger than max (${length} vs. ${this.#limits.bytesMax})`;
      return this.#refuse({ code: Code.RESOURCE_EXHAUSTED, message });
    }
    if (length > before && !this.#share.grow(length - before)) {
      this.#limits.onLimit('request_memory');
      return this.#refuse({ code: Code.RESOURCE_EXHAUSTED, message: 'too many request bodies at the same time' });
    }
    if (this.#reader.complete) this.#decode();
  }

  #decode(): void {
    const reader = this.#reader;
    const { length } = reader;
    this.#reader = new JsonReader(this.#limits.elementsMax);
    this.#busy = true;
    const take = (decoded: Decoded): void => {
      this.#share.shrink(length);
      if (decoded.kind !== 'ok') return this.#refuseOrThrow(decoded);
      this.#received += 1;
      this.#busy = false;
      this.guard(() => this.messageCallback?.(decoded.request));
      this.#deliver();
      this.#readOn();
    };
    this.codec.decode(reader.value(), take, () => this.#isOpen());
  }

  /** The rest waits for a later turn once the time of this one is used up. */
  #yieldIfOver(): void {
    const { turns } = this.exchange;
    if (this.#busy || !turns.isOver) return;
    this.#busy = true;
    turns.later(() => {
      this.#busy = false;
      this.#deliver();
      this.#readOn();
    });
  }

  #endOfBody(): void {
    // A number ends with the body; anything else that is open is cut off.
    if (this.#reader.length > 0 && this.#reader.end()) return this.#decode();
    this.#bodyEnded = false;
    this.guard(() => this.endCallback?.());
  }

  #refuseOrThrow(decoded: Exclude<Decoded, { readonly kind: 'ok' }>): void {
    switch (decoded.kind) {
      case 'refused':
        return this.#refuse(decoded.status);
      case 'broken':
        return this.threw(decoded.error);
      default:
        return assertNever(decoded);
    }
  }

  /** A stream without any good message answers as etcd does: the text is the error's, the code is "unknown". */
  #refuse(status: Status): void {
    if (this.#received === 0) this.refuseStart({ ...status, code: Code.UNKNOWN });
    else this.refuse(status);
  }
}
