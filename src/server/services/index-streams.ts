import { raftkvpb } from '../../gen/proto.js';
import type { KvStore } from '../../kv/store.js';
import type { Clock } from '../../ports/clock.js';
import { wholeMessage } from '../../rpc/encoded-message.js';
import { stream, type Method, type StreamCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { Signal } from '../../util/signal.js';
import type { Access } from '../requests/access.js';
import { Errors, rangeNotRead } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import type { Reader } from '../requests/reader.js';
import { stalls } from '../requests/stall.js';
import { lastMessage } from '../requests/stream-answer.js';
import { RANGE_STREAM_STALL_MS } from '../requests/range-streams.js';
import { queryOptions, queryRefusal } from './index-service.js';

const { IndexQueryRequest } = raftkvpb;
type Call = StreamCall<raftkvpb.IndexQueryRequest>;

/** Bound on streams, as each keeps overwritten data in the engine. */
const STREAMS_MAX = 32;

export interface IndexStreamsOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly reader: Pick<Reader, 'serve'>;
  readonly clock: Clock;
  readonly access: Access;
  /** Why this member serves stale reads only; undefined for a voter. */
  readonly refusal: () => Status | undefined;
}

/** Index.QueryStream: all pages of a query, from one state. A slow client delays only its own stream. */
export class IndexStreams {
  readonly #options: IndexStreamsOptions;
  /** By call, the signal that wakes its sender. */
  readonly #running = new Map<Call, Signal>();
  #stopped = false;

  constructor(options: IndexStreamsOptions) {
    this.#options = options;
  }

  method(): Method {
    return stream('server-stream', {
      path: '/raftkvpb.Index/QueryStream',
      decode: (body) => IndexQueryRequest.decode(body),
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

  #begin(call: Call, request: raftkvpb.IndexQueryRequest): void {
    const { reader, store, access, clock, headers, refusal } = this.#options;
    if (this.#stopped) return call.fail(Errors.stopped);
    const options = queryOptions(call, request);
    if (options.kind === 'error') return call.fail(options.status);
    const refused = options.value.level === 'stale' ? undefined : refusal();
    if (refused !== undefined) return call.fail(refused);
    if (this.#running.size >= STREAMS_MAX) return call.fail(Errors.tooManyRequests);
    const wake = new Signal();
    call.onCancel(() => wake.set());
    call.onDrain(() => wake.set());
    this.#running.set(call, wake);
    const asUnary = lastMessage(call, () => this.#running.delete(call));
    reader.serve(asUnary, options.value, async () => {
      // Of the state that the walk begins with: no turn is between them.
      const denied = queryRefusal({ store, access }, call, request.index);
      if (denied !== undefined) return { kind: 'refused', status: denied };
      return await store.queryIndexInPages(request, async ({ body, revision }) => {
        const room = call.send(wholeMessage(headers.inFrontOf(body, revision)));
        const stalled = !room && (await stalls(wake, clock, RANGE_STREAM_STALL_MS));
        if (stalled && !call.cancelled) asUnary.fail(rangeNotRead);
        return !stalled && !this.#stopped && !call.cancelled;
      });
    });
  }
}
