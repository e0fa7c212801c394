import type { Trailers } from '../service.js';
import type { ConnectionAnswers } from '../answer-room.js';
import { Code, type Status } from '../status.js';
import { GrpcJsCall, type CallOrigin } from './call.js';
import { toFailure } from './failure.js';
import type { RawBidi, RawServerStream } from './internals.js';
import { asSent, OutgoingMessage } from './outgoing-message.js';

/** Bytes that one stream may hold unsent before its handler is asked to wait. grpc-js alone counts messages, to 16. */
const UNSENT_BYTES_MAX = 256 * 1024;

/** Common to server streams and bidirectional ones: the sending side. */
export abstract class GrpcJsStreamCall extends GrpcJsCall {
  protected override readonly unreadable = 'failed to unmarshal the received message';
  readonly #raw: RawServerStream | RawBidi;
  readonly #cancelCallbacks: (() => void)[] = [];
  readonly #drainCallbacks: (() => void)[] = [];
  #cancelled = false;
  #unsentBytes = 0;
  /** grpc-js has ended the call: its unsent bytes are no longer counted. */
  #over = false;
  /** The handler has been asked to wait. */
  #full = false;
  /** The stream waits for its connection, which holds too many bytes of all its calls. */
  #waitsForConnection = false;

  constructor(raw: RawServerStream | RawBidi, origin: CallOrigin) {
    super(raw, origin);
    this.#raw = raw;
    raw.once('cancelled', () => {
      this.answers?.release(this.#unsentBytes);
      this.#over = true;
      if (this.ended) return;
      origin.tally.ended(Code.CANCELLED, this.startMs);
      this.#cancel();
    });
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  onCancel(callback: () => void): void {
    if (this.#cancelled) this.guard(callback);
    else this.#cancelCallbacks.push(callback);
  }

  send(body: Uint8Array): boolean {
    // A stream that is over takes everything, so that no handler waits for it to drain.
    if (this.ended || this.#cancelled) return true;
    this.origin.tally.sends(body.length);
    this.#unsentBytes += body.length;
    this.answers?.hold(body.length);
    const message = asSent(new OutgoingMessage(body, undefined));
    const room = this.#raw.write(message, () => this.#sent(body.length));
    if (!room || this.#unsentBytes > UNSENT_BYTES_MAX || this.answers?.isFull === true) this.#full = true;
    return !this.#full;
  }

  onDrain(callback: () => void): void {
    this.#drainCallbacks.push(callback);
  }

  #sent(bytes: number): void {
    if (this.#over) return;
    this.#unsentBytes -= bytes;
    this.answers?.release(bytes);
    this.#drainIfRoom();
  }

  /** Resumes the handler once there is room in messages (grpc-js's bound), in bytes, and on the connection. */
  #drainIfRoom(): void {
    if (!this.#full || this.#unsentBytes > UNSENT_BYTES_MAX / 2 || this.#raw.writableNeedDrain) return;
    if (this.answers?.isFull === true) return this.#waitForConnection(this.answers);
    this.#full = false;
    for (const callback of this.#drainCallbacks) {
      if (!this.ended && !this.#cancelled) this.guard(callback);
    }
  }

  #waitForConnection(answers: ConnectionAnswers): void {
    if (this.#waitsForConnection) return;
    this.#waitsForConnection = true;
    answers.onRoom(() => {
      this.#waitsForConnection = false;
      this.#drainIfRoom();
    });
  }

  end(trailers?: Trailers): void {
    if (this.ended || this.#cancelled) return;
    this.ended = true;
    this.origin.tally.ended(Code.OK, this.startMs);
    this.#raw.end(this.trailers(trailers));
  }

  fail(status: Status, trailers?: Trailers): void {
    if (this.ended || this.#cancelled) return;
    this.ended = true;
    this.origin.tally.ended(status.code, this.startMs);
    this.#raw.emit('error', toFailure(status, this.trailers(trailers)));
  }

  /** The host ends the call; its handler sees a cancelled call. */
  protected override refuse(error: unknown): void {
    super.refuse(error);
    this.#cancel();
  }

  override threw(error: unknown): void {
    super.threw(error);
    this.#cancel();
  }

  #cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    for (const callback of this.#cancelCallbacks.splice(0)) this.guard(callback);
  }
}
