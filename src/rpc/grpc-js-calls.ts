import type { Metadata, sendUnaryData } from '@grpc/grpc-js';
import type { Logger } from '../util/logger.js';
import type { ConnectionAnswers } from './answer-room.js';
import type { RawBidi, RawCall, RawServerStream, RawUnary } from './grpc-js-internals.js';
import { toFailure } from './grpc-js-status.js';
import { firstText, toMetadata } from './metadata.js';
import { Code, type Status } from './status.js';
import { OutgoingMessage } from './outgoing-message.js';
import type { EncodedMessage, StreamCall, StreamMethod, Trailers, UnaryCall, UnaryMethod } from './service.js';
import type { CallTally } from './tally.js';

/** The caller's view of an error in a handler; the log has the error itself. */
const HANDLER_FAILED: Status = { code: Code.INTERNAL, message: 'internal error' };

/** Shared by the calls of one method. */
export interface CallOrigin {
  readonly path: string;
  readonly logger: Logger;
  readonly tally: CallTally;
  /** The memory for answers of a call's connection; undefined once the connection is closed. */
  readonly answersOf: (raw: RawCall) => ConnectionAnswers | undefined;
}

/** Common to all kinds of calls. grpc-js reports a call that ended well as cancelled too: `ended` distinguishes them. */
abstract class GrpcJsCall {
  protected ended = false;
  readonly #raw: RawCall;
  protected readonly origin: CallOrigin;
  /** When the call began, by `performance.now()`. */
  protected readonly startMs = performance.now();
  protected readonly answers: ConnectionAnswers | undefined;

  constructor(raw: RawCall, origin: CallOrigin) {
    this.#raw = raw;
    this.origin = origin;
    this.answers = origin.answersOf(raw);
    origin.tally.started += 1;
  }

  get remote(): string {
    return this.#raw.getPeer();
  }

  metadata(name: string): string | undefined {
    return firstText(this.#raw.metadata, name);
  }

  remainingMs(): number | undefined {
    const deadline = this.#raw.getDeadline();
    const atMs = typeof deadline === 'number' ? deadline : deadline.getTime();
    return atMs === Infinity ? undefined : atMs - Date.now();
  }

  abstract fail(status: Status, trailers?: Trailers): void;

  /** Runs code of a handler. An error that it throws ends the call, not the process. */
  protected guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.threw(error);
    }
  }

  threw(error: unknown): void {
    this.origin.logger.error('a handler threw', { method: this.origin.path, error });
    this.fail(HANDLER_FAILED);
  }

  /** grpc-go's text for bytes that cannot be decoded, in front of the reason. */
  protected abstract readonly unreadable: string;

  protected refuse(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.fail({ code: Code.INTERNAL, message: `grpc: ${this.unreadable} ${reason}` });
  }

  /** Leaves out trailers that are not valid headers: a handler's mistake must not cost the caller its answer. */
  protected trailers(trailers: Trailers | undefined): Metadata | undefined {
    try {
      return toMetadata(trailers);
    } catch (error) {
      this.origin.logger.error('trailers left out', { method: this.origin.path, error });
      return undefined;
    }
  }
}

export class GrpcJsUnaryCall extends GrpcJsCall implements UnaryCall {
  protected override readonly unreadable = 'error unmarshalling request:';
  readonly #raw: RawUnary;
  readonly #callback: sendUnaryData<Buffer>;
  /** The handler has ended the call after the caller had gone. */
  #over = false;

  constructor(raw: RawUnary, callback: sendUnaryData<Buffer>, origin: CallOrigin) {
    super(raw, origin);
    this.#raw = raw;
    this.#callback = callback;
  }

  get cancelled(): boolean {
    return !this.ended && this.#raw.cancelled;
  }

  onCancel(callback: () => void): void {
    if (this.cancelled) this.guard(callback);
    else {
      this.#raw.once('cancelled', () => {
        if (!this.ended) this.guard(callback);
      });
    }
  }

  get answerRoom(): ConnectionAnswers | undefined {
    return this.answers;
  }

  respond(body: EncodedMessage, trailers?: Trailers): void {
    if (!this.#finish(Code.OK)) return;
    const message = new OutgoingMessage(body, this.answers);
    this.origin.tally.sends(message.bytes);
    // Emitted at the end of every call, however it ended.
    this.#raw.once('cancelled', () => message.drop());
    this.#callback(null, asSent(message), trailers === undefined ? undefined : this.trailers(trailers));
  }

  fail(status: Status, trailers?: Trailers): void {
    if (!this.#finish(status.code)) return;
    this.#callback(toFailure(status, this.trailers(trailers)));
  }

  run(method: UnaryMethod<unknown>): void {
    let request: unknown;
    try {
      request = method.decode(this.#raw.request);
    } catch (error) {
      this.refuse(error);
      return;
    }
    try {
      method.handle(this, request);
    } catch (error) {
      this.threw(error);
    }
  }

  /** True once: for the first end of a call whose caller is still there. */
  #finish(code: Code): boolean {
    if (this.ended || this.#over) return false;
    this.#over = this.#raw.cancelled;
    this.origin.tally.ended(this.#over ? Code.CANCELLED : code, this.startMs);
    if (this.#over) return false;
    this.ended = true;
    return true;
  }
}

/** grpc-js passes an answer from the handler to `sendMessage` without reading it. */
function asSent(message: OutgoingMessage): Buffer {
  return message as unknown as Buffer;
}

/** Bytes that one stream may hold unsent before its handler is asked to wait. grpc-js alone counts messages, to 16. */
const UNSENT_BYTES_MAX = 256 * 1024;

/** Common to server streams and bidirectional ones: the sending side. */
abstract class GrpcJsStreamCall extends GrpcJsCall {
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
