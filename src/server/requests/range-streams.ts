import { etcdserverpb } from '../../gen/proto.js';
import type { Rights } from '../../kv/auth/auth-state.js';
import { mayRead } from '../../kv/auth/requests.js';
import { checkRange } from '../../kv/commands/checks.js';
import type { KvStore, ReadResult } from '../../kv/store.js';
import { MessageBuilder } from '../../kv/format/wire.js';
import { stream, type Method, type StreamCall } from '../../rpc/service.js';
import type { Access } from './access.js';
import { statusOf } from './errors.js';
import { readOptions } from './read-level.js';
import type { RefusedRead } from './reader.js';
import { ReadStreams, type ReadStreamsOptions, type SendMessage } from './read-streams.js';

const { RangeRequest } = etcdserverpb;
type Request = ReturnType<typeof RangeRequest.decode>;
type Call = StreamCall<Request>;

/** What counts reads by key. */
export interface ReadCounter {
  readonly reads: { sample(): number };
  read(request: Request, weight: number): void;
}

export interface RangeStreamsOptions extends ReadStreamsOptions {
  readonly store: KvStore;
  readonly access: Access;
  /** Counts reads by key; undefined if they are not counted. */
  readonly hot?: ReadCounter | undefined;
}

/**
 * KV.RangeStream: a range in pieces, as of one revision. All messages merged equal the response of Range; `header`,
 * `count` and `more` are in the last one, as in etcd.
 */
export class RangeStreams {
  readonly #options: RangeStreamsOptions;
  readonly #streams: ReadStreams<Request>;

  constructor(options: RangeStreamsOptions) {
    this.#options = options;
    this.#streams = new ReadStreams(options);
  }

  method(): Method {
    return stream('server-stream', {
      path: '/etcdserverpb.KV/RangeStream',
      decode: (body) => RangeRequest.decode(body),
      handle: (call: Call) => call.onMessage((request) => this.#begin(call, request)),
    });
  }

  /** See ReadStreams. */
  stop(): void {
    this.#streams.stop();
  }

  #begin(call: Call, request: Request): void {
    const { store, access, hot } = this.#options;
    const problem = checkRange(request);
    if (problem !== undefined) return call.fail(statusOf(problem));
    const level = readOptions(call, request);
    if (level.kind === 'error') return call.fail(level.status);
    const permits = (rights: Rights): boolean => mayRead(rights, request);
    const evaluate = async (send: SendMessage): Promise<ReadResult | RefusedRead> => {
      // Of the state that the walk begins with: no turn is between them.
      const status = access.enabled ? access.refusal({ call, permits }) : undefined;
      if (status !== undefined) return { kind: 'refused', status };
      const weight = hot?.reads.sample() ?? 0;
      if (weight > 0) hot?.read(request, weight);
      const result = await store.rangeInPieces(request, (body) => send(wrapped(body)), call);
      // The stream has ended, so the result is dropped.
      return result ?? { kind: 'ok', body: new Uint8Array(0), revision: store.revision(), appliedIndex: 0 };
    };
    this.#streams.begin(call, level.value, { evaluate, wrap: wrapped });
  }
}

/** Wraps an encoded RangeResponse in a RangeStreamResponse. */
function wrapped(rangeResponse: Uint8Array): Uint8Array {
  return new MessageBuilder().bytes(1, rangeResponse).finish();
}
