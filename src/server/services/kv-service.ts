import { checkDelete, checkPut, checkRange, checkTxn, hasPuts, isReadOnlyTxn } from '../../kv/commands/checks.js';
import { kvError } from '../../kv/errors.js';
import type { CommandKind } from '../../kv/commands/command.js';
import type { KvStore } from '../../kv/store.js';
import { etcdserverpb } from '../../gen/proto.js';
import { unary, type Method, type UnaryCall } from '../../rpc/service.js';
import { clampInteger } from '../../util/integer.js';
import { Errors, statusOf } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import type { ClientWrites } from '../requests/client-writes.js';
import { PUT_OVERHEAD_BYTES } from '../integrity/quota.js';
import { readOptions, type ReadFields } from '../requests/read-level.js';
import { hasTooManyOps } from '../requests/txn-size.js';
import type { Evaluate, Reader } from '../requests/reader.js';

export interface KvServiceOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly writes: ClientWrites;
  readonly reader: Reader;
  readonly maxTxnOps: number;
  /** Runs a range, and measures it. */
  readonly timeRange: (evaluate: Evaluate) => ReturnType<Evaluate>;
  readonly onFatal: (error: unknown) => void;
}

interface Write {
  readonly kind: CommandKind;
  readonly request: Uint8Array;
  readonly spaceBytes?: number;
  /** Awaited before the response, if the write succeeded. False if the member stops before. */
  readonly finish?: () => Promise<boolean>;
}

/** A request with its bytes: a write goes into the log unchanged. */
interface Received<T> {
  readonly bytes: Uint8Array;
  readonly request: T;
}

const { RangeRequest, PutRequest, DeleteRangeRequest, TxnRequest, CompactionRequest } = etcdserverpb;

/** etcd's KV service: checks each request and passes it to the client writes or the reader. */
export function kvService(options: KvServiceOptions): readonly Method[] {
  const { store, headers, writes, reader, maxTxnOps, timeRange, onFatal } = options;
  const write = (call: UnaryCall, { kind, request, spaceBytes = 0, finish }: Write): void => {
    // A write cannot wait for room with its answer made, and its answer may be as large as a read's.
    if (call.answerRoom?.isFull === true) return call.fail(Errors.tooManyRequests);
    writes.submit({
      call,
      kind,
      request,
      spaceBytes,
      hasRoom: () => call.answerRoom?.isFull !== true,
      done: (outcome) => {
        if (outcome.kind === 'failed') return call.fail(outcome.status);
        const { result } = outcome;
        if (result.kind === 'error') return call.fail(statusOf(result.error));
        const respond = (): void => call.respond(headers.inFrontOf(result.body, result.revision));
        if (finish === undefined) return respond();
        finish().then(
          (done) => (done ? respond() : call.fail(Errors.stopped)),
          (error: unknown) => {
            call.fail(Errors.stopped);
            onFatal(error);
          },
        );
      },
    });
  };
  const read = (call: UnaryCall, fields: ReadFields, evaluate: Evaluate): void => {
    const level = readOptions(call, fields);
    if (level.kind === 'error') return call.fail(level.status);
    reader.serve(call, level.value, evaluate);
  };
  const decoder =
    <T>(type: { decode(body: Uint8Array): T }) =>
    (bytes: Uint8Array): Received<T> => ({ bytes, request: type.decode(bytes) });

  return [
    unary({
      path: '/etcdserverpb.KV/Range',
      decode: (body) => RangeRequest.decode(body),
      handle: (call, request) => {
        const problem = checkRange(request);
        if (problem !== undefined) return call.fail(statusOf(problem));
        read(call, request, () => timeRange(() => store.range(request)));
      },
    }),
    unary({
      path: '/etcdserverpb.KV/Put',
      decode: decoder(PutRequest),
      handle: (call, { bytes, request }: Received<etcdserverpb.PutRequest>) => {
        const problem = checkPut(request);
        if (problem !== undefined) return call.fail(statusOf(problem));
        write(call, { kind: 'put', request: bytes, spaceBytes: PUT_OVERHEAD_BYTES + bytes.length });
      },
    }),
    unary({
      path: '/etcdserverpb.KV/DeleteRange',
      decode: decoder(DeleteRangeRequest),
      handle: (call, { bytes, request }: Received<etcdserverpb.DeleteRangeRequest>) => {
        const problem = checkDelete(request);
        if (problem !== undefined) return call.fail(statusOf(problem));
        write(call, { kind: 'deleteRange', request: bytes });
      },
    }),
    unary({
      path: '/etcdserverpb.KV/Txn',
      decode: (bytes) => ({ bytes, request: hasTooManyOps(bytes, maxTxnOps) ? undefined : TxnRequest.decode(bytes) }),
      handle: (call, { bytes, request }: Received<etcdserverpb.TxnRequest | undefined>) => {
        if (request === undefined) return call.fail(statusOf(kvError('too-many-ops')));
        const problem = checkTxn(request, maxTxnOps);
        if (problem !== undefined) return call.fail(statusOf(problem));
        if (!isReadOnlyTxn(request)) {
          const spaceBytes = hasPuts(request) ? PUT_OVERHEAD_BYTES + bytes.length : 0;
          return write(call, { kind: 'txn', request: bytes, spaceBytes });
        }
        read(call, request, () => store.readTxn(request));
      },
    }),
    unary({
      path: '/etcdserverpb.KV/Compact',
      decode: decoder(CompactionRequest),
      handle: (call, { bytes, request }: Received<etcdserverpb.CompactionRequest>) => {
        const revision = clampInteger(request.revision);
        const finish = request.physical ? () => store.whenReclaimed(revision) : undefined;
        write(call, { kind: 'compaction', request: bytes, ...(finish && { finish }) });
      },
    }),
  ];
}
