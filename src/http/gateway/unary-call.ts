import type { ConnectionAnswers } from '../../rpc/answer-room.js';
import { messageBytes, wholeMessage } from '../../rpc/encoded-message.js';
import type { EncodedMessage, Trailers, UnaryCall, UnaryMethod } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { assertNever } from '../../util/assert.js';
import { answer, answerError, JSON_TYPE, limitUnread } from '../answers.js';
import type { JsonValue } from '../json/json-text.js';
import { SMALL_BYTES, type Decoded, type MethodCodec } from './codec.js';
import { HttpCall, type Exchange } from './http-call.js';
import { writeInSlices } from './json-output.js';
import { httpStatus } from './status-codes.js';

/** A call with one answer. */
export class HttpUnaryCall extends HttpCall implements UnaryCall {
  readonly answerRoom: ConnectionAnswers;
  readonly #codec: MethodCodec;

  constructor(exchange: Exchange, codec: MethodCodec) {
    super(exchange);
    this.#codec = codec;
    const { response, memberAnswers } = exchange;
    const answers = memberAnswers.connection(() => response.destroy());
    response.once('close', () => answers.close());
    this.answerRoom = answers;
  }

  respond(message: EncodedMessage, trailers?: Trailers): void {
    if (messageBytes(message) > SMALL_BYTES) return this.#respondInSlices(message, trailers);
    const printed = this.print(() => this.#codec.print(wholeMessage(message)));
    if (printed === undefined || !this.finish(Code.OK)) return;
    this.#setHeaders(trailers);
    answer(this.exchange.response, 200, printed);
  }

  fail(status: Status, trailers?: Trailers): void {
    if (!this.finish(status.code)) return;
    this.setHeaders(trailers);
    answerError(this.exchange.response, httpStatus(status.code), status);
  }

  #respondInSlices(message: EncodedMessage, trailers: Trailers | undefined): void {
    if (!this.finish(Code.OK)) return;
    const { response, logger, path } = this.exchange;
    this.#setHeaders(trailers);
    limitUnread(response);
    // Counted until the response closes: the JSON is made from these bytes as the client reads it.
    this.answerRoom.hold(messageBytes(message));
    const pieces = message instanceof Uint8Array ? [message] : message;
    writeInSlices(this.exchange, (print) => this.#codec.printSteps(pieces, print), {
      progressed: (bytes) => this.answerRoom.progressed(bytes),
      finish: (outcome) => {
        if (outcome.kind === 'failed') {
          logger.error('an answer is not the message of its method', { method: path, error: outcome.error });
          response.destroy();
        } else response.end();
      },
    });
  }

  #setHeaders(trailers: Trailers | undefined): void {
    this.setHeaders(trailers);
    this.exchange.response.setHeader('content-type', JSON_TYPE);
  }

  protected refuseStart(status: Status): void {
    this.fail(status);
  }

  run(method: UnaryMethod<unknown>, json: JsonValue | undefined): void {
    if (!this.startDeadline()) return;
    const take = (decoded: Decoded): void => {
      switch (decoded.kind) {
        case 'ok':
          return this.guard(() => method.handle(this, decoded.request));
        case 'refused':
          return this.fail(decoded.status);
        case 'broken':
          return this.threw(decoded.error);
        default:
          return assertNever(decoded);
      }
    };
    this.#codec.decode(json, take, () => !this.ended && !this.cancelled);
  }
}
