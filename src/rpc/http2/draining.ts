import { ErrorCode } from './errors.js';
import type { Frame } from './frame.js';
import type { FrameWriter } from './frame-writer.js';
import { STREAM_ID_MAX } from './frames.js';
import type { Http2Limits } from './limits.js';
import type { StreamTable } from './stream-table.js';

export interface DrainingOptions {
  readonly limits: Http2Limits;
  readonly writer: FrameWriter;
  readonly streams: StreamTable;
  /** Called when the connection may close: nothing is under way, and the client knows that nothing more is taken. */
  readonly onDone: () => void;
}

/** Payload of the PING that follows the first GOAWAY. */
const MARK = Buffer.from('draining');

/**
 * The graceful end of a connection (RFC 9113, section 6.8). A first GOAWAY names the highest stream of all, so that requests on
 * their way are still served. Once the client has acknowledged a PING sent after it, or a time has passed, a second one names
 * the last stream, and later ones are refused.
 */
export class Draining {
  readonly #options: DrainingOptions;
  #state: 'open' | 'announced' | 'final' = 'open';
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DrainingOptions) {
    this.#options = options;
  }

  /** The end has been announced. */
  get hasBegun(): boolean {
    return this.#state !== 'open';
  }

  /** New streams are refused. */
  get isFinal(): boolean {
    return this.#state === 'final';
  }

  begin(): void {
    if (this.#state !== 'open') return;
    this.#state = 'announced';
    const { limits, writer } = this.#options;
    writer.goAway(STREAM_ID_MAX, ErrorCode.NO_ERROR, '');
    writer.ping(MARK);
    this.#timer = setTimeout(() => this.#finish(), limits.drainMs);
  }

  /** The client has acknowledged a PING. */
  acknowledged(frame: Frame): void {
    if (this.#state === 'announced' && MARK.equals(frame.payload())) this.#finish();
  }

  /** The last open stream is over. */
  emptied(): void {
    if (this.#state === 'final') this.#options.onDone();
  }

  /** The connection is gone. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #finish(): void {
    if (this.#state === 'final') return;
    clearTimeout(this.#timer);
    this.#state = 'final';
    const { writer, streams, onDone } = this.#options;
    writer.goAway(streams.lastId, ErrorCode.NO_ERROR, '');
    if (streams.size === 0) onDone();
  }
}
