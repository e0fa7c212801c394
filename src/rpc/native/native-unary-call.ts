import { messageBytes } from '../encoded-message.js';
import { ownCopy } from '../../util/bytes.js';
import type { AnswerRoom } from '../answer-room.js';
import type { EncodedMessage, Trailers, UnaryCall, UnaryMethod } from '../service.js';
import { Code, type Status } from '../status.js';
import { NativeCall } from './native-call.js';
import { PREFIX_BYTES } from './message-reader.js';
import { RESPONSE_HEADERS } from './responses.js';

/** Size of a buffer that is not counted, and of a message that is copied rather than refused, in bytes. */
const FREE_REQUEST_BYTES = 4 * 1024;
const NO_ROOM: Status = { code: Code.RESOURCE_EXHAUSTED, message: 'etcdserver: too many requests' };

export class NativeUnaryCall extends NativeCall implements UnaryCall {
  protected override readonly unreadable = 'error unmarshalling request:';
  protected override readonly isPaused = false;
  #hasRequest = false;

  override onOpen(): void {
    // The handler runs once the request has arrived.
  }

  get answerRoom(): AnswerRoom {
    return this.origin.answers;
  }

  respond(body: EncodedMessage, trailers?: Trailers): void {
    if (!this.finish(Code.OK)) return;
    const bodyBytes = messageBytes(body);
    this.origin.mounted.tally.sends(bodyBytes);
    this.hasHeaders = true;
    this.origin.connection.sendWhole(this, {
      headers: RESPONSE_HEADERS,
      prefix: prefixOf(bodyBytes),
      body,
      bodyBytes,
      trailers: this.trailerFields(undefined, trailers),
    });
    if (this.queuedBytes > 0) this.hold(bodyBytes);
  }

  protected override receive(bytes: Buffer): void {
    if (this.#hasRequest) {
      return this.fail({ code: Code.INTERNAL, message: 'grpc: more than one message in a unary request' });
    }
    this.#hasRequest = true;
    const isShort = bytes.length <= FREE_REQUEST_BYTES;
    if (!isShort && !this.holdRequest(bytes)) return this.fail(NO_ROOM);
    const own = isShort && this.origin.requests.isTight ? ownCopy(bytes) : bytes;
    const method = this.origin.mounted.method as unknown as UnaryMethod<unknown>;
    this.origin.mounted.tally.receives(bytes.length);
    let request: unknown;
    try {
      request = method.decode(own);
    } catch (error) {
      return this.refuse(error);
    }
    try {
      method.handle(this, request);
    } catch (error) {
      this.threw(error);
    }
    // Most short requests are answered by now, or else hold the chunk in which they came.
    if (isShort && !this.isEnded && !this.cancelled && own.buffer.byteLength > FREE_REQUEST_BYTES)
      this.holdRequest(own);
  }

  protected override receiveEnd(): void {
    if (!this.#hasRequest) this.fail({ code: Code.INTERNAL, message: 'grpc: no message in a unary request' });
  }
}

const PREFIX = new Uint8Array(PREFIX_BYTES);

/** The prefix of a message of this length in bytes; valid until the next call. */
function prefixOf(bytes: number): Uint8Array {
  PREFIX[1] = bytes >> 24;
  PREFIX[2] = bytes >> 16;
  PREFIX[3] = bytes >> 8;
  PREFIX[4] = bytes;
  return PREFIX;
}
