import type { ErrorCode } from './errors.js';
import type { Frame } from './frame.js';
import type { OutgoingField } from './hpack-encoder.js';

/** In the place of trailers: the body ends the stream. */
export const NO_TRAILERS: readonly OutgoingField[] = [];

/**
 * One stream of a connection. The layer above extends it, so that a call is one object. The connection alone changes the fields
 * here; the layer above calls the connection's methods with the stream.
 */
export abstract class ServerStream {
  readonly id: number;
  /** Bytes that may be sent to the client, beside the connection's window; negative after a smaller setting. */
  sendWindow = 0;
  /** Bytes that the client may still send. */
  receiveWindow = 0;
  /** Bytes returned to the client's window and not announced yet. */
  creditBytes = 0;
  /** Bytes of the body as the request states them; -1 if it does not. */
  contentLength = -1;
  /** Bytes of the body so far. */
  bodyBytes = 0;
  /** The client has sent the end of its side. */
  isRemoteClosed = false;
  /** The server has sent, or queued, the end of its side. */
  isLocalClosed = false;
  /** The stream is over: the connection has forgotten it. */
  isClosed = false;
  /** What waits for the windows, in order. */
  queue: Uint8Array[] | undefined = undefined;
  /** Bytes of the first piece of the queue that have been sent. */
  queueOffset = 0;
  queuedBytes = 0;
  /** Follows the queue and ends the stream; NO_TRAILERS if the last DATA frame ends it. */
  trailers: readonly OutgoingField[] | undefined = undefined;

  constructor(id: number) {
    this.id = id;
  }

  /** Streams that this one counts as in the bound of the host, which is one on memory. A constant of its class. */
  get weight(): number {
    return 1;
  }

  /**
   * Whether the stream stays open after an answer that came before the end of its request, so that the layer above must reset it.
   * Otherwise it is reset at once. A constant of its class.
   */
  get lingers(): boolean {
    return false;
  }

  /** The connection has accepted the stream, which may send from now on. */
  abstract onOpen(): void;

  /** A part of the body: what the frame holds, valid in this turn only. The last part may be empty. */
  abstract onData(frame: Frame, isLast: boolean): void;

  /** The client has reset the stream, or its connection is gone. Nothing can be sent any more. */
  abstract onAbort(code: ErrorCode | undefined): void;

  /** Bytes of the queue have gone to the socket. */
  abstract onSent(bytes: number): void;
}
