import { ConnectionError, ErrorCode, StreamError } from './errors.js';
import type { FrameWriter } from './frame-writer.js';
import { WINDOW_INITIAL } from './frames.js';
import type { Http2Limits } from './limits.js';
import type { ServerStream } from './stream.js';

/**
 * Flow control of what a connection receives (RFC 9113, section 5.2). The connection's window is returned on receipt, that of a
 * stream by the layer above; both are announced once half a window has gathered.
 */
export class ReceiveWindows {
  readonly #writer: FrameWriter;
  readonly #connectionMax: number;
  readonly #streamMax: number;
  #window: number;
  #creditBytes = 0;

  constructor(limits: Http2Limits, writer: FrameWriter) {
    this.#writer = writer;
    this.#connectionMax = limits.connectionWindow;
    this.#streamMax = limits.streamWindow;
    this.#window = limits.connectionWindow;
  }

  /** Announces the connection's window where it is not HTTP/2's initial one. */
  announce(): void {
    const more = this.#connectionMax - WINDOW_INITIAL;
    if (more > 0) this.#writer.windowUpdate(0, more);
  }

  /** A DATA frame has come, on whatever stream. @throws ConnectionError above the window */
  take(bytes: number): void {
    this.#window -= bytes;
    if (this.#window < 0) {
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'more DATA than the window allows');
    }
    this.#creditBytes += bytes;
    if (this.#creditBytes < this.#connectionMax / 2) return;
    this.#window += this.#creditBytes;
    this.#writer.windowUpdate(0, this.#creditBytes);
    this.#creditBytes = 0;
  }

  /** @throws StreamError above the window */
  takeOf(stream: ServerStream, bytes: number): void {
    stream.receiveWindow -= bytes;
    if (stream.receiveWindow >= 0) return;
    throw new StreamError(ErrorCode.FLOW_CONTROL_ERROR, stream.id, 'more DATA than the window of the stream allows');
  }

  /** Lets the client send as many more bytes on a stream. */
  credit(stream: ServerStream, bytes: number): void {
    if (stream.isClosed || stream.isRemoteClosed) return;
    stream.creditBytes += bytes;
    if (stream.creditBytes < this.#streamMax / 2) return;
    stream.receiveWindow += stream.creditBytes;
    this.#writer.windowUpdate(stream.id, stream.creditBytes);
    stream.creditBytes = 0;
  }
}
