import type { Socket } from 'node:net';
import type { OnLimit } from '../../util/limit-hits.js';
import { ControlFrames } from './control-frames.js';
import { Draining } from './draining.js';
import { ConnectionError, ErrorCode, protocolError, StreamError } from './errors.js';
import { Floods } from './floods.js';
import type { Frame } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { FrameWriter } from './frame-writer.js';
import { Flag, FrameType } from './frames.js';
import { HpackEncoder, type OutgoingField } from './hpack-encoder.js';
import type { HostStreams } from './host-streams.js';
import type { InputTurns } from '../../util/input-turns.js';
import { KeepAlive } from './keep-alive.js';
import { IdleTime } from './idle-time.js';
import type { Http2Limits } from './limits.js';
import { Output } from './output.js';
import { PingPolicy } from './ping-policy.js';
import { ReceiveWindows } from './receive-windows.js';
import { RequestFrames, type RequestHandler } from './request-frames.js';
import { Sender, type WholeResponse } from './sender.js';
import { SendQueue } from './send-queue.js';
import { initialPeerSettings, Setting } from './settings.js';
import type { SourceRates } from './source-rates.js';
import type { ServerStream } from './stream.js';
import { SocketInput } from './socket-input.js';
import { StreamTable } from './stream-table.js';
import { TimeLimits } from './time-limits.js';

export interface ConnectionOptions {
  readonly socket: Socket;
  /** Takes the requests of this connection. */
  readonly handler: RequestHandler;
  readonly limits: Http2Limits;
  /** Monotonic time in ms. */
  readonly now: () => number;
  /** Shared by the connections of a host. Default: input is read as it comes. */
  readonly turns?: InputTurns;
  /** Shared by them too. Default: their streams are not counted together. */
  readonly hostStreams?: HostStreams;
  /** Shared by the connections from one address. Default: they are not counted together. */
  readonly sourceRates?: SourceRates;
  /** Called once the socket has closed. */
  readonly onClose: () => void;
  /** Called when a bound or a rule was broken. */
  readonly onViolation?: (code: ErrorCode, reason: string) => void;
  /** Called when a bound was exceeded. */
  readonly onLimit?: OnLimit;
}

/** Time limit for sending the last bytes of a closing connection, in ms. */
const LINGER_MS = 1_000;

/**
 * The server side of one HTTP/2 connection (RFC 9113): its life on a socket, and the order of frames. The other files of this
 * folder hold a rule each.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #reader = new FrameReader();
  readonly #input: SocketInput;
  readonly #output: Output;
  readonly #writer: FrameWriter;
  readonly #streams: StreamTable;
  readonly #sender: Sender;
  readonly #windows: ReceiveWindows;
  readonly #floods: Floods;
  readonly #requests: RequestFrames;
  readonly #control: ControlFrames;
  readonly #keepAlive: KeepAlive;
  readonly #timeLimits: TimeLimits;
  readonly #draining: Draining;
  readonly #idleTime: IdleTime;
  #isEnding = false;
  /** When the last bytes came, in ms of the options' clock. */
  receivedMs: number;

  constructor(options: ConnectionOptions) {
    const { socket, limits, now, handler } = options;
    this.#options = options;
    this.receivedMs = now();
    const peer = initialPeerSettings();
    const encoder = new HpackEncoder();
    const output = new Output(socket, () => {
      sendQueue.flushed();
      this.#readOn();
    });
    const writer = new FrameWriter(output, encoder);
    const end = (stream: ServerStream): void => sender.finish(stream);
    const sendQueue = new SendQueue({ output, writer, socket, peer, end });
    const streams = new StreamTable({
      discard: (stream) => sendQueue.drop(stream),
      onEmpty: () => draining.emptied(),
      host: options.hostStreams,
    });
    const sender = new Sender({ writer, output, sendQueue, streams });
    const draining = new Draining({ limits, writer, streams, onDone: () => this.#finish() });
    const floods = new Floods(limits, now, options.sourceRates);
    const windows = new ReceiveWindows(limits, writer);
    const timeLimits = new TimeLimits(limits, this.receivedMs);
    const pings = new PingPolicy(limits);
    const shared = { peer, writer, streams, floods, draining, onLimit: this.#onLimit };
    this.#requests = new RequestFrames({ ...shared, handler, limits, windows });
    this.#control = new ControlFrames({ ...shared, encoder, sendQueue, timeLimits, pings, now });
    this.#idleTime = new IdleTime(limits.idleMs, streams, this.receivedMs);
    this.#keepAlive = new KeepAlive(limits, writer, this.receivedMs);
    this.#input = new SocketInput({ socket, turns: options.turns, now, read: this.#receive });
    this.#output = output;
    this.#writer = writer;
    this.#streams = streams;
    this.#sender = sender;
    this.#windows = windows;
    this.#floods = floods;
    this.#timeLimits = timeLimits;
    this.#draining = draining;
    socket.on('drain', () => {
      sendQueue.flushed();
      this.#readOn();
    });
  }

  /** Begins to serve: sends the server's preface (section 3.4) and reads the client's. */
  start(): void {
    const { socket, limits } = this.#options;
    socket.setNoDelay(true);
    this.#writer.settings([
      [Setting.MAX_CONCURRENT_STREAMS, limits.concurrentStreams],
      [Setting.INITIAL_WINDOW_SIZE, limits.streamWindow],
      [Setting.MAX_HEADER_LIST_SIZE, limits.headerListBytes],
    ]);
    this.#windows.announce();
    this.#input.start();
    // Otherwise the socket would close in the turn in which its end has come, with the sockets of all other clients that have left.
    socket.allowHalfOpen = true;
    socket.on('end', () => this.#inTurn(() => this.#finish()));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#isEnding = true;
      this.#inTurn(() => this.#closed());
    });
  }

  /** Address and port of the client; undefined on a Unix socket. */
  get remote(): string | undefined {
    const { remoteAddress, remotePort } = this.#options.socket;
    return remoteAddress === undefined ? undefined : `${remoteAddress}:${remotePort}`;
  }

  get isClosed(): boolean {
    return this.#options.socket.destroyed;
  }

  /** Sends a header section. Trailers, which end the stream, go with `end`. */
  sendHeaders(stream: ServerStream, fields: readonly OutgoingField[]): void {
    this.#sender.headers(stream, fields);
  }

  /** Sends a part of the body, which must not change afterwards; what the windows do not allow waits. */
  sendData(stream: ServerStream, data: Uint8Array): void {
    this.#sender.data(stream, data);
  }

  /** Sends the last part of the body, which may be empty, and ends the server's side without trailers. */
  sendLast(stream: ServerStream, data: Uint8Array): void {
    this.#sender.last(stream, data);
  }

  /** Sends headers, body and trailers, and ends the server's side. */
  sendWhole(stream: ServerStream, response: WholeResponse): void {
    this.#sender.whole(stream, response);
  }

  /** Ends the server's side with trailers, after all data. */
  end(stream: ServerStream, trailers: readonly OutgoingField[]): void {
    this.#sender.end(stream, trailers);
  }

  /** Ends a stream at once. */
  reset(stream: ServerStream, code: ErrorCode): void {
    this.#sender.reset(stream, code);
  }

  /** Lets the client send as many more bytes on a stream. Credit of the connection is returned by itself. */
  credit(stream: ServerStream, bytes: number): void {
    this.#windows.credit(stream, bytes);
  }

  /** Asks the client to begin no more streams, and closes once the open ones have ended. */
  drain(): void {
    if (this.#isEnding) return;
    if (this.#timeLimits.hasSettings) this.#draining.begin();
    else this.#finish();
  }

  /** Closes at once. */
  destroy(): void {
    this.#options.socket.destroy();
  }

  /** Checks time limits and keep-alive; called about once a second. */
  check(): void {
    if (this.#isEnding) return;
    const nowMs = this.#options.now();
    try {
      this.#timeLimits.check(nowMs);
    } catch (error) {
      return this.#fail(error);
    }
    if (!this.#keepAlive.check(nowMs)) {
      this.#onLimit('keepalive_time');
      return this.destroy();
    }
    if (this.#draining.hasBegun || !this.#idleTime.isOver(nowMs)) return;
    this.#onLimit('idle_time');
    this.drain();
  }

  readonly #onLimit: OnLimit = (limit) => this.#options.onLimit?.(limit);

  readonly #receive = (chunk: Buffer, nowMs: number): void => {
    if (this.#isEnding) return;
    this.receivedMs = nowMs;
    this.#keepAlive.received(this.receivedMs);
    try {
      this.#reader.read(chunk, this.#onFrame);
    } catch (error) {
      this.#fail(error);
    }
    this.#timeLimits.received(this.receivedMs, this.#reader.isInside || this.#requests.isInsideBlock);
    // The client does not take what its frames cause. The keep-alive ends the connection if that remains so.
    if (this.#isFull() && !this.#isEnding) this.#input.pause();
  };

  #readOn(): void {
    if (this.#isEnding || !this.#isFull()) this.#input.resume();
  }

  #isFull(): boolean {
    return this.#output.untakenBytes > this.#options.limits.untakenBytes;
  }

  readonly #onFrame = (frame: Frame): void => {
    if (this.#isEnding) return;
    try {
      this.#dispatch(frame);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#resetByRule(error);
    }
    // What follows is another frame, unless a header block is to be continued.
    if (!this.#requests.isInsideBlock) this.#timeLimits.ended();
  };

  #dispatch(frame: Frame): void {
    const { type } = frame;
    if (!this.#timeLimits.hasSettings && (type !== FrameType.SETTINGS || frame.has(Flag.ACK))) {
      throw protocolError('the first frame is not SETTINGS');
    }
    if (this.#requests.isInsideBlock && type !== FrameType.CONTINUATION) {
      throw protocolError('a header block is interrupted by another frame');
    }
    switch (type) {
      case FrameType.DATA:
        return this.#requests.data(frame);
      case FrameType.HEADERS:
        return this.#requests.headers(frame);
      case FrameType.CONTINUATION:
        return this.#requests.continuation(frame);
      case FrameType.PRIORITY:
        return this.#control.priority(frame);
      case FrameType.RST_STREAM:
        return this.#control.reset(frame);
      case FrameType.SETTINGS:
        return this.#control.settings(frame);
      case FrameType.PUSH_PROMISE:
        throw protocolError('PUSH_PROMISE from a client');
      case FrameType.PING:
        return this.#control.ping(frame);
      case FrameType.GOAWAY:
        return this.#control.goAway(frame);
      case FrameType.WINDOW_UPDATE:
        return this.#control.windowUpdate(frame);
      default:
        // Frames of unknown types are ignored (section 4.1), within the bound on frames without content.
        this.#floods.countEmpty();
    }
  }

  /** The client has broken a rule on a stream: resets that it causes count as its own (MadeYouReset). */
  #resetByRule({ code, streamId, message }: StreamError): void {
    this.#options.onViolation?.(code, message);
    this.#floods.countViolation();
    const stream = this.#streams.get(streamId);
    this.#streams.rememberReset(streamId);
    this.#writer.reset(streamId, code);
    if (stream === undefined) return;
    this.#streams.close(stream);
    stream.onAbort(code);
  }

  /** Ends the connection because of an error: GOAWAY, and the socket goes (section 5.4.1). */
  #fail(error: unknown): void {
    if (this.#isEnding) return;
    const { code, message } =
      error instanceof ConnectionError ? error : { code: ErrorCode.INTERNAL_ERROR, message: 'internal error' };
    this.#options.onViolation?.(code, error instanceof ConnectionError ? message : String(error));
    if (error instanceof ConnectionError && error.limit !== undefined) this.#onLimit(error.limit);
    this.#writer.goAway(this.#streams.lastId, code, message);
    this.#finish();
  }

  /** Sends the remaining output, and closes; a client that does not read it is cut off. */
  #finish(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { socket } = this.#options;
    this.#output.flush();
    // Until its end comes, what the client still sends is read and dropped.
    this.#readOn();
    socket.end();
    const cut = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(cut));
    this.#draining.stop();
    this.#streams.abortAll();
  }

  /** An end takes its turn among the input of the host: thousands of clients may leave at once, each with many watches. */
  #inTurn(work: () => void): void {
    const { turns, now } = this.#options;
    if (turns === undefined || turns.begin(now())) work();
    else turns.defer(work);
  }

  #closed(): void {
    this.#draining.stop();
    this.#streams.abortAll();
    this.#options.onClose();
  }
}
