import type { Clock } from '../../ports/clock.js';
import { wholeMessage } from '../../rpc/encoded-message.js';
import type { StreamCall, UnaryCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { Signal } from '../../util/signal.js';
import { Errors, rangeNotRead } from './errors.js';
import type { ReadOptions } from './read-level.js';
import type { Evaluate, Reader } from './reader.js';
import { ClientPace } from './client-pace.js';

/** Bound on the streams of one kind, as each keeps overwritten data in the engine. */
const STREAMS_MAX = 32;
/** Time without progress of the client after which its stream is ended, in ms. */
export const READ_STREAM_STALL_MS = 120_000;

export interface ReadStreamsOptions {
  readonly reader: Pick<Reader, 'serve'>;
  readonly clock: Clock;
  /** Why this member serves stale reads only; undefined for a voter. */
  readonly refusal: () => Status | undefined;
}

/** Sends a message of a stream. Resolves with false if the stream has ended. */
export type SendMessage = (message: Uint8Array) => Promise<boolean>;

/** Reads of one state whose answers are streams of messages. A slow client delays only its own stream. */
export class ReadStreams<T> {
  readonly #options: ReadStreamsOptions;
  /** By call, the signal that wakes its sender. */
  readonly #running = new Map<StreamCall<T>, Signal>();
  #stopped = false;

  constructor(options: ReadStreamsOptions) {
    this.#options = options;
  }

  /**
   * Serves a call.
   * @param read.evaluate reads and sends, once the member is fresh enough; its result is the last message
   * @param read.wrap makes the last message. Default: the response itself
   */
  begin(
    call: StreamCall<T>,
    level: ReadOptions,
    read: {
      readonly evaluate: (send: SendMessage) => ReturnType<Evaluate>;
      readonly wrap?: (response: Uint8Array) => Uint8Array;
    },
  ): void {
    const { reader, clock, refusal } = this.#options;
    if (this.#stopped) return call.fail(Errors.stopped);
    const refused = level.level === 'stale' ? undefined : refusal();
    if (refused !== undefined) return call.fail(refused);
    if (this.#running.size >= STREAMS_MAX) return call.fail(Errors.tooManyRequests);
    const wake = new Signal();
    call.onCancel(() => wake.set());
    call.onDrain(() => wake.set());
    this.#running.set(call, wake);
    const { evaluate, wrap = (response) => response } = read;
    const asUnary = lastMessage(call, () => this.#running.delete(call), wrap);
    const pace = new ClientPace({ clock, wake, stallMs: READ_STREAM_STALL_MS });
    const send: SendMessage = async (message) => {
      const tooSlow = await pace.isTooSlow(message.length, call.send(message));
      if (tooSlow && !call.cancelled) asUnary.fail(rangeNotRead);
      return !tooSlow && !this.#stopped && !call.cancelled;
    };
    reader.serve(asUnary, level, () => evaluate(send));
  }

  /** Ends all streams, and refuses new ones. */
  stop(): void {
    this.#stopped = true;
    const running = [...this.#running];
    this.#running.clear();
    for (const [call, wake] of running) {
      call.fail(Errors.stopped);
      wake.set();
    }
  }
}

/**
 * Adapts a stream to the reader, whose response is the last message.
 * @param ended returns whether the stream was still running
 * @param wrap makes the message of the stream
 */
function lastMessage<T>(
  call: StreamCall<T>,
  ended: () => boolean,
  wrap: (response: Uint8Array) => Uint8Array,
): UnaryCall {
  call.onCancel(() => void ended());
  return {
    certificate: call.certificate,
    metadata: (name) => call.metadata(name),
    remainingMs: () => call.remainingMs(),
    get cancelled() {
      return call.cancelled;
    },
    onCancel: (callback) => call.onCancel(callback),
    respond: (body, trailers) => {
      if (!ended()) return;
      call.send(wrap(wholeMessage(body)));
      call.end(trailers);
    },
    fail: (status, trailers) => {
      if (ended()) call.fail(status, trailers);
    },
  };
}
