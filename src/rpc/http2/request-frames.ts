import type { OnLimit } from '../../util/limit-hits.js';
import type { Draining } from './draining.js';
import { ErrorCode, protocolError, StreamError } from './errors.js';
import type { Floods } from './floods.js';
import { Frame } from './frame.js';
import type { FrameWriter } from './frame-writer.js';
import { Flag } from './frames.js';
import { HeaderBlocks } from './header-blocks.js';
import type { HeaderList } from './hpack-decoder.js';
import type { OutgoingField } from './hpack-encoder.js';
import type { Http2Limits } from './limits.js';
import type { ReceiveWindows } from './receive-windows.js';
import { areTrailers, requestHead, type RequestHead } from './request-head.js';
import type { PeerSettings } from './settings.js';
import type { ServerStream } from './stream.js';
import type { StreamTable } from './stream-table.js';

/** The layer above a connection. */
export interface RequestHandler {
  /** A request has begun. @returns its stream, or undefined to refuse it (REFUSED_STREAM) */
  open(id: number, head: RequestHead): ServerStream | undefined;
}

export interface RequestFramesOptions {
  readonly handler: RequestHandler;
  readonly limits: Http2Limits;
  readonly peer: Readonly<PeerSettings>;
  readonly writer: FrameWriter;
  readonly streams: StreamTable;
  readonly windows: ReceiveWindows;
  readonly floods: Floods;
  readonly draining: Draining;
  readonly onLimit: OnLimit;
}

/** What the frames of requests do: HEADERS, CONTINUATION and DATA. Each throws for a frame that breaks a rule. */
export class RequestFrames {
  readonly #options: RequestFramesOptions;
  readonly #blocks: HeaderBlocks;

  constructor(options: RequestFramesOptions) {
    this.#options = options;
    this.#blocks = new HeaderBlocks(options.limits);
  }

  /** A header block has begun; only CONTINUATION frames may follow. */
  get isInsideBlock(): boolean {
    return this.#blocks.isOpen;
  }

  headers(frame: Frame): void {
    if (frame.streamId === 0 || frame.streamId % 2 === 0) throw protocolError('HEADERS on a stream of the server');
    this.#take(this.#blocks.begin(frame));
  }

  continuation(frame: Frame): void {
    this.#take(this.#blocks.continue(frame));
  }

  data(frame: Frame): void {
    const { streams, windows, floods } = this.#options;
    const { streamId, length } = frame;
    if (streamId === 0) throw protocolError('DATA on stream 0');
    windows.take(length);
    const stream = streams.get(streamId);
    if (stream === undefined) return this.#late(streamId);
    if (stream.isRemoteClosed)
      throw new StreamError(ErrorCode.STREAM_CLOSED, streamId, 'DATA after the end of the stream');
    windows.takeOf(stream, length);
    frame.unpad();
    const isLast = frame.has(Flag.END_STREAM);
    if (frame.length === 0 && !isLast) floods.countEmpty();
    if (frame.length < length) windows.credit(stream, length - frame.length);
    this.#deliver(stream, frame, isLast);
  }

  #deliver(stream: ServerStream, frame: Frame, isLast: boolean): void {
    stream.bodyBytes += frame.length;
    if (stream.contentLength >= 0 && isOffLength(stream, isLast)) {
      throw new StreamError(ErrorCode.PROTOCOL_ERROR, stream.id, 'a body that differs from its content-length');
    }
    if (isLast) stream.isRemoteClosed = true;
    stream.onData(frame, isLast);
    if (isLast && stream.isLocalClosed && stream.trailers === undefined) this.#options.streams.close(stream);
  }

  #take(list: HeaderList | undefined): void {
    if (list === undefined) return;
    const { streams, writer, floods, limits, draining, onLimit } = this.#options;
    const { streamId, isLast } = this.#blocks;
    if (streamId <= streams.lastId) return this.#trailers(streamId, isLast, list);
    streams.lastId = streamId;
    if (draining.isFinal) return this.#refuse(streamId, ErrorCode.REFUSED_STREAM);
    if (streams.size >= limits.concurrentStreams) {
      onLimit('concurrent_streams');
      floods.countReset('more streams than the server allows');
      return this.#refuse(streamId, ErrorCode.REFUSED_STREAM);
    }
    if (streams.isHostFull) {
      onLimit('total_streams');
      return this.#refuse(streamId, ErrorCode.REFUSED_STREAM);
    }
    if (list.isTooLarge) {
      onLimit('header_list');
      writer.headers(streamId, TOO_LARGE, Flag.END_STREAM);
      if (!isLast) this.#refuse(streamId, ErrorCode.NO_ERROR);
      return;
    }
    list.head ??= requestHead(list) ?? 'malformed';
    if (list.head === 'malformed') throw new StreamError(ErrorCode.PROTOCOL_ERROR, streamId, 'a malformed request');
    this.#open(streamId, list.head, isLast);
  }

  #open(id: number, head: RequestHead, isLast: boolean): void {
    const { handler, limits, peer, streams } = this.#options;
    const { contentLength = -1 } = head;
    if (isLast && contentLength > 0) {
      throw new StreamError(ErrorCode.PROTOCOL_ERROR, id, 'a body shorter than its content-length');
    }
    const stream = handler.open(id, head);
    if (stream === undefined) return this.#refuse(id, ErrorCode.REFUSED_STREAM);
    stream.sendWindow = peer.initialWindow;
    stream.receiveWindow = limits.streamWindow;
    stream.contentLength = contentLength;
    streams.add(stream);
    // A stream that is answered at once then ends by that, without a reset.
    stream.isRemoteClosed = isLast;
    stream.onOpen();
    if (isLast && !stream.isClosed) this.#deliver(stream, NOTHING, true);
  }

  /** A header list on a stream that has begun. */
  #trailers(streamId: number, isLast: boolean, list: HeaderList): void {
    const stream = this.#options.streams.get(streamId);
    if (stream === undefined) return this.#late(streamId);
    if (stream.isRemoteClosed)
      throw new StreamError(ErrorCode.STREAM_CLOSED, streamId, 'HEADERS after the end of the stream');
    if (!isLast || !areTrailers(list.fields))
      throw new StreamError(ErrorCode.PROTOCOL_ERROR, streamId, 'malformed trailers');
    this.#deliver(stream, NOTHING, true);
  }

  /** A frame of a stream that is over (section 5.1). */
  #late(streamId: number): void {
    this.#options.streams.checkLate(streamId);
    this.#options.floods.countEmpty();
  }

  #refuse(streamId: number, code: ErrorCode): void {
    this.#options.streams.rememberReset(streamId);
    this.#options.writer.reset(streamId, code);
  }
}

/** A frame without content. */
const NOTHING = new Frame();
const TOO_LARGE: readonly OutgoingField[] = [{ name: ':status', value: '431' }];

/** RFC 9113, section 8.1.1. */
function isOffLength({ bodyBytes, contentLength }: ServerStream, isLast: boolean): boolean {
  return isLast ? bodyBytes !== contentLength : bodyBytes > contentLength;
}
