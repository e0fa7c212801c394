import { messageBytes } from '../encoded-message.js';
import type { AnswerRoom } from '../answer-room.js';
import type { EncodedMessage, Trailers, UnaryCall, UnaryMethod } from '../service.js';
import { Code } from '../status.js';
import { NativeCall } from './native-call.js';
import { PREFIX_BYTES } from './message-reader.js';

export class NativeUnaryCall extends NativeCall implements UnaryCall {
  protected override readonly unreadable = 'error unmarshalling request:';
  protected override readonly isPaused = false;
  #hasRequest = false;

  override onOpen(): void {
    // The handler runs once its request is here.
  }

  get answerRoom(): AnswerRoom {
    return this.answers;
  }

  respond(body: EncodedMessage, trailers?: Trailers): void {
    if (!this.finish(Code.OK)) return;
    const bytes = messageBytes(body);
    this.mounted.tally.sends(bytes);
    this.sendHeaders();
    const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
    prefix[0] = 0;
    prefix.writeUInt32BE(bytes, 1);
    if (body instanceof Uint8Array) this.connection.sendData(this, prefix, body);
    else {
      this.connection.sendData(this, prefix);
      for (const piece of body) this.connection.sendData(this, piece);
    }
    this.hold(bytes);
    this.sendEnd(undefined, trailers);
  }

  protected override receive(bytes: Buffer): void {
    if (this.#hasRequest) {
      return this.fail({ code: Code.INTERNAL, message: 'grpc: more than one message in a unary request' });
    }
    this.#hasRequest = true;
    const method = this.mounted.method as unknown as UnaryMethod<unknown>;
    this.mounted.tally.receives(bytes.length);
    let request: unknown;
    try {
      request = method.decode(bytes);
    } catch (error) {
      return this.refuse(error);
    }
    try {
      method.handle(this, request);
    } catch (error) {
      this.threw(error);
    }
  }

  protected override receiveEnd(): void {
    if (!this.#hasRequest) this.fail({ code: Code.INTERNAL, message: 'grpc: no message in a unary request' });
  }
}
