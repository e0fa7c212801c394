import type { Socket } from 'node:net';
import type { FrameWriter } from './frame-writer.js';
import { Flag, WINDOW_INITIAL, WINDOW_MAX } from './frames.js';
import type { Output } from './output.js';
import type { PeerSettings } from './settings.js';
import { NO_TRAILERS, type ServerStream } from './stream.js';

export interface SendQueueOptions {
  readonly output: Output;
  readonly writer: FrameWriter;
  readonly socket: Socket;
  readonly peer: Readonly<PeerSettings>;
  /** Called when all data of a stream that is to end has been sent. */
  readonly end: (stream: ServerStream) => void;
}

/** Bytes in the socket that the client has not taken. Further DATA waits, so that other frames can be sent before it. */
const BACKLOG_BYTES_MAX = 512 * 1024;
/** Frames of one stream in a row before the next stream's turn. */
const FRAMES_IN_A_TURN = 4;
/** Frames of all streams in one turn of the event loop: a client may have made thousands of windows one byte wider. */
const FRAMES_IN_A_PUMP = 512;
/** Largest DATA frame that is sent, in bytes, even if the client accepts larger ones: what follows a frame waits for it. */
const DATA_BYTES_MAX = 64 * 1024;

/** Flow control of what a connection sends (RFC 9113, section 5.2): streams that have data to send take turns. */
export class SendQueue {
  readonly #options: SendQueueOptions;
  /** Streams that have data and a window, in the order of their turns. Others are not here, so that a turn costs them nothing. */
  readonly #waiting = new Set<ServerStream>();
  #window = WINDOW_INITIAL;
  #isPumping = false;
  #isResuming = false;

  constructor(options: SendQueueOptions) {
    this.#options = options;
  }

  /** Widens the connection's window. @returns false above the largest window */
  widen(bytes: number): boolean {
    this.#window += bytes;
    if (this.#window > WINDOW_MAX) return false;
    this.pump();
    return true;
  }

  /** Takes the window for data that can be sent as one frame at once. @returns false if it cannot */
  takes(stream: ServerStream, length: number): boolean {
    if (stream.queuedBytes > 0 || !this.#fits(stream, length)) return false;
    stream.sendWindow -= length;
    this.#window -= length;
    return true;
  }

  /** Sends data, now as far as windows and socket allow, the rest later. */
  add(stream: ServerStream, data: Uint8Array): void {
    if (data.length === 0) return;
    if (this.takes(stream, data.length)) {
      const { writer, output, end } = this.#options;
      const isLast = stream.trailers === NO_TRAILERS;
      writer.dataHeader(stream.id, data.length, isLast ? Flag.END_STREAM : 0);
      output.bytes(data);
      if (isLast) end(stream);
      return;
    }
    this.enqueue(stream, data);
    this.widened(stream);
  }

  /** Adds data, which must not change afterwards. `widened` sends it. */
  enqueue(stream: ServerStream, data: Uint8Array): void {
    if (data.length === 0) return;
    (stream.queue ??= []).push(data);
    stream.queuedBytes += data.length;
  }

  /** The window of a stream has grown, or its data. */
  widened(stream: ServerStream): void {
    this.#wait(stream);
    this.pump();
  }

  /** The windows of streams have grown by a setting. Many settings may come at once, so data follows in a later turn. */
  widenedAll(streams: Iterable<ServerStream>): void {
    for (const stream of streams) this.#wait(stream);
    this.#pumpLater();
  }

  #wait(stream: ServerStream): void {
    if (stream.queuedBytes > 0 && stream.sendWindow > 0) this.#waiting.add(stream);
  }

  /** Size of the largest DATA frame, in bytes. */
  #frameBytesMax(): number {
    return Math.min(this.#options.peer.frameBytesMax, DATA_BYTES_MAX);
  }

  #fits(stream: ServerStream, length: number): boolean {
    return (
      length <= stream.sendWindow &&
      length <= this.#window &&
      length <= this.#frameBytesMax() &&
      this.#options.output.untakenBytes < BACKLOG_BYTES_MAX
    );
  }

  drop(stream: ServerStream): void {
    stream.queuedBytes = 0;
    stream.queue = undefined;
    stream.queueOffset = 0;
    this.#waiting.delete(stream);
  }

  /** The output was written to the socket. More follows in another turn, once the socket accepts it. */
  flushed(): void {
    if (!this.#options.socket.writableNeedDrain) this.#pumpLater();
  }

  #pumpLater(): void {
    if (this.#isResuming || this.#waiting.size === 0) return;
    this.#isResuming = true;
    setImmediate(() => {
      this.#isResuming = false;
      this.pump();
    });
  }

  pump(): void {
    if (this.#isPumping || this.#waiting.size === 0) return;
    this.#isPumping = true;
    try {
      this.#sendInTurns();
    } finally {
      this.#isPumping = false;
    }
  }

  #sendInTurns(): void {
    const { output } = this.#options;
    let left = FRAMES_IN_A_PUMP;
    for (const stream of this.#waiting) {
      if (left <= 0) return this.#pumpLater();
      if (this.#window <= 0 || output.untakenBytes >= BACKLOG_BYTES_MAX) return;
      // A stream that has more to send comes last, and so is visited again.
      this.#waiting.delete(stream);
      left -= this.#sendSome(stream);
      this.#wait(stream);
    }
  }

  /** @returns the number of frames */
  #sendSome(stream: ServerStream): number {
    let frames = 0;
    while (frames < FRAMES_IN_A_TURN) {
      const length = Math.min(stream.queuedBytes, stream.sendWindow, this.#window, this.#frameBytesMax());
      if (length <= 0) break;
      this.#sendFrame(stream, length);
      frames += 1;
      // Its owner may have queued more, or have ended it, in the meantime.
      if (stream.queuedBytes === 0) {
        this.#options.end(stream);
        break;
      }
    }
    return frames;
  }

  #sendFrame(stream: ServerStream, length: number): void {
    const { output, writer } = this.#options;
    const isLast = stream.trailers === NO_TRAILERS && length === stream.queuedBytes;
    writer.dataHeader(stream.id, length, isLast ? Flag.END_STREAM : 0);
    let left = length;
    const queue = stream.queue ?? [];
    while (left > 0) {
      const [piece] = queue;
      if (piece === undefined) break;
      const count = Math.min(left, piece.length - stream.queueOffset);
      output.bytes(piece.subarray(stream.queueOffset, stream.queueOffset + count));
      left -= count;
      stream.queueOffset += count;
      if (stream.queueOffset < piece.length) continue;
      queue.shift();
      stream.queueOffset = 0;
    }
    stream.queuedBytes -= length;
    stream.sendWindow -= length;
    this.#window -= length;
    stream.onSent(length);
  }
}
