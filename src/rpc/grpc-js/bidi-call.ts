import type { StreamCall, StreamMethod } from '../service.js';
import type { CallOrigin } from './call.js';
import type { RawBidi } from './internals.js';
import { GrpcJsStreamCall } from './stream-call.js';

/** A call with streams in both directions. */
export class GrpcJsBidiCall extends GrpcJsStreamCall implements StreamCall<unknown> {
  readonly #raw: RawBidi;
  readonly #decode: (body: Uint8Array) => unknown;

  constructor(raw: RawBidi, method: StreamMethod<unknown>, origin: CallOrigin) {
    super(raw, origin);
    this.#raw = raw;
    this.#decode = method.decode;
  }

  onMessage(callback: (request: unknown) => void): void {
    this.#raw.on('data', (body: Buffer) => this.#receive(body, callback));
  }

  onEnd(callback: () => void): void {
    this.#raw.on('end', () => {
      if (!this.ended && !this.cancelled) this.guard(callback);
    });
  }

  pause(): void {
    this.#raw.pause();
  }

  resume(): void {
    this.#raw.resume();
  }

  run(method: StreamMethod<unknown>): void {
    this.guard(() => method.handle(this));
  }

  #receive(body: Buffer, callback: (request: unknown) => void): void {
    if (this.ended || this.cancelled) return;
    let request: unknown;
    try {
      request = this.#decode(body);
    } catch (error) {
      this.refuse(error);
      return;
    }
    try {
      callback(request);
    } catch (error) {
      this.threw(error);
    }
  }
}
