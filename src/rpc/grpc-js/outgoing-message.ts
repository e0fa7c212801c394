import type { ServerHttp2Stream } from 'node:http2';
import type { ConnectionAnswers } from '../answer-room.js';
import { messageBytes } from '../encoded-message.js';
import type { EncodedMessage } from '../service.js';

/** gRPC puts a flag and a length before every message. */
const PREFIX_BYTES = 5;
/** Bytes of a message that are written in one turn of the event loop. */
const SLICE_BYTES = 128 * 1024;

/** A message on its way out, counted against its connection until the connection has taken it. */
export class OutgoingMessage {
  readonly bytes: number;
  readonly #message: EncodedMessage;
  readonly #answers: ConnectionAnswers | undefined;
  #heldBytes: number;

  constructor(message: EncodedMessage, answers: ConnectionAnswers | undefined) {
    this.bytes = messageBytes(message);
    this.#message = message;
    this.#answers = answers;
    this.#heldBytes = this.bytes;
    answers?.hold(this.bytes);
  }

  /** Stops counting the rest of the message, which will not be sent. */
  drop(): void {
    this.#taken(this.#heldBytes);
  }

  /**
   * Writes the message with gRPC's prefix. Each slice is written when the stream has taken the one before it, so a large
   * message is not copied and does not hold up the event loop.
   * @param done called when the stream has taken the message; never if the stream breaks
   */
  writeTo(stream: ServerHttp2Stream, done: () => void): void {
    if (this.bytes <= SLICE_BYTES) return this.#writeWhole(stream, done);
    const slices = this.#slices();
    const next = (): void => {
      const slice = slices.next();
      if (slice.done === true) return done();
      stream.write(slice.value, (error) => {
        if (error !== null && error !== undefined) return;
        this.#taken(slice.value.length);
        next();
      });
    };
    stream.cork();
    stream.write(prefix(Buffer.allocUnsafe(PREFIX_BYTES), this.bytes));
    next();
    stream.uncork();
  }

  #writeWhole(stream: ServerHttp2Stream, done: () => void): void {
    const framed = prefix(Buffer.allocUnsafe(PREFIX_BYTES + this.bytes), this.bytes);
    let at = PREFIX_BYTES;
    for (const piece of piecesOf(this.#message)) {
      framed.set(piece, at);
      at += piece.length;
    }
    stream.write(framed, (error) => {
      if (error !== null && error !== undefined) return;
      this.#taken(this.bytes);
      done();
    });
  }

  *#slices(): Generator<Uint8Array> {
    for (const piece of piecesOf(this.#message)) {
      for (let at = 0; at < piece.length; at += SLICE_BYTES) yield piece.subarray(at, at + SLICE_BYTES);
    }
  }

  #taken(bytes: number): void {
    const taken = Math.min(bytes, this.#heldBytes);
    this.#heldBytes -= taken;
    this.#answers?.release(taken);
  }
}

function piecesOf(message: EncodedMessage): readonly Uint8Array[] {
  return message instanceof Uint8Array ? [message] : message;
}

function prefix(target: Buffer, bytes: number): Buffer {
  target[0] = 0;
  target.writeUInt32BE(bytes, 1);
  return target;
}

/** grpc-js passes an answer from the handler to `sendMessage` without reading it. */
export function asSent(message: OutgoingMessage): Buffer {
  return message as unknown as Buffer;
}
