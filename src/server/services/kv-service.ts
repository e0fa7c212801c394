import type { Rights } from '../../kv/auth/auth-state.js';
import { concernsKeys, mayDelete, mayPut, mayRead, mayRun } from '../../kv/auth/requests.js';
import { checkDelete, checkPut, checkRange, checkTxn, hasPuts, isReadOnlyTxn } from '../../kv/commands/checks.js';
import { kvError, type KvError } from '../../kv/errors.js';
import type { CommandKind } from '../../kv/commands/command.js';
import { checkPlainTxn } from '../../kv/commands/plain-txn.js';
import type { SessionCall } from '../../kv/sessions/session-call.js';
import { putShape, readPut } from '../../kv/format/put-request.js';
import { isPlainKey } from '../../kv/reads/range-plan.js';
import type { EncodedBody } from '../../kv/format/wire.js';
import type { ApplyResult, KvStore, ReadCaller, ReadResult } from '../../kv/store.js';
import { etcdserverpb } from '../../gen/proto.js';
import { unary, type Method, type UnaryCall } from '../../rpc/service.js';
import { clampInteger } from '../../util/integer.js';
import type { HotKeys } from '../hot/hot-keys.js';
import type { Access } from '../requests/access.js';
import { Errors, statusOf } from '../requests/errors.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { Headers } from '../requests/header.js';
import type { ClientSubmission, ClientWrites } from '../requests/client-writes.js';
import type { Outcome } from '../requests/proposer.js';
import { PUT_OVERHEAD_BYTES } from '../requests/quota.js';
import { readOptions, type ReadFields } from '../requests/read-level.js';
import { inSession, markedBody, refusesSession, type InSession } from '../requests/in-session.js';
import { receiveTxn, type ReceivedTxn } from '../requests/received-txn.js';
import type { Evaluate, Reader } from '../requests/reader.js';

export interface KvServiceOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly writes: ClientWrites;
  readonly reader: Reader;
  readonly access: Access;
  /** Counts the keys of calls that succeed; undefined if they are not counted. */
  readonly hot: HotKeys | undefined;
  readonly maxTxnOps: number;
  /** Comparisons and operations of a transaction and all nested in it. */
  readonly maxTxnTotalOps: number;
  /** Called for each request beyond a bound. */
  readonly onLimit: OnLimit;
  /** Evaluates a range on the store, and measures it. */
  readonly range: (request: etcdserverpb.RangeRequest, caller: ReadCaller) => ReadResult | Promise<ReadResult>;
  readonly onFatal: (error: unknown) => void;
}

/** A request with its bytes: a write goes into the log unchanged. */
interface Received<T> {
  readonly bytes: Uint8Array;
  readonly request: T;
}

interface CheckedPut {
  readonly bytes: Uint8Array;
  readonly problem: KvError | undefined;
}

const { RangeRequest, DeleteRangeRequest, CompactionRequest } = etcdserverpb;

/** A client's write, from its check until its answer. */
class Write implements ClientSubmission {
  readonly call: UnaryCall;
  readonly kind: CommandKind;
  readonly request: Uint8Array;
  readonly spaceBytes: number;
  readonly session: SessionCall | undefined;
  readonly #permits: ((rights: Rights) => boolean) | undefined;
  readonly #count: ((answer: EncodedBody) => void) | undefined;
  readonly #headers: Headers;

  /** @param options.count called with the answer if the write succeeds */
  constructor(
    call: UnaryCall,
    {
      kind,
      request,
      spaceBytes = 0,
      session,
      permits,
      count,
      headers,
    }: Pick<ClientSubmission, 'kind' | 'request' | 'spaceBytes'> & {
      session: SessionCall | undefined;
      permits?: ((rights: Rights) => boolean) | undefined;
      count?: ((answer: EncodedBody) => void) | undefined;
      headers: Headers;
    },
  ) {
    this.call = call;
    this.kind = kind;
    this.request = request;
    this.spaceBytes = spaceBytes;
    this.session = session;
    this.#permits = permits;
    this.#count = count;
    this.#headers = headers;
  }

  permits(rights: Rights): boolean {
    if (this.#permits !== undefined) return this.#permits(rights);
    return this.kind !== 'put' || mayPut(rights, readPut(this.request));
  }

  hasRoom(): boolean {
    return this.call.answerRoom?.isFull !== true;
  }

  done(outcome: Outcome): void {
    if (outcome.kind === 'failed') return this.call.fail(outcome.status);
    const { result } = outcome;
    if (result.kind === 'error') this.call.fail(statusOf(result.error));
    else this.succeed(result);
  }

  protected succeed({ body, revision }: Extract<ApplyResult, { kind: 'ok' }>): void {
    this.#count?.(body);
    this.call.respond(this.#headers.inFrontOf(markedBody(body, this), revision));
  }
}

/** A write that is answered only after further work on this member. */
class FinishedWrite extends Write {
  readonly #finish: () => Promise<boolean>;
  readonly #onFatal: (error: unknown) => void;

  /** @param options.finish resolves with false if the member stops before */
  constructor(
    call: UnaryCall,
    options: ConstructorParameters<typeof Write>[1] & {
      readonly finish: () => Promise<boolean>;
      readonly onFatal: (error: unknown) => void;
    },
  ) {
    super(call, options);
    this.#finish = options.finish;
    this.#onFatal = options.onFatal;
  }

  protected override succeed(result: Extract<ApplyResult, { kind: 'ok' }>): void {
    this.#finish().then(
      (done) => (done ? super.succeed(result) : this.call.fail(Errors.stopped)),
      (error: unknown) => {
        this.call.fail(Errors.stopped);
        this.#onFatal(error);
      },
    );
  }
}

/** etcd's KV service: checks each request and passes it to the client writes or the reader. */
export function kvService(options: KvServiceOptions): readonly Method[] {
  const { store, headers, writes, reader, access, hot, maxTxnOps, maxTxnTotalOps, onLimit, onFatal } = options;
  const submit = (write: Write): void => {
    if (refusesSession(write.call, write)) return;
    // A write cannot wait for room with its answer made, and its answer may be as large as a read's.
    if (write.hasRoom()) writes.submit(write);
    else write.call.fail(Errors.tooManyRequests);
  };
  const read = (call: UnaryCall, fields: ReadFields, evaluate: Evaluate, isBrief = false): void => {
    const level = readOptions(call, fields);
    if (level.kind === 'error') return call.fail(level.status);
    reader.serve(call, level.value, evaluate, isBrief);
  };
  /** Makes an answer if the caller may read it, by the permissions of the state that it is made from. */
  const guarded = (
    call: UnaryCall,
    permits: (rights: Rights) => boolean,
    answer: () => ReturnType<Evaluate>,
  ): ReturnType<Evaluate> => {
    const status = access.refusal({ call, permits });
    return status === undefined ? answer() : { kind: 'refused', status };
  };
  const range: KvServiceOptions['range'] = (request, caller) => {
    const weight = hot?.reads.sample() ?? 0;
    if (weight > 0) hot?.read(request, weight);
    return options.range(request, caller);
  };
  /** The number of calls that a write counts as; 0 for those that are not counted. */
  const sampled = (): number => hot?.writes.sample() ?? 0;
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
        const answer = (): ReturnType<Evaluate> => range(request, call);
        const evaluate = (): ReturnType<Evaluate> =>
          access.enabled ? guarded(call, (rights) => mayRead(rights, request), answer) : answer();
        read(call, request, evaluate, isPlainKey(request));
      },
    }),
    unary({
      path: '/etcdserverpb.KV/Put',
      decode: inSession((bytes) => ({ bytes, problem: checkPut(putShape(bytes)) })),
      handle: (call, { received: { bytes, problem }, session }: InSession<CheckedPut>) => {
        if (problem !== undefined) return call.fail(statusOf(problem));
        const spaceBytes = PUT_OVERHEAD_BYTES + bytes.length;
        const weight = sampled();
        const count = weight === 0 ? undefined : (): void => hot?.put(bytes, weight);
        submit(new Write(call, { kind: 'put', request: bytes, session, spaceBytes, count, headers }));
      },
    }),
    unary({
      path: '/etcdserverpb.KV/DeleteRange',
      decode: inSession(decoder(DeleteRangeRequest)),
      handle: (call, { received, session }: InSession<Received<etcdserverpb.DeleteRangeRequest>>) => {
        const { bytes, request } = received;
        const problem = checkDelete(request);
        if (problem !== undefined) return call.fail(statusOf(problem));
        const permits = (rights: Rights): boolean => mayDelete(rights, request);
        const weight = sampled();
        const count = weight === 0 ? undefined : (): void => hot?.deleteRange(request, weight);
        submit(new Write(call, { kind: 'deleteRange', request: bytes, session, permits, count, headers }));
      },
    }),
    unary({
      path: '/etcdserverpb.KV/Txn',
      decode: inSession((bytes) => receiveTxn(bytes, { maxOps: maxTxnOps, totalOps: maxTxnTotalOps })),
      handle: (call, { received, session }: InSession<ReceivedTxn>) => {
        const refuse = (error: KvError): void => {
          if (error.kind === 'too-many-ops') onLimit('txn_ops');
          call.fail(statusOf(error));
        };
        if (received.kind === 'too-many-ops') return refuse(kvError('too-many-ops'));
        const { kind, bytes, txn } = received;
        const problem = kind === 'plain' ? checkPlainTxn(txn, maxTxnOps) : checkTxn(txn, maxTxnOps);
        if (problem !== undefined) return refuse(problem);
        // A plain transaction is decoded only if permissions are to be checked.
        const permits = (rights: Rights): boolean =>
          mayRun(rights, kind === 'plain' ? etcdserverpb.TxnRequest.decode(bytes) : txn, store.indexes());
        if (kind === 'plain' || !isReadOnlyTxn(txn)) {
          const spaceBytes = kind === 'plain' || hasPuts(txn) ? PUT_OVERHEAD_BYTES + bytes.length : 0;
          const weight = sampled();
          const count = weight === 0 ? undefined : (answer: EncodedBody): void => hot?.txn(received, answer, weight);
          return submit(new Write(call, { kind: 'txn', request: bytes, session, spaceBytes, permits, count, headers }));
        }
        const answer = async (): Promise<ReadResult> => {
          const result = await store.readTxn(txn, call);
          const weight = hot?.reads.sample() ?? 0;
          if (weight > 0 && result.kind === 'ok') hot?.decodedTxn(txn, result.body, weight);
          return result;
        };
        const isOpen = !concernsKeys(txn) && access.isAnonymous(call);
        read(call, txn, () => (access.enabled && !isOpen ? guarded(call, permits, answer) : answer()));
      },
    }),
    unary({
      path: '/etcdserverpb.KV/Compact',
      decode: inSession(decoder(CompactionRequest)),
      handle: (call, { received, session }: InSession<Received<etcdserverpb.CompactionRequest>>) => {
        const { bytes, request } = received;
        const revision = clampInteger(request.revision);
        const write = { kind: 'compaction', request: bytes, session, headers } as const;
        if (!request.physical) return submit(new Write(call, write));
        submit(new FinishedWrite(call, { ...write, finish: () => store.whenReclaimed(revision), onFatal }));
      },
    }),
  ];
}
