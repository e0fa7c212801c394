import type { StreamCall, StreamMethod, Trailers } from '../service.js';
import { ownCopy } from '../../util/bytes.js';
import { Code } from '../status.js';
import { NativeCall, type OpenedCall } from './native-call.js';
import { PREFIX_BYTES } from './message-reader.js';

/** Bytes that one stream may hold unsent before its handler is asked to wait. */
const UNSENT_BYTES_MAX = 256 * 1024;

/** A server stream or a bidirectional one. */
export class NativeStreamCall extends NativeCall implements StreamCall<unknown> {
  protected override readonly unreadable = 'failed to unmarshal the received message';
  readonly #decode: (body: Uint8Array) => unknown;
  #onMessage: ((request: unknown) => void) | undefined;
  #onEnd: (() => void) | undefined;
  #drainCallbacks: (() => void)[] = [];
  protected override isPaused = false;
  /** The handler has been asked to wait for room. */
  #isFull = false;
  #waitsForConnection = false;
  #hasEnded = false;

  constructor(id: number, opened: OpenedCall) {
    super(id, opened);
    this.#decode = opened.origin.mounted.method.decode;
  }

  override onOpen(): void {
    const method = this.origin.mounted.method as unknown as StreamMethod<unknown>;
    this.guard(() => method.handle(this));
  }

  onMessage(callback: (request: unknown) => void): void {
    this.#onMessage = callback;
  }

  onEnd(callback: () => void): void {
    this.#onEnd = callback;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.readMessages();
  }

  send(body: Uint8Array): boolean {
    // A stream that is over takes everything, so that no handler waits for it to drain.
    if (this.isEnded || this.cancelled) return true;
    this.origin.mounted.tally.sends(body.length);
    this.sendHeaders();
    const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
    prefix[0] = 0;
    prefix.writeUInt32BE(body.length, 1);
    this.origin.connection.sendData(this, prefix);
    this.origin.connection.sendData(this, body);
    this.hold(body.length);
    if (this.queuedBytes > UNSENT_BYTES_MAX || this.origin.answers.isFull) this.#isFull = true;
    return !this.#isFull;
  }

  onDrain(callback: () => void): void {
    this.#drainCallbacks.push(callback);
  }

  end(trailers?: Trailers): void {
    if (!this.finish(Code.OK)) return;
    this.sendHeaders();
    this.sendEnd(undefined, trailers);
  }

  override onSent(bytes: number): void {
    super.onSent(bytes);
    if (this.#isFull) this.#drainIfRoom();
  }

  #drainIfRoom(): void {
    if (!this.#isFull || this.queuedBytes > UNSENT_BYTES_MAX / 2) return;
    if (this.origin.answers.isFull) return this.#waitForConnection();
    this.#isFull = false;
    for (const callback of this.#drainCallbacks) {
      if (!this.isEnded && !this.cancelled) this.guard(callback);
    }
  }

  #waitForConnection(): void {
    if (this.#waitsForConnection) return;
    this.#waitsForConnection = true;
    this.origin.answers.onRoom(() => {
      this.#waitsForConnection = false;
      this.#drainIfRoom();
    });
  }

  protected override receive(bytes: Buffer): void {
    this.origin.mounted.tally.receives(bytes.length);
    let request: unknown;
    try {
      // A handler may keep parts of a message for as long as the stream is open.
      request = this.#decode(2 * bytes.length < bytes.buffer.byteLength ? ownCopy(bytes) : bytes);
    } catch (error) {
      return this.refuse(error);
    }
    this.guard(() => this.#onMessage?.(request));
  }

  protected override receiveEnd(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.guard(() => this.#onEnd?.());
  }

  /** The host ends the call; its handler sees a cancelled call. */
  protected override refuse(error: unknown): void {
    super.refuse(error);
    this.cancel();
  }

  protected override threw(error: unknown): void {
    super.threw(error);
    this.cancel();
  }
}
