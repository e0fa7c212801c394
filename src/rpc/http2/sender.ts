import { ErrorCode } from './errors.js';
import type { FrameWriter } from './frame-writer.js';
import { Flag } from './frames.js';
import type { OutgoingField } from './hpack-encoder.js';
import type { Output } from './output.js';
import type { SendQueue } from './send-queue.js';
import { NO_TRAILERS, type ServerStream } from './stream.js';
import type { StreamTable } from './stream-table.js';

export interface SenderOptions {
  readonly writer: FrameWriter;
  readonly output: Output;
  readonly sendQueue: SendQueue;
  readonly streams: StreamTable;
}

/** A whole response. Lists that are the same objects each time are encoded once. */
export interface WholeResponse {
  readonly headers: readonly OutgoingField[];
  /** Begins the body. Short, and copied, so it can be used again. */
  readonly prefix: Uint8Array;
  /** The rest of the body, whole or in pieces, which must not change afterwards. */
  readonly body: Uint8Array | readonly Uint8Array[];
  /** Bytes of `body`. */
  readonly bodyBytes: number;
  readonly trailers: readonly OutgoingField[];
}

/** Sends responses on the streams of a connection. Calls for a stream that is over do nothing. */
export class Sender {
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  headers(stream: ServerStream, fields: readonly OutgoingField[]): void {
    if (stream.isClosed || stream.isLocalClosed) return;
    this.#options.writer.headers(stream.id, fields, 0);
  }

  /** A part of the body, which must not change afterwards; what the windows do not allow waits. */
  data(stream: ServerStream, data: Uint8Array): void {
    if (stream.isClosed || stream.isLocalClosed) return;
    this.#options.sendQueue.add(stream, data);
  }

  /** Headers, body and trailers in one call: the shortest way if the windows allow it. */
  whole(stream: ServerStream, { headers, prefix, body, bodyBytes, trailers }: WholeResponse): void {
    if (stream.isClosed || stream.isLocalClosed) return;
    const { writer, output, sendQueue } = this.#options;
    writer.headers(stream.id, headers, 0);
    const length = prefix.length + bodyBytes;
    if (sendQueue.takes(stream, length)) {
      writer.dataHeader(stream.id, length, 0);
      output.bytes(prefix);
      if (body instanceof Uint8Array) output.bytes(body);
      else for (const piece of body) output.bytes(piece);
    } else {
      sendQueue.enqueue(stream, Uint8Array.from(prefix));
      if (body instanceof Uint8Array) sendQueue.enqueue(stream, body);
      else for (const piece of body) sendQueue.enqueue(stream, piece);
      sendQueue.widened(stream);
    }
    this.end(stream, trailers);
  }

  /** Ends the server's side with trailers, after all data. */
  end(stream: ServerStream, trailers: readonly OutgoingField[]): void {
    if (stream.isClosed || stream.isLocalClosed) return;
    stream.isLocalClosed = true;
    stream.trailers = trailers;
    if (stream.queuedBytes === 0) this.finish(stream);
  }

  /** Ends the server's side with the last part of the body, which may be empty, and without trailers. */
  last(stream: ServerStream, data: Uint8Array): void {
    if (stream.isClosed || stream.isLocalClosed) return;
    stream.isLocalClosed = true;
    stream.trailers = NO_TRAILERS;
    if (data.length > 0) return this.#options.sendQueue.add(stream, data);
    if (stream.queuedBytes > 0) return;
    this.#options.writer.dataHeader(stream.id, 0, Flag.END_STREAM);
    this.finish(stream);
  }

  /** All data of the stream has been sent: its trailers follow, if it has any. */
  finish(stream: ServerStream): void {
    const { trailers } = stream;
    if (trailers === undefined || stream.isClosed) return;
    stream.trailers = undefined;
    if (trailers !== NO_TRAILERS) this.#options.writer.headers(stream.id, trailers, Flag.END_STREAM);
    if (stream.isRemoteClosed) this.#options.streams.close(stream);
    // The rest of a request that was answered early is not wanted (RFC 9113, section 8.1).
    else if (!stream.lingers) this.reset(stream, ErrorCode.NO_ERROR);
  }

  /** Ends a stream at once. */
  reset(stream: ServerStream, code: ErrorCode): void {
    if (stream.isClosed) return;
    const { streams, writer } = this.#options;
    streams.rememberReset(stream.id);
    writer.reset(stream.id, code);
    streams.close(stream);
  }
}
