import type { StreamCall, StreamMethod } from '../service.js';
import type { CallOrigin } from './call.js';
import type { RawServerStream } from './internals.js';
import { GrpcJsStreamCall } from './stream-call.js';

/** A call with one request and a stream of answers. */
export class GrpcJsServerStreamCall extends GrpcJsStreamCall implements StreamCall<unknown> {
  readonly #raw: RawServerStream;
  #request: { readonly value: unknown } | undefined;
  #onMessage: ((request: unknown) => void) | undefined;
  #onEnd: (() => void) | undefined;
  #paused = false;

  constructor(raw: RawServerStream, origin: CallOrigin) {
    super(raw, origin);
    this.#raw = raw;
  }

  onMessage(callback: (request: unknown) => void): void {
    this.#onMessage = callback;
  }

  onEnd(callback: () => void): void {
    this.#onEnd = callback;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  run(method: StreamMethod<unknown>): void {
    let value: unknown;
    try {
      value = method.decode(this.#raw.request);
    } catch (error) {
      this.refuse(error);
      return;
    }
    this.guard(() => method.handle(this));
    this.#request = { value };
    this.#deliver();
  }

  /** Delivers the single message and the end of the caller's side. */
  #deliver(): void {
    if (this.#paused || this.#request === undefined) return;
    const { value } = this.#request;
    this.#request = undefined;
    if (!this.ended && !this.cancelled) this.guard(() => this.#onMessage?.(value));
    if (!this.ended && !this.cancelled) this.guard(() => this.#onEnd?.());
  }
}
