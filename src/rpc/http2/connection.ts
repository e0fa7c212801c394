import type { Socket } from 'node:net';
import { ConnectionError, ErrorCode, StreamError } from './errors.js';
import { FrameReader } from './frame-reader.js';
import { Flag, FrameType, PING_BYTES, WINDOW_INITIAL, WINDOW_MAX, type FrameHeader } from './frames.js';
import { HeaderBlocks } from './header-blocks.js';
import { HpackEncoder, type OutgoingField } from './hpack-encoder.js';
import { RateLimiter, type Http2Limits } from './limits.js';
import { Output } from './output.js';
import { withoutPadding } from './padding.js';
import { areTrailers, requestHead, type RequestHead } from './request-head.js';
import { applySettings, encodeSettings, initialPeerSettings, Setting } from './settings.js';
import { SendQueue } from './send-queue.js';
import type { ServerStream } from './stream.js';

/** The layer above a connection. */
export interface RequestHandler {
  /** A request has begun. @returns its stream, or undefined to refuse it (REFUSED_STREAM) */
  open(connection: Connection, request: NewRequest): ServerStream | undefined;
}

export interface NewRequest {
  readonly id: number;
  readonly head: RequestHead;
  readonly windows: { readonly send: number; readonly receive: number };
  /** It has no body. */
  readonly isLast: boolean;
}

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly handler: RequestHandler;
  readonly limits: Http2Limits;
  /** Monotonic time in ms. */
  readonly now: () => number;
  /** Called once the socket has closed. */
  readonly onClose: (connection: Connection) => void;
  /** Called when a bound or a rule was broken. */
  readonly onViolation?: (code: ErrorCode, reason: string) => void;
}

/** Maximum number of remembered streams that this side has reset, whose frames may still arrive. */
const RESET_IDS_MAX = 1024;
/** Time limit for sending the last bytes of a closing connection, in ms. */
const LINGER_MS = 1_000;
/** A WINDOW_UPDATE of fewer bytes counts as empty. */
const SMALL_UPDATE_BYTES = 64;
/** A SETTINGS frame counts once more for each so many streams, whose windows it changes. */
const STREAMS_OF_A_SETTING = 64;

/** The server side of one HTTP/2 connection (RFC 9113). */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #reader = new FrameReader();
  readonly #headers: HeaderBlocks;
  readonly #encoder = new HpackEncoder();
  readonly #output: Output;
  readonly #sendQueue: SendQueue;
  readonly #streams = new Map<number, ServerStream>();
  readonly #peer = initialPeerSettings();
  readonly #resets: RateLimiter;
  readonly #controlFrames: RateLimiter;
  readonly #emptyFrames: RateLimiter;
  readonly #resetIds = new Set<number>();
  /** The latest stream that was dropped from `#resetIds`: older ones may have been reset. */
  #forgottenResetId = 0;
  #lastStreamId = 0;
  #receiveWindow: number;
  #creditBytes = 0;
  #unreleasedBytes = 0;
  #isEnding = false;
  #isDraining = false;
  /** The client has sent its SETTINGS, which must be its first frame. */
  #hasSettings = false;
  #isAcknowledged = false;
  readonly #openedMs: number;
  #receivedMs: number;
  #frameBeganMs: number | undefined;
  #pingSentMs: number | undefined;

  constructor(options: ConnectionOptions) {
    const { socket, limits, now } = options;
    this.#options = options;
    this.#headers = new HeaderBlocks(limits);
    this.#output = new Output(socket, () => this.#sendQueue.flushed());
    this.#sendQueue = new SendQueue({
      output: this.#output,
      socket,
      peer: this.#peer,
      end: (stream) => this.#endStream(stream),
    });
    this.#resets = new RateLimiter(limits.resets, now);
    this.#controlFrames = new RateLimiter(limits.controlFrames, now);
    this.#emptyFrames = new RateLimiter(limits.emptyFrames, now);
    this.#receiveWindow = limits.connectionWindow;
    this.#openedMs = now();
    this.#receivedMs = this.#openedMs;
  }

  /** Begins to serve: sends the server's preface (section 3.4) and reads the client's. */
  start(): void {
    const { socket, limits } = this.#options;
    socket.setNoDelay(true);
    this.#output.frame(
      { type: FrameType.SETTINGS, flags: 0, streamId: 0 },
      encodeSettings([
        [Setting.MAX_CONCURRENT_STREAMS, limits.concurrentStreams],
        [Setting.INITIAL_WINDOW_SIZE, limits.streamWindow],
        [Setting.MAX_HEADER_LIST_SIZE, limits.headerListBytes],
      ]),
    );
    this.#windowUpdate(0, limits.connectionWindow - WINDOW_INITIAL);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => this.#sendQueue.flushed());
    socket.on('end', () => this.#finish());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#closed());
  }

  get isClosed(): boolean {
    return this.#options.socket.destroyed;
  }

  /** Sends a header section. Trailers, which end the stream, go with `end`. */
  sendHeaders(stream: ServerStream, fields: readonly OutgoingField[]): void {
    if (stream.isClosed) return;
    this.#writeHeaders(stream.id, fields, 0);
  }

  /** Sends parts of the body, in order; what the windows do not allow waits. The parts must not change afterwards. */
  sendData(stream: ServerStream, first: Uint8Array, second?: Uint8Array): void {
    if (stream.isClosed || stream.isLocalClosed) return;
    this.#sendQueue.add(stream, first, second);
  }

  /** Ends the server's side with trailers, after all data. */
  end(stream: ServerStream, trailers: readonly OutgoingField[]): void {
    if (stream.isClosed || stream.isLocalClosed) return;
    stream.isLocalClosed = true;
    stream.trailers = trailers;
    if (stream.queuedBytes === 0) this.#endStream(stream);
  }

  /** Ends a stream at once. */
  reset(stream: ServerStream, code: ErrorCode): void {
    if (stream.isClosed) return;
    this.#rememberReset(stream.id);
    this.#writeCode(FrameType.RST_STREAM, stream.id, code);
    this.#forget(stream);
  }

  /** Lets the client send as many more bytes on a stream. Connection credit is returned by itself. */
  credit(stream: ServerStream, bytes: number): void {
    if (stream.isClosed || stream.isRemoteClosed) return;
    stream.creditBytes += bytes;
    if (stream.creditBytes < this.#options.limits.streamWindow / 2) return;
    stream.receiveWindow += stream.creditBytes;
    this.#windowUpdate(stream.id, stream.creditBytes);
    stream.creditBytes = 0;
  }

  /** The layer above has released this many received bytes. */
  release(bytes: number): void {
    this.#unreleasedBytes -= bytes;
  }

  /** Asks the client to begin no more streams (section 6.8), and closes once the open ones have ended. */
  drain(): void {
    if (this.#isDraining || this.#isEnding) return;
    this.#isDraining = true;
    this.#writeGoAway(ErrorCode.NO_ERROR, '');
    if (this.#streams.size === 0) this.#finish();
  }

  /** Closes at once. */
  destroy(): void {
    this.#options.socket.destroy();
  }

  /** Checks time limits and keep-alive; called about once a second. */
  check(): void {
    const { limits, now } = this.#options;
    const nowMs = now();
    const isSettled = this.#hasSettings && this.#isAcknowledged;
    if (!isSettled && nowMs - this.#openedMs > limits.settingsMs) {
      return this.#fail(new ConnectionError(ErrorCode.SETTINGS_TIMEOUT, 'no SETTINGS in time'));
    }
    if (this.#frameBeganMs !== undefined && nowMs - this.#frameBeganMs > limits.frameMs) {
      return this.#fail(new ConnectionError(ErrorCode.PROTOCOL_ERROR, 'a frame did not arrive in time'));
    }
    if (this.#pingSentMs !== undefined) {
      if (nowMs - this.#pingSentMs > limits.keepaliveTimeoutMs) this.destroy();
    } else if (nowMs - this.#receivedMs > limits.keepaliveMs) {
      this.#pingSentMs = nowMs;
      this.#output.frame({ type: FrameType.PING, flags: 0, streamId: 0 }, Buffer.alloc(PING_BYTES));
    }
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnding) return;
    this.#receivedMs = this.#options.now();
    this.#pingSentMs = undefined;
    try {
      this.#reader.read(chunk, this.#onFrame);
    } catch (error) {
      this.#fail(error);
    }
    if (!this.#reader.isInside && !this.#headers.isOpen) this.#frameBeganMs = undefined;
    else this.#frameBeganMs ??= this.#receivedMs;
  }

  readonly #onFrame = (header: FrameHeader, payload: Buffer): void => {
    if (this.#isEnding) return;
    try {
      this.#dispatch(header, payload);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#resetByRule(error);
    }
    // What follows is another frame, unless a header block is to be continued.
    if (!this.#headers.isOpen) this.#frameBeganMs = undefined;
  };

  #dispatch(header: FrameHeader, payload: Buffer): void {
    const { type, flags, streamId } = header;
    if (!this.#hasSettings && (type !== FrameType.SETTINGS || (flags & Flag.ACK) !== 0)) {
      throw protocolError('the first frame is not SETTINGS');
    }
    if (this.#headers.isOpen && type !== FrameType.CONTINUATION) {
      throw protocolError('a header block is interrupted by another frame');
    }
    switch (type) {
      case FrameType.DATA:
        return this.#onData(header, payload);
      case FrameType.HEADERS:
        if (streamId === 0 || streamId % 2 === 0) throw protocolError('HEADERS on a stream of the server');
        return this.#onBlock(this.#headers.begin(header, payload));
      case FrameType.CONTINUATION:
        return this.#onBlock(this.#headers.continue(header, payload));
      case FrameType.PRIORITY:
        return this.#onPriority(streamId, payload);
      case FrameType.RST_STREAM:
        return this.#onReset(streamId, payload);
      case FrameType.SETTINGS:
        return this.#onSettings(header, payload);
      case FrameType.PUSH_PROMISE:
        throw protocolError('PUSH_PROMISE from a client');
      case FrameType.PING:
        return this.#onPing(header, payload);
      case FrameType.GOAWAY:
        if (streamId !== 0) throw protocolError('GOAWAY on a stream');
        if (payload.length < 8) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, 'a GOAWAY that is too short');
        return;
      case FrameType.WINDOW_UPDATE:
        return this.#onWindowUpdate(streamId, payload);
      default:
        // Frames of unknown types are ignored (section 4.1), within the bound on frames without content.
        this.#countEmpty();
    }
  }

  #onData({ flags, streamId }: FrameHeader, payload: Buffer): void {
    if (streamId === 0) throw protocolError('DATA on stream 0');
    this.#receiveWindow -= payload.length;
    if (this.#receiveWindow < 0)
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'more DATA than the window allows');
    this.#creditConnection(payload.length);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return this.#onFrameOfClosed(streamId);
    if (stream.isRemoteClosed)
      throw new StreamError(ErrorCode.STREAM_CLOSED, streamId, 'DATA after the end of the stream');
    stream.receiveWindow -= payload.length;
    if (stream.receiveWindow < 0) {
      throw new StreamError(ErrorCode.FLOW_CONTROL_ERROR, streamId, 'more DATA than the window of the stream allows');
    }
    const content = (flags & Flag.PADDED) === 0 ? payload : withoutPadding(payload);
    const isLast = (flags & Flag.END_STREAM) !== 0;
    if (content.length === 0 && !isLast) this.#countEmpty();
    if (content.length < payload.length) this.credit(stream, payload.length - content.length);
    this.#deliver(stream, content, isLast);
  }

  #deliver(stream: ServerStream, content: Buffer, isLast: boolean): void {
    stream.bodyBytes += content.length;
    if (stream.contentLength !== undefined && isOffLength(stream, isLast)) {
      throw new StreamError(ErrorCode.PROTOCOL_ERROR, stream.id, 'a body that differs from its content-length');
    }
    this.#unreleasedBytes += content.length;
    if (this.#unreleasedBytes > this.#options.limits.unreleasedBytes) {
      this.#unreleasedBytes -= content.length;
      throw new StreamError(ErrorCode.ENHANCE_YOUR_CALM, stream.id, 'too much data of unfinished requests');
    }
    if (isLast) stream.isRemoteClosed = true;
    stream.onData(content, isLast);
    if (isLast) this.#forgetIfOver(stream);
  }

  #onBlock(block: ReturnType<HeaderBlocks['begin']>): void {
    if (block === undefined) return;
    const { streamId, isLast, list } = block;
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) return this.#onTrailers(stream, block);
    if (streamId <= this.#lastStreamId) return this.#onFrameOfClosed(streamId);
    this.#lastStreamId = streamId;
    if (this.#isDraining) return this.#refuse(streamId, ErrorCode.REFUSED_STREAM);
    if (this.#streams.size >= this.#options.limits.concurrentStreams) {
      this.#countReset('more streams than the server allows');
      return this.#refuse(streamId, ErrorCode.REFUSED_STREAM);
    }
    if (list.isTooLarge) {
      this.#writeHeaders(streamId, TOO_LARGE, Flag.END_STREAM);
      if (!isLast) this.#refuse(streamId, ErrorCode.NO_ERROR);
      return;
    }
    list.head ??= requestHead(list.fields) ?? 'malformed';
    if (list.head === 'malformed') throw new StreamError(ErrorCode.PROTOCOL_ERROR, streamId, 'a malformed request');
    this.#open(streamId, list.head, isLast);
  }

  #open(id: number, head: RequestHead, isLast: boolean): void {
    if (isLast && (head.contentLength ?? 0) > 0) {
      throw new StreamError(ErrorCode.PROTOCOL_ERROR, id, 'a body shorter than its content-length');
    }
    const { handler, limits } = this.#options;
    const windows = { send: this.#peer.initialWindow, receive: limits.streamWindow };
    const stream = handler.open(this, { id, head, windows, isLast });
    if (stream === undefined) return this.#refuse(id, ErrorCode.REFUSED_STREAM);
    stream.contentLength = head.contentLength;
    this.#streams.set(id, stream);
    // A stream that is answered at once then ends by that, without a reset.
    stream.isRemoteClosed = isLast;
    stream.onOpen();
    if (isLast && !stream.isClosed) this.#deliver(stream, NOTHING, true);
  }

  #onTrailers(
    stream: ServerStream,
    { isLast, list }: { readonly isLast: boolean; readonly list: { readonly fields: RequestHead['fields'] } },
  ): void {
    if (stream.isRemoteClosed)
      throw new StreamError(ErrorCode.STREAM_CLOSED, stream.id, 'HEADERS after the end of the stream');
    if (!isLast || !areTrailers(list.fields))
      throw new StreamError(ErrorCode.PROTOCOL_ERROR, stream.id, 'malformed trailers');
    this.#deliver(stream, NOTHING, true);
  }

  /** A frame of a stream that is over, or never began (section 5.1). */
  #onFrameOfClosed(streamId: number): void {
    if (streamId > this.#lastStreamId || streamId % 2 === 0) throw protocolError('a frame of an idle stream');
    // The client may not know yet that the server has reset the stream.
    if (streamId <= this.#forgottenResetId || this.#resetIds.has(streamId)) return this.#countEmpty();
    throw new ConnectionError(ErrorCode.STREAM_CLOSED, 'a frame of a closed stream');
  }

  #onPriority(streamId: number, payload: Buffer): void {
    if (streamId === 0) throw protocolError('PRIORITY on stream 0');
    this.#countControl();
    if (payload.length === 5) return;
    // A stream that is idle cannot be reset (section 6.4).
    if (streamId > this.#lastStreamId || streamId % 2 === 0)
      throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, 'a PRIORITY of a wrong size');
    throw new StreamError(ErrorCode.FRAME_SIZE_ERROR, streamId, 'a PRIORITY of a wrong size');
  }

  #onReset(streamId: number, payload: Buffer): void {
    if (streamId === 0 || streamId > this.#lastStreamId || streamId % 2 === 0)
      throw protocolError('RST_STREAM of an idle stream');
    if (payload.length !== 4) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, 'an RST_STREAM of a wrong size');
    this.#countReset('streams are reset too fast');
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    this.#forget(stream);
    stream.onAbort(payload.readUInt32BE(0) as ErrorCode);
  }

  #onSettings({ flags, streamId }: FrameHeader, payload: Buffer): void {
    if (streamId !== 0) throw protocolError('SETTINGS on a stream');
    if ((flags & Flag.ACK) !== 0) {
      if (payload.length > 0) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, 'an acknowledgement with settings');
      this.#isAcknowledged = true;
      return;
    }
    this.#countControl(1 + Math.floor(this.#streams.size / STREAMS_OF_A_SETTING));
    this.#hasSettings = true;
    const before = this.#peer.initialWindow;
    applySettings(this.#peer, payload, (bytes) => this.#encoder.allowTable(bytes));
    this.#changeWindows(this.#peer.initialWindow - before);
    this.#output.frame({ type: FrameType.SETTINGS, flags: Flag.ACK, streamId: 0 }, NOTHING);
  }

  /** A new initial window changes that of every open stream (section 6.9.2). */
  #changeWindows(change: number): void {
    if (change === 0) return;
    for (const stream of this.#streams.values()) {
      stream.sendWindow += change;
      if (stream.sendWindow > WINDOW_MAX)
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'a window above 2^31-1');
    }
    if (change > 0) this.#sendQueue.widenedAll(this.#streams.values());
  }

  #onPing({ flags, streamId }: FrameHeader, payload: Buffer): void {
    if (streamId !== 0) throw protocolError('PING on a stream');
    if (payload.length !== PING_BYTES) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, 'a PING of a wrong size');
    if ((flags & Flag.ACK) !== 0) return;
    this.#countControl();
    this.#output.frame({ type: FrameType.PING, flags: Flag.ACK, streamId: 0 }, payload);
  }

  #onWindowUpdate(streamId: number, payload: Buffer): void {
    if (payload.length !== 4) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, 'a WINDOW_UPDATE of a wrong size');
    const increment = payload.readUInt32BE(0) & WINDOW_MAX;
    if (streamId !== 0 && (streamId > this.#lastStreamId || streamId % 2 === 0))
      throw protocolError('WINDOW_UPDATE of an idle stream');
    if (increment === 0) {
      if (streamId === 0) throw protocolError('a WINDOW_UPDATE of 0');
      throw new StreamError(ErrorCode.PROTOCOL_ERROR, streamId, 'a WINDOW_UPDATE of 0');
    }
    if (increment < SMALL_UPDATE_BYTES) this.#countEmpty();
    if (streamId === 0) {
      if (!this.#sendQueue.widen(increment))
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'a window above 2^31-1');
      return;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    stream.sendWindow += increment;
    if (stream.sendWindow > WINDOW_MAX)
      throw new StreamError(ErrorCode.FLOW_CONTROL_ERROR, streamId, 'a window above 2^31-1');
    this.#sendQueue.widened(stream);
  }

  #creditConnection(bytes: number): void {
    this.#creditBytes += bytes;
    if (this.#creditBytes < this.#options.limits.connectionWindow / 2) return;
    this.#receiveWindow += this.#creditBytes;
    this.#windowUpdate(0, this.#creditBytes);
    this.#creditBytes = 0;
  }

  #windowUpdate(streamId: number, bytes: number): void {
    if (bytes > 0) this.#writeCode(FrameType.WINDOW_UPDATE, streamId, bytes);
  }

  /** A header section, in as many frames as the client's largest frame requires (sections 4.2 and 6.10). */
  #writeHeaders(streamId: number, fields: readonly OutgoingField[], flags: number): void {
    const block = this.#encoder.encode(fields);
    const bytesMax = this.#peer.frameBytesMax;
    let end = Math.min(block.length, bytesMax);
    const isWhole = end === block.length ? Flag.END_HEADERS : 0;
    this.#output.frame({ type: FrameType.HEADERS, flags: flags | isWhole, streamId }, block.subarray(0, end));
    while (end < block.length) {
      const begin = end;
      end = Math.min(block.length, begin + bytesMax);
      const isLast = end === block.length ? Flag.END_HEADERS : 0;
      this.#output.frame({ type: FrameType.CONTINUATION, flags: isLast, streamId }, block.subarray(begin, end));
    }
  }

  /** A frame whose payload is one 32-bit number. */
  #writeCode(type: number, streamId: number, value: number): void {
    const payload = Buffer.allocUnsafe(4);
    payload.writeUInt32BE(value, 0);
    this.#output.frame({ type, flags: 0, streamId }, payload);
  }

  #writeGoAway(code: ErrorCode, reason: string): void {
    const text = Buffer.from(reason);
    const payload = Buffer.alloc(8 + text.length);
    payload.writeUInt32BE(this.#lastStreamId, 0);
    payload.writeUInt32BE(code, 4);
    text.copy(payload, 8);
    this.#output.frame({ type: FrameType.GOAWAY, flags: 0, streamId: 0 }, payload);
  }

  /** All data of the stream has been sent: its trailers follow. */
  #endStream(stream: ServerStream): void {
    if (stream.trailers === undefined || stream.isClosed) return;
    this.#writeHeaders(stream.id, stream.trailers, Flag.END_STREAM);
    stream.trailers = undefined;
    this.#forgetIfOver(stream);
    // The rest of a request that was answered early is not wanted (section 8.1).
    if (!stream.isRemoteClosed) this.reset(stream, ErrorCode.NO_ERROR);
  }

  #forgetIfOver(stream: ServerStream): void {
    if (stream.isRemoteClosed && stream.isLocalClosed && stream.trailers === undefined) this.#forget(stream);
  }

  #forget(stream: ServerStream): void {
    if (stream.isClosed) return;
    stream.isClosed = true;
    this.#sendQueue.drop(stream);
    this.#streams.delete(stream.id);
    if (this.#isDraining && this.#streams.size === 0) this.#finish();
  }

  #refuse(streamId: number, code: ErrorCode): void {
    this.#rememberReset(streamId);
    this.#writeCode(FrameType.RST_STREAM, streamId, code);
  }

  #rememberReset(streamId: number): void {
    this.#resetIds.add(streamId);
    if (this.#resetIds.size <= RESET_IDS_MAX) return;
    const [oldest = 0] = this.#resetIds;
    this.#resetIds.delete(oldest);
    this.#forgottenResetId = Math.max(this.#forgottenResetId, oldest);
  }

  /** The client has broken a rule on a stream: resets that it causes count as its own (MadeYouReset). */
  #resetByRule({ code, streamId, message }: StreamError): void {
    this.#options.onViolation?.(code, message);
    this.#countReset('streams are broken too fast');
    const stream = this.#streams.get(streamId);
    this.#refuse(streamId, code);
    if (stream === undefined) return;
    this.#forget(stream);
    stream.onAbort(code);
  }

  #countReset(reason: string): void {
    if (!this.#resets.take()) throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, reason);
  }

  #countControl(count = 1): void {
    if (!this.#controlFrames.take(count))
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, 'too many control frames');
  }

  #countEmpty(): void {
    if (!this.#emptyFrames.take())
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, 'too many frames without content');
  }

  /** Ends the connection because of an error: GOAWAY, and the socket goes (section 5.4.1). */
  #fail(error: unknown): void {
    if (this.#isEnding) return;
    const { code, message } =
      error instanceof ConnectionError ? error : { code: ErrorCode.INTERNAL_ERROR, message: 'internal error' };
    this.#options.onViolation?.(code, error instanceof ConnectionError ? message : String(error));
    this.#writeGoAway(code, message);
    this.#finish();
  }

  /** Sends the remaining output, and closes; a client that does not read it is cut off. */
  #finish(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { socket } = this.#options;
    this.#output.flush();
    socket.end();
    const cut = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(cut));
    this.#abortAll();
  }

  #closed(): void {
    this.#isEnding = true;
    this.#abortAll();
    this.#options.onClose(this);
  }

  #abortAll(): void {
    const open = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of open) {
      if (stream.isClosed) continue;
      stream.isClosed = true;
      this.#sendQueue.drop(stream);
      stream.onAbort(undefined);
    }
  }
}

const NOTHING = Buffer.alloc(0);
const TOO_LARGE: readonly OutgoingField[] = [{ name: ':status', value: '431' }];

/** Section 8.1.1. */
function isOffLength({ bodyBytes, contentLength = 0 }: ServerStream, isLast: boolean): boolean {
  return isLast ? bodyBytes !== contentLength : bodyBytes > contentLength;
}

function protocolError(reason: string): ConnectionError {
  return new ConnectionError(ErrorCode.PROTOCOL_ERROR, reason);
}
