import type { OutgoingField } from './hpack-encoder.js';
import type { ErrorCode } from './errors.js';

/**
 * One stream of a connection. The layer above extends it, so that a call is one object. The connection alone changes the fields
 * here; the layer above calls the connection's methods with the stream.
 */
export abstract class ServerStream {
  readonly id: number;
  /** Bytes that may be sent to the client, beside the connection's window; negative after a smaller setting. */
  sendWindow: number;
  /** Bytes that the client may still send. */
  receiveWindow: number;
  /** Bytes returned to the client's window and not announced yet. */
  creditBytes = 0;
  /** Bytes of the body as the request states them. */
  contentLength: number | undefined;
  /** Bytes of the body so far. */
  bodyBytes = 0;
  /** The client has sent the end of its side. */
  isRemoteClosed = false;
  /** The server has sent, or queued, the end of its side. */
  isLocalClosed = false;
  /** The stream is over: the connection has forgotten it. */
  isClosed = false;
  /** What waits for the windows, in order. */
  queue: Uint8Array[] | undefined;
  /** Bytes of the first piece of the queue that have been sent. */
  queueOffset = 0;
  queuedBytes = 0;
  /** Follows the queue and ends the stream. */
  trailers: readonly OutgoingField[] | undefined;

  constructor(id: number, windows: { readonly send: number; readonly receive: number }) {
    this.id = id;
    this.sendWindow = windows.send;
    this.receiveWindow = windows.receive;
  }

  /** The connection has accepted the stream, which may send from now on. */
  abstract onOpen(): void;

  /** A part of the body, valid in this turn only if it is not copied; the last one may be empty. */
  abstract onData(chunk: Buffer, isLast: boolean): void;

  /** The client has reset the stream, or its connection is gone. Nothing can be sent any more. */
  abstract onAbort(code: ErrorCode | undefined): void;

  /** Bytes of the queue have gone to the socket. */
  abstract onSent(bytes: number): void;
}
