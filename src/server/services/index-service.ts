import { raftkvpb } from '../../gen/proto.js';
import { mayQuery } from '../../kv/auth/requests.js';
import { kvError, type KvError } from '../../kv/errors.js';
import { unknownIndex } from '../../kv/indexes/index-compare.js';
import { infoOf } from '../../kv/indexes/index-info.js';
import { readDefinition } from '../../kv/indexes/definition.js';
import { originOf } from '../../kv/indexes/query-range.js';
import type { KvStore, ReadResult } from '../../kv/store.js';
import { unary, type CallContext, type Method, type UnaryCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import type { Access } from '../requests/access.js';
import { answerCommand } from '../requests/command-answer.js';
import type { ClientWrites } from '../requests/client-writes.js';
import { statusOf } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import { PUT_OVERHEAD_BYTES } from '../requests/quota.js';
import type { Evaluate, Reader, RefusedRead } from '../requests/reader.js';
import { readOptions, type ReadFields, type ReadOptions } from '../requests/read-level.js';

const { IndexCreateRequest, IndexDropRequest, IndexListRequest, IndexStatusRequest, IndexQueryRequest } = raftkvpb;

export interface IndexServiceOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly writes: ClientWrites;
  readonly reader: Pick<Reader, 'serve'>;
  readonly access: Access;
}

/** The Index service, without QueryStream (index-streams.ts). */
export function indexService({ store, headers, writes, reader, access }: IndexServiceOptions): readonly Method[] {
  const submit = (call: UnaryCall, kind: 'indexCreate' | 'indexDrop', request: Uint8Array): void => {
    writes.submit({
      call,
      kind,
      request,
      spaceBytes: kind === 'indexCreate' ? PUT_OVERHEAD_BYTES + request.length : 0,
      done: (outcome) => answerCommand(call, headers, outcome),
    });
  };
  const read = (call: UnaryCall, fields: ReadFields, evaluate: Evaluate): void => {
    const level = readOptions(call, fields);
    if (level.kind === 'error') call.fail(level.status);
    else reader.serve(call, level.value, evaluate);
  };
  const ok = (body: Uint8Array): ReadResult => {
    return { kind: 'ok', body, revision: store.revision(), appliedIndex: store.appliedIndex() };
  };
  const refused = (error: KvError): RefusedRead => ({ kind: 'refused', status: statusOf(error) });

  return [
    unary({
      path: '/raftkvpb.Index/Create',
      decode: (bytes) => ({ bytes, request: IndexCreateRequest.decode(bytes) }),
      handle: (call, { bytes, request }) => {
        const spec = readDefinition(request.definition);
        if (typeof spec === 'string') call.fail(statusOf(kvError('index-invalid', `index: ${spec}`)));
        else submit(call, 'indexCreate', bytes);
      },
    }),
    unary({
      path: '/raftkvpb.Index/Drop',
      decode: (bytes) => {
        IndexDropRequest.decode(bytes);
        return bytes;
      },
      handle: (call, bytes) => submit(call, 'indexDrop', bytes),
    }),
    unary({
      path: '/raftkvpb.Index/List',
      decode: (bytes) => IndexListRequest.decode(bytes),
      handle: (call, { readLevel }) =>
        read(call, atLevel(readLevel), () => {
          const names = [...store.indexes().byName.keys()].sort();
          const indexes = names.flatMap((name) => {
            const index = store.indexes().byName.get(name);
            return index === undefined ? [] : infoOf(index);
          });
          return ok(raftkvpb.IndexListResponse.encode({ indexes }).finish());
        }),
    }),
    unary({
      path: '/raftkvpb.Index/Status',
      decode: (bytes) => IndexStatusRequest.decode(bytes),
      handle: (call, { name, readLevel }) =>
        read(call, atLevel(readLevel), async () => {
          const denied = queryRefusal({ store, access }, call, name);
          if (denied !== undefined) return { kind: 'refused', status: denied };
          const index = store.indexes().byName.get(name);
          if (index === undefined) return refused(unknownIndex(name));
          const { state, counts } = index;
          const response: raftkvpb.IndexStatusResponse.$Properties = {
            index: infoOf(index),
            keysIndexed: counts.keys,
            keysInRange: (await store.keysInRangeOf(index)) ?? -1,
            entries: counts.entries,
            keysLeftOut: counts.leftOut,
            duplicates: state.kind === 'failed' ? [...state.duplicates] : [],
          };
          return ok(raftkvpb.IndexStatusResponse.encode(response).finish());
        }),
    }),
    unary({
      path: '/raftkvpb.Index/Query',
      decode: (bytes) => IndexQueryRequest.decode(bytes),
      handle: (call, request) => {
        const options = queryOptions(store, call, request);
        if (options.kind === 'error') return call.fail(options.status);
        reader.serve(call, options.value, () => {
          const denied = queryRefusal({ store, access }, call, request.index);
          return denied === undefined ? store.queryIndex(request, call) : { kind: 'refused', status: denied };
        });
      },
    }),
  ];
}

function atLevel(readLevel: ReadFields['readLevel']): ReadFields {
  return { readLevel, maxStalenessMs: 0, atLeastRevision: 0 };
}

/**
 * The freshness that a query asks for. A page waits for the revision of the pages before it. An index becomes ready without a new
 * revision: a page at a member where it is not ready waits, whatever its level, for what was committed before.
 */
export function queryOptions(
  store: Pick<KvStore, 'indexes'>,
  call: CallContext,
  request: raftkvpb.IndexQueryRequest,
): { readonly kind: 'ok'; readonly value: ReadOptions } | { readonly kind: 'error'; readonly status: Status } {
  const options = readOptions(call, request);
  if (options.kind === 'error') return options;
  const origin = originOf(request.pageToken);
  if (origin === undefined) return options;
  const { value } = options;
  const index = store.indexes().byName.get(request.index);
  const isBehind = index?.id !== origin.id || index.state.kind !== 'ready';
  const atLeastRevision = Math.max(value.atLeastRevision, origin.revision);
  return { kind: 'ok', value: { ...value, atLeastRevision, level: isBehind ? 'consistent' : value.level } };
}

/** Why a caller may not query an index, by this member's state; undefined if it may. */
export function queryRefusal(
  { store, access }: Pick<IndexServiceOptions, 'store' | 'access'>,
  call: CallContext,
  name: string,
): Status | undefined {
  if (!access.enabled) return undefined;
  return access.refusal({ call, permits: (rights) => mayQuery(rights, store.indexes(), name) });
}
