import { ContentCredit } from './content-credit.js';
import type { Draining } from './draining.js';
import { ConnectionError, ErrorCode, frameSizeError, protocolError, StreamError, tooMuch } from './errors.js';
import type { Floods } from './floods.js';
import type { Frame } from './frame.js';
import type { FrameWriter } from './frame-writer.js';
import { Flag, PING_BYTES, WINDOW_MAX } from './frames.js';
import type { HpackEncoder } from './hpack-encoder.js';
import type { PingPolicy } from './ping-policy.js';
import type { SendQueue } from './send-queue.js';
import { applySettings, type PeerSettings } from './settings.js';
import type { StreamTable } from './stream-table.js';
import type { TimeLimits } from './time-limits.js';

export interface ControlFramesOptions {
  readonly peer: PeerSettings;
  readonly writer: FrameWriter;
  readonly encoder: HpackEncoder;
  readonly streams: StreamTable;
  readonly sendQueue: SendQueue;
  readonly floods: Floods;
  readonly timeLimits: TimeLimits;
  readonly pings: PingPolicy;
  readonly draining: Draining;
  /** Monotonic time in ms. */
  readonly now: () => number;
}

/** A WINDOW_UPDATE of fewer bytes counts as empty. */
const SMALL_UPDATE_BYTES = 64;
/** A SETTINGS frame counts once more for each so many streams, whose windows it changes. */
const STREAMS_OF_A_SETTING = 64;
const CODE_BYTES = 4;
const PRIORITY_BYTES = 5;
const GOAWAY_BYTES_MIN = 8;

/** What the frames that carry no request do to a connection. Each throws for a frame that breaks a rule. */
export class ControlFrames {
  readonly #options: ControlFramesOptions;
  readonly #earnedPings = new ContentCredit(1);
  /** One for the stream and one for the connection. */
  readonly #earnedUpdates = new ContentCredit(2);

  constructor(options: ControlFramesOptions) {
    this.#options = options;
  }

  /** RFC 9113, section 6.5. */
  settings(frame: Frame): void {
    const { peer, writer, encoder, streams, floods, timeLimits } = this.#options;
    if (frame.streamId !== 0) throw protocolError('SETTINGS on a stream');
    if (frame.has(Flag.ACK)) {
      if (frame.length > 0) throw frameSizeError('an acknowledgement');
      timeLimits.isAcknowledged = true;
      return;
    }
    floods.countControl(1 + Math.floor(streams.size / STREAMS_OF_A_SETTING));
    timeLimits.hasSettings = true;
    const before = peer.initialWindow;
    applySettings(peer, frame.payload(), (bytes) => encoder.allowTable(bytes));
    // Before anything that the new values allow (section 6.5.3).
    writer.settingsAck();
    this.#changeWindows(peer.initialWindow - before);
  }

  /** A new initial window changes that of every open stream (section 6.9.2). */
  #changeWindows(change: number): void {
    if (change === 0) return;
    const { streams, sendQueue } = this.#options;
    for (const stream of streams.all()) {
      stream.sendWindow += change;
      if (stream.sendWindow > WINDOW_MAX) throw windowError();
    }
    if (change > 0) sendQueue.widenedAll(streams.all());
  }

  /** Section 6.7. */
  ping(frame: Frame): void {
    const { writer, streams, floods, pings, draining, now } = this.#options;
    if (frame.streamId !== 0) throw protocolError('PING on a stream');
    if (frame.length !== PING_BYTES) throw frameSizeError('a PING');
    if (frame.has(Flag.ACK)) return draining.acknowledged(frame);
    if (!this.#earnedPings.take(writer.contentFrames)) floods.countControl();
    if (!pings.allows({ nowMs: now(), streams: streams.size, contentFrames: writer.contentFrames })) {
      // The text by which clients recognise that they must ping less often.
      throw tooMuch('ping_rate', 'too_many_pings');
    }
    writer.pingAck(frame.payload());
  }

  /** Section 6.9. */
  windowUpdate(frame: Frame): void {
    const { streams, sendQueue, floods, writer } = this.#options;
    const { streamId } = frame;
    if (frame.length !== CODE_BYTES) throw frameSizeError('a WINDOW_UPDATE');
    const increment = frame.uint32(0) & WINDOW_MAX;
    if (streamId !== 0 && streams.isIdle(streamId)) throw protocolError('WINDOW_UPDATE of an idle stream');
    if (increment === 0) {
      if (streamId === 0) throw protocolError('a WINDOW_UPDATE of 0');
      throw new StreamError(ErrorCode.PROTOCOL_ERROR, streamId, 'a WINDOW_UPDATE of 0');
    }
    if (increment < SMALL_UPDATE_BYTES && !this.#earnedUpdates.take(writer.contentFrames)) floods.countEmpty();
    if (streamId === 0) {
      if (!sendQueue.widen(increment)) throw windowError();
      return;
    }
    const stream = streams.get(streamId);
    if (stream === undefined) return;
    stream.sendWindow += increment;
    if (stream.sendWindow > WINDOW_MAX)
      throw new StreamError(ErrorCode.FLOW_CONTROL_ERROR, streamId, 'a window above 2^31-1');
    sendQueue.widened(stream);
  }

  /** Section 6.4. */
  reset(frame: Frame): void {
    const { streams, floods } = this.#options;
    const { streamId } = frame;
    if (streamId === 0 || streams.isIdle(streamId)) throw protocolError('RST_STREAM of an idle stream');
    if (frame.length !== CODE_BYTES) throw frameSizeError('an RST_STREAM');
    floods.countReset('streams are reset too fast');
    const stream = streams.get(streamId);
    if (stream === undefined) return;
    const code = frame.uint32(0) as ErrorCode;
    streams.close(stream);
    stream.onAbort(code);
  }

  /** Section 6.3: priorities are ignored. */
  priority(frame: Frame): void {
    const { streams, floods } = this.#options;
    if (frame.streamId === 0) throw protocolError('PRIORITY on stream 0');
    floods.countControl();
    if (frame.length !== PRIORITY_BYTES) {
      // A stream that is idle cannot be reset (section 6.4).
      if (streams.isIdle(frame.streamId)) throw frameSizeError('a PRIORITY');
      throw new StreamError(ErrorCode.FRAME_SIZE_ERROR, frame.streamId, 'a PRIORITY of a wrong size');
    }
  }

  /** Section 6.8: the client begins no more streams that the server must know of, since a server begins none. */
  goAway(frame: Frame): void {
    if (frame.streamId !== 0) throw protocolError('GOAWAY on a stream');
    if (frame.length < GOAWAY_BYTES_MIN) throw frameSizeError('a GOAWAY');
    this.#options.floods.countControl();
  }
}

function windowError(): ConnectionError {
  return new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'a window above 2^31-1');
}
