import { IntegerTable } from '../../util/integer-table.js';
import { ConnectionError, ErrorCode, protocolError } from './errors.js';
import type { HostStreams } from './host-streams.js';
import type { ServerStream } from './stream.js';

export interface StreamTableOptions {
  /** Discards what a stream that is over has queued. */
  readonly discard: (stream: ServerStream) => void;
  /** Called when the last open stream is over. */
  readonly onEmpty: () => void;
  /** Streams of all connections of the host. Default: not counted. */
  readonly host?: HostStreams | undefined;
}

/** Maximum number of remembered streams that the server has reset, whose frames may still arrive. */
const RESET_IDS_MAX = 1024;

/** The streams of a connection in the states of RFC 9113, section 5.1: idle, open and closed. */
export class StreamTable {
  readonly #options: StreamTableOptions;
  readonly #open = new IntegerTable<ServerStream>();
  readonly #resetIds = new Set<number>();
  /** The latest stream that was dropped from `#resetIds`: older ones may have been reset. */
  #forgottenResetId = 0;
  /** Highest stream that the client has begun. */
  lastId = 0;

  constructor(options: StreamTableOptions) {
    this.#options = options;
  }

  /** Number of open streams. */
  get size(): number {
    return this.#open.size;
  }

  /** The host has as many streams as it serves, and this connection more than a few of them. */
  get isHostFull(): boolean {
    return this.#options.host?.refuses(this.#open.size) === true;
  }

  get(id: number): ServerStream | undefined {
    return this.#open.get(id);
  }

  /** In no particular order. */
  all(): readonly ServerStream[] {
    return this.#open.values();
  }

  add(stream: ServerStream): void {
    this.#open.set(stream.id, stream);
    this.#options.host?.count(stream.weight);
  }

  /** The client has not begun the stream, or only the server could. */
  isIdle(id: number): boolean {
    return id > this.lastId || id % 2 === 0;
  }

  /** The stream is over: the table forgets it. */
  close(stream: ServerStream): void {
    if (stream.isClosed) return;
    stream.isClosed = true;
    if (stream.queuedBytes > 0) this.#options.discard(stream);
    this.#open.delete(stream.id);
    this.#options.host?.count(-stream.weight);
    if (this.#open.size === 0) this.#options.onEmpty();
  }

  /** The server has reset a stream, of which the client learns later. */
  rememberReset(id: number): void {
    this.#resetIds.add(id);
    if (this.#resetIds.size <= RESET_IDS_MAX) return;
    const [oldest = 0] = this.#resetIds;
    this.#resetIds.delete(oldest);
    this.#forgottenResetId = Math.max(this.#forgottenResetId, oldest);
  }

  /** A frame of a stream that is not open has come. @throws ConnectionError unless it may be ignored */
  checkLate(id: number): void {
    if (this.isIdle(id)) throw protocolError('a frame of an idle stream');
    if (id <= this.#forgottenResetId || this.#resetIds.has(id)) return;
    throw new ConnectionError(ErrorCode.STREAM_CLOSED, 'a frame of a closed stream');
  }

  /** The connection is gone. */
  abortAll(): void {
    const open = this.#open.values().sort((left, right) => left.id - right.id);
    this.#open.clear();
    for (const stream of open) {
      if (stream.isClosed) continue;
      stream.isClosed = true;
      this.#options.host?.count(-stream.weight);
      if (stream.queuedBytes > 0) this.#options.discard(stream);
      stream.onAbort(undefined);
    }
  }
}
