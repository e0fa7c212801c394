import { etcdserverpb } from '../../gen/proto.js';
import type { Rights } from '../../kv/auth/auth-state.js';
import { mayRead } from '../../kv/auth/requests.js';
import { checkRange } from '../../kv/commands/checks.js';
import type { KvStore, ReadResult } from '../../kv/store.js';
import { MessageBuilder } from '../../kv/format/wire.js';
import type { Clock } from '../../ports/clock.js';
import { stream, type Method, type StreamCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { Signal } from '../../util/signal.js';
import type { Access } from './access.js';
import { Errors, rangeNotRead, statusOf } from './errors.js';
import { readOptions } from './read-level.js';
import type { Reader, RefusedRead } from './reader.js';
import { stalls } from './stall.js';
import { lastMessage } from './stream-answer.js';

const { RangeRequest } = etcdserverpb;
type Request = ReturnType<typeof RangeRequest.decode>;
type Call = StreamCall<Request>;

/** Bound on streams, as each keeps overwritten data in the engine. */
const STREAMS_MAX = 32;
/** Time without progress of the client after which its stream is ended, in ms. */
export const RANGE_STREAM_STALL_MS = 120_000;

/** What counts reads by key. */
export interface ReadCounter {
  readonly reads: { sample(): number };
  read(request: Request, weight: number): void;
}

export interface RangeStreamsOptions {
  readonly store: KvStore;
  readonly reader: Pick<Reader, 'serve'>;
  readonly clock: Clock;
  readonly access: Access;
  /** Counts reads by key; undefined if they are not counted. */
  readonly hot?: ReadCounter | undefined;
  /** Why this member serves stale reads only; undefined for a voter. */
  readonly refusal: () => Status | undefined;
}

/**
 * KV.RangeStream: a range in pieces, as of one revision. All messages merged equal the response of Range; `header`,
 * `count` and `more` are in the last one, as in etcd. A slow client delays only its own stream.
 */
export class RangeStreams {
  readonly #options: RangeStreamsOptions;
  /** By call, the signal that wakes its sender. */
  readonly #running = new Map<Call, Signal>();
  #stopped = false;

  constructor(options: RangeStreamsOptions) {
    this.#options = options;
  }

  method(): Method {
    return stream('server-stream', {
      path: '/etcdserverpb.KV/RangeStream',
      decode: (body) => RangeRequest.decode(body),
      handle: (call: Call) => call.onMessage((request) => this.#begin(call, request)),
    });
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

  #begin(call: Call, request: Request): void {
    const { reader, store, clock, access, hot, refusal } = this.#options;
    if (this.#stopped) return call.fail(Errors.stopped);
    const problem = checkRange(request);
    if (problem !== undefined) return call.fail(statusOf(problem));
    const level = readOptions(call, request);
    if (level.kind === 'error') return call.fail(level.status);
    const refused = level.value.level === 'stale' ? undefined : refusal();
    if (refused !== undefined) return call.fail(refused);
    if (this.#running.size >= STREAMS_MAX) return call.fail(Errors.tooManyRequests);
    const wake = new Signal();
    call.onCancel(() => wake.set());
    call.onDrain(() => wake.set());
    this.#running.set(call, wake);
    const asUnary = lastMessage(call, () => this.#running.delete(call), wrapped);
    const permits = (rights: Rights): boolean => mayRead(rights, request);
    reader.serve(asUnary, level.value, async (): Promise<ReadResult | RefusedRead> => {
      // Of the state that the walk begins with: no turn is between them.
      const status = access.enabled ? access.refusal({ call, permits }) : undefined;
      if (status !== undefined) return { kind: 'refused', status };
      const weight = hot?.reads.sample() ?? 0;
      if (weight > 0) hot?.read(request, weight);
      const result = await store.rangeInPieces(request, async (body) => {
        const room = call.send(wrapped(body));
        const stalled = !room && (await stalls(wake, clock, RANGE_STREAM_STALL_MS));
        if (stalled && !call.cancelled) asUnary.fail(rangeNotRead);
        return !stalled && !this.#stopped && !call.cancelled;
      });
      // The stream has ended, so the result is dropped.
      return result ?? { kind: 'ok', body: new Uint8Array(0), revision: store.revision(), appliedIndex: 0 };
    });
  }
}

/** Wraps an encoded RangeResponse in a RangeStreamResponse. */
function wrapped(rangeResponse: Uint8Array): Uint8Array {
  return new MessageBuilder().bytes(1, rangeResponse).finish();
}
