import type { Connection } from '../../../src/rpc/http2/connection.js';
import type { Frame } from '../../../src/rpc/http2/frame.js';
import type { OutgoingField } from '../../../src/rpc/http2/hpack-encoder.js';
import type { RequestHead } from '../../../src/rpc/http2/request-head.js';
import type { WholeResponse } from '../../../src/rpc/http2/sender.js';
import { ServerStream } from '../../../src/rpc/http2/stream.js';

export interface Request {
  readonly id: number;
  readonly head: RequestHead;
}

/** What the layer above a connection does in a test. */
export interface Script {
  onOpen?(stream: ScriptedStream): void;
  /** @param part a copy */
  onData?(stream: ScriptedStream, part: Buffer, isLast: boolean): void;
  onAbort?(stream: ScriptedStream, code: number | undefined): void;
  onSent?(stream: ScriptedStream): void;
}

/** A stream whose owner is a test. Received bytes are credited unless the script does. */
export class ScriptedStream extends ServerStream {
  readonly request: Request;
  readonly #connection: Connection;
  readonly #script: Script;
  /** Whether received bytes are returned to the client's window at once. */
  credits = true;
  sentBytes = 0;

  constructor(connection: Connection, request: Request, script: Script) {
    super(request.id);
    this.request = request;
    this.#connection = connection;
    this.#script = script;
  }

  headers(fields: readonly OutgoingField[] = OK): void {
    this.#connection.sendHeaders(this, fields);
  }

  data(data: Uint8Array): void {
    this.#connection.sendData(this, data);
  }

  /** Ends the body, and the stream with it. */
  last(data: Uint8Array): void {
    this.#connection.sendLast(this, data);
  }

  /** Sends headers, body and trailers at once. */
  whole(response: WholeResponse): void {
    this.#connection.sendWhole(this, response);
  }

  end(trailers: readonly OutgoingField[] = DONE): void {
    this.#connection.end(this, trailers);
  }

  creditBack(bytes: number): void {
    this.#connection.credit(this, bytes);
  }

  override onOpen(): void {
    this.#script.onOpen?.(this);
  }

  override onData(frame: Frame, isLast: boolean): void {
    const part = Buffer.from(frame.payload());
    if (this.credits) this.#connection.credit(this, part.length);
    this.#script.onData?.(this, part, isLast);
  }

  override onAbort(code: number | undefined): void {
    this.#script.onAbort?.(this, code);
  }

  override onSent(bytes: number): void {
    this.sentBytes += bytes;
    this.#script.onSent?.(this);
  }
}

export const OK: readonly OutgoingField[] = [{ name: ':status', value: '200' }];
export const DONE: readonly OutgoingField[] = [{ name: 'done', value: 'yes' }];
