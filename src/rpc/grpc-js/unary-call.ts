import type { sendUnaryData } from '@grpc/grpc-js';
import type { ConnectionAnswers } from '../answer-room.js';
import type { EncodedMessage, Trailers, UnaryCall, UnaryMethod } from '../service.js';
import { Code, type Status } from '../status.js';
import { GrpcJsCall, type CallOrigin } from './call.js';
import { toFailure } from './failure.js';
import type { RawUnary } from './internals.js';
import { asSent, OutgoingMessage } from './outgoing-message.js';

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
