import { raftkvpb } from '../../gen/proto.js';
import type { EncodedBody } from '../../kv/format/wire.js';
import type { KvStore } from '../../kv/store.js';
import { wholeMessage } from '../../rpc/encoded-message.js';
import { stream, type Method, type StreamCall } from '../../rpc/service.js';
import type { Access } from '../requests/access.js';
import type { Headers } from '../requests/header.js';
import { ReadStreams, type ReadStreamsOptions } from '../requests/read-streams.js';
import { queryOptions, queryRefusal } from './index-service.js';

const { IndexQueryRequest } = raftkvpb;
type Call = StreamCall<raftkvpb.IndexQueryRequest>;

export interface IndexStreamsOptions extends ReadStreamsOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly access: Access;
}

/** Index.QueryStream: all pages of a query, from one state. */
export class IndexStreams {
  readonly #options: IndexStreamsOptions;
  readonly #streams: ReadStreams<raftkvpb.IndexQueryRequest>;

  constructor(options: IndexStreamsOptions) {
    this.#options = options;
    this.#streams = new ReadStreams(options);
  }

  method(): Method {
    return stream('server-stream', {
      path: '/raftkvpb.Index/QueryStream',
      decode: (body) => IndexQueryRequest.decode(body),
      handle: (call: Call) => call.onMessage((request) => this.#begin(call, request)),
    });
  }

  /** See ReadStreams. */
  stop(): void {
    this.#streams.stop();
  }

  #begin(call: Call, request: raftkvpb.IndexQueryRequest): void {
    const { store, access, headers } = this.#options;
    const level = queryOptions(store, call, request);
    if (level.kind === 'error') return call.fail(level.status);
    this.#streams.begin(call, level.value, {
      evaluate: async (send) => {
        // Of the state that the walk begins with: no turn is between them.
        const denied = queryRefusal({ store, access }, call, request.index);
        if (denied !== undefined) return { kind: 'refused', status: denied };
        const sendPage = ({
          body,
          revision,
        }: {
          readonly body: EncodedBody;
          readonly revision: number;
        }): Promise<boolean> => send(wholeMessage(headers.inFrontOf(body, revision)));
        return await store.queryIndexInPages(request, sendPage, call);
      },
    });
  }
}
