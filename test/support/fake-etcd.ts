import { once } from 'node:events';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream, ServiceDefinition } from '@grpc/grpc-js';
import { etcdserverpb } from '../../src/gen/proto.js';
import type { mvccpb } from '../../src/gen/proto.js';
import { asBuffer, bytesToLatin1, EMPTY, latin1ToBytes } from '../../src/util/bytes.js';
import { clampInteger } from '../../src/util/integer.js';
import { FakeMembers, Refusal } from './fake-members.js';

const pb = etcdserverpb;

/** The fault of one call. */
export type Fault =
  /** Refused, and not applied. */
  | { readonly kind: 'refuse'; readonly code: status; readonly text: string }
  /** Applied, with a lost answer. */
  | { readonly kind: 'lose-answer'; readonly text?: string }
  /** Answered with a timeout, and applied after this many further calls. */
  | { readonly kind: 'apply-late'; readonly afterCalls: number }
  /** Neither answered nor applied. */
  | { readonly kind: 'hang' };

type MemberMethod = 'MemberList' | 'MemberAdd' | 'MemberRemove' | 'MemberUpdate' | 'MemberPromote';

export interface FakeCall {
  readonly method: 'Range' | 'Put' | 'DeleteRange' | 'Txn' | 'Status' | 'MoveLeader' | MemberMethod;
  /** Calls of all methods, from 1. */
  readonly number: number;
}

interface Version {
  readonly revision: number;
  /** Undefined is a deletion. */
  readonly kv: mvccpb.KeyValue.$Properties | undefined;
}

type Operation = etcdserverpb.RequestOp.$Properties;

/** The data that several fake members share, as in a cluster. */
export class FakeStore {
  revision = 1;
  readonly members = new FakeMembers();
  /** The id of the leader. */
  leader = 2;
  readonly #versions = new Map<string, Version[]>();

  /** Every existing key, in order. */
  range({ key, rangeEnd }: { key?: Uint8Array | null; rangeEnd?: Uint8Array | null }, revision = this.revision) {
    const from = bytesToLatin1(key ?? EMPTY);
    const to = bytesToLatin1(rangeEnd ?? EMPTY);
    const within = (text: string): boolean => {
      if (to === '') return text === from;
      return text >= from && (to === '\0' || text < to);
    };
    return [...this.#versions.keys()]
      .filter(within)
      .sort()
      .flatMap((text) => this.#versions.get(text)?.findLast((version) => version.revision <= revision)?.kv ?? []);
  }

  /** One key's text and version, for tests to look at. */
  versionOf(key: string): number {
    return clampInteger(this.range({ key: Buffer.from(key) })[0]?.version);
  }

  valuesOf(key: string): readonly string[] {
    const versions = this.#versions.get(bytesToLatin1(Buffer.from(key))) ?? [];
    return versions.map(({ kv }) => (kv === undefined ? '' : asBuffer(kv.value ?? EMPTY).toString()));
  }

  /** Applies operations as one transaction. */
  apply(operations: readonly Operation[]): etcdserverpb.ResponseOp.$Properties[] {
    const writes = operations.some(({ requestRange }) => requestRange === undefined || requestRange === null);
    if (writes) this.revision += 1;
    return operations.map((operation) => this.#applyOne(operation));
  }

  compare({ key, result, modRevision, version, target }: etcdserverpb.Compare.$Properties): boolean {
    const kv = this.range({ key: key ?? EMPTY })[0];
    const isVersion = (target ?? 0) === pb.Compare.CompareTarget.VERSION;
    const held = clampInteger(isVersion ? kv?.version : kv?.modRevision);
    const wanted = clampInteger(isVersion ? version : modRevision);
    const relation = result ?? pb.Compare.CompareResult.EQUAL;
    if (relation === pb.Compare.CompareResult.EQUAL) return held === wanted;
    if (relation === pb.Compare.CompareResult.GREATER) return held > wanted;
    throw new Error(`the fake does not compare with ${relation}`);
  }

  header(): etcdserverpb.ResponseHeader.$Properties {
    return { clusterId: 1, memberId: 2, revision: this.revision, raftTerm: 3 };
  }

  #applyOne({ requestRange, requestPut, requestDeleteRange }: Operation): etcdserverpb.ResponseOp.$Properties {
    if (requestPut) return { responsePut: this.#put(requestPut) };
    if (requestDeleteRange) {
      const prevKvs = this.range(requestDeleteRange);
      for (const { key } of prevKvs) this.#record(key ?? EMPTY, undefined);
      return { responseDeleteRange: { header: this.header(), deleted: prevKvs.length, prevKvs } };
    }
    const range = requestRange ?? {};
    const found = this.range(range, clampInteger(range.revision) === 0 ? this.revision : clampInteger(range.revision));
    const limit = clampInteger(range.limit) === 0 ? found.length : clampInteger(range.limit);
    const kvs = range.countOnly === true ? [] : found.slice(0, limit);
    const shown = range.keysOnly === true ? kvs.map((kv) => ({ ...kv, value: EMPTY })) : kvs;
    return {
      responseRange: { header: this.header(), kvs: shown, count: found.length, more: found.length > limit },
    };
  }

  #put({ key, value, prevKv }: etcdserverpb.PutRequest.$Properties): etcdserverpb.PutResponse.$Properties {
    const before = this.range({ key: key ?? EMPTY })[0];
    this.#record(key ?? EMPTY, {
      key: key ?? EMPTY,
      value: value ?? EMPTY,
      version: clampInteger(before?.version) + 1,
      createRevision: before?.createRevision ?? this.revision,
      modRevision: this.revision,
    });
    return { header: this.header(), prevKv: prevKv === true && before !== undefined ? before : null };
  }

  #record(key: Uint8Array, kv: mvccpb.KeyValue.$Properties | undefined): void {
    const text = bytesToLatin1(key);
    const versions = this.#versions.get(text) ?? [];
    this.#versions.set(text, [...versions, { revision: this.revision, kv }]);
  }

  /** Keys as bytes, for whole-store comparisons. */
  keys(): readonly Uint8Array[] {
    return [...this.#versions.keys()].sort().map(latin1ToBytes);
  }
}

/** A small server of etcd's API on a free port of this machine, whose faults a test scripts call by call. */
export class FakeEtcd {
  readonly store: FakeStore;
  /** Called before every call; undefined for a plain answer. */
  script: (call: FakeCall) => Fault | undefined = () => undefined;
  readonly calls: FakeCall[] = [];
  /** The member id in its status. */
  memberId = 2;
  /** The answer to a snapshot request. */
  snapshot: (call: ServerWritableStream<Buffer, Buffer>) => void = (call) => call.end();
  #server = new Server();
  #port = 0;
  #late: { calls: number; readonly apply: () => void }[] = [];

  private constructor(store: FakeStore) {
    this.store = store;
  }

  static async start(
    store = new FakeStore(),
    port = 0,
    credentials = ServerCredentials.createInsecure(),
  ): Promise<FakeEtcd> {
    const fake = new FakeEtcd(store);
    await fake.#listen(port, credentials);
    return fake;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  countOf(method: FakeCall['method']): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** Applies the calls that were to be applied later. */
  flushLate(): void {
    const late = this.#late;
    this.#late = [];
    for (const { apply } of late) apply();
  }

  /** Breaks every connection. */
  stop(): void {
    this.#server.forceShutdown();
  }

  async #listen(port: number, credentials: ServerCredentials): Promise<void> {
    this.#server.addService(SERVICE, {
      range: this.#handler('Range', pb.RangeRequest, (request) => this.#range(request)),
      put: this.#handler('Put', pb.PutRequest, (request) =>
        pb.PutResponse.encode(this.store.apply([{ requestPut: request }])[0]?.responsePut ?? {}),
      ),
      deleteRange: this.#handler('DeleteRange', pb.DeleteRangeRequest, (request) =>
        pb.DeleteRangeResponse.encode(
          this.store.apply([{ requestDeleteRange: request }])[0]?.responseDeleteRange ?? {},
        ),
      ),
      txn: this.#handler('Txn', pb.TxnRequest, (request) => this.#txn(request)),
      status: this.#handler('Status', pb.StatusRequest, () =>
        pb.StatusResponse.encode({
          header: { ...this.store.header(), memberId: this.memberId },
          version: '3.6.0',
          leader: this.store.leader,
        }),
      ),
      moveLeader: this.#handler('MoveLeader', pb.MoveLeaderRequest, ({ targetID }) => {
        if (this.store.leader !== this.memberId) throw new Refusal(status.FAILED_PRECONDITION, 'not leader');
        this.store.leader = clampInteger(targetID);
        return pb.MoveLeaderResponse.encode({ header: this.#clusterHeader() });
      }),
      snapshot: (call: ServerWritableStream<Buffer, Buffer>) => this.snapshot(call),
      memberList: this.#handler('MemberList', pb.MemberListRequest, (request) => {
        this.store.members.onList(request);
        return this.#members();
      }),
      memberAdd: this.#handler('MemberAdd', pb.MemberAddRequest, (request) => {
        const member = this.store.members.add(request);
        const [header, members] = [this.#clusterHeader(), this.store.members.list()];
        return pb.MemberAddResponse.encode({ header, member, members });
      }),
      memberRemove: this.#handler('MemberRemove', pb.MemberRemoveRequest, ({ ID }) => {
        this.store.members.remove(ID);
        return this.#members();
      }),
      memberUpdate: this.#handler('MemberUpdate', pb.MemberUpdateRequest, ({ ID, peerURLs }) => {
        this.store.members.update(ID, { peerURLs });
        return this.#members();
      }),
      memberPromote: this.#handler('MemberPromote', pb.MemberPromoteRequest, ({ ID }) => {
        this.store.members.promote(ID);
        return this.#members();
      }),
    });
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
  }

  /** etcd's answers about members carry no revision. */
  #clusterHeader(): etcdserverpb.ResponseHeader.$Properties {
    return { ...this.store.header(), revision: 0 };
  }

  /** All answers that consist of the members have the same encoding. */
  #members() {
    return pb.MemberListResponse.encode({ header: this.#clusterHeader(), members: this.store.members.list() });
  }

  #range(request: etcdserverpb.RangeRequest.$Properties) {
    const [response] = this.store.apply([{ requestRange: request }]);
    const header = { ...this.store.header(), ...(request.readLevel ? { appliedIndex: 7, knownLeader: true } : {}) };
    return pb.RangeResponse.encode({ ...response?.responseRange, header });
  }

  #txn({ compare, success, failure }: etcdserverpb.TxnRequest.$Properties) {
    const succeeded = (compare ?? []).every((each) => this.store.compare(each));
    const responses = this.store.apply((succeeded ? success : failure) ?? []);
    return pb.TxnResponse.encode({ header: this.store.header(), succeeded, responses });
  }

  #answer(respond: sendUnaryData<Buffer>, answer: () => { finish(): Uint8Array }): void {
    try {
      respond(null, asBuffer(answer().finish()));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      respond({ code: error.code, details: error.message });
    }
  }

  #handler<Request>(
    method: FakeCall['method'],
    codec: { decode(bytes: Uint8Array): Request },
    answer: (request: Request) => { finish(): Uint8Array },
  ) {
    return (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): void => {
      const request = codec.decode(call.request);
      const record = { method, number: this.calls.length + 1 };
      this.calls.push(record);
      const fault = this.script(record);
      switch (fault?.kind) {
        case undefined:
          this.#answer(respond, () => answer(request));
          break;
        case 'refuse':
          respond({ code: fault.code, details: fault.text });
          break;
        case 'lose-answer':
          answer(request);
          respond({ code: status.UNAVAILABLE, details: fault.text ?? TIMED_OUT });
          break;
        case 'apply-late':
          this.#late.push({ calls: fault.afterCalls + 1, apply: () => void answer(request) });
          respond({ code: status.UNAVAILABLE, details: TIMED_OUT });
          break;
        case 'hang':
          break;
      }
      for (const late of this.#late) late.calls -= 1;
      const due = this.#late.filter(({ calls }) => calls <= 0);
      this.#late = this.#late.filter(({ calls }) => calls > 0);
      for (const { apply } of due) apply();
    };
  }
}

/** Sends the pieces of a snapshot at the caller's pace. */
export async function sendSnapshot(
  call: ServerWritableStream<Buffer, Buffer>,
  pieces: Iterable<Uint8Array>,
): Promise<void> {
  const cancelled = new Promise((resolve) => call.once('cancelled', resolve));
  for (const blob of pieces) {
    if (call.cancelled) return;
    const body = asBuffer(pb.SnapshotResponse.encode({ blob, remainingBytes: 7 }).finish());
    if (!call.write(body)) await Promise.race([once(call, 'drain'), cancelled]);
  }
  call.end();
}

const TIMED_OUT = 'etcdserver: request timed out, possibly due to previous leader failure';

/** A unary method of a fake server, which takes and returns encoded messages. */
export const bytes = {
  requestStream: false,
  responseStream: false,
  requestSerialize: (body: Buffer) => body,
  requestDeserialize: (body: Buffer) => body,
  responseSerialize: (body: Buffer) => body,
  responseDeserialize: (body: Buffer) => body,
};

const SERVICE = {
  range: { ...bytes, path: '/etcdserverpb.KV/Range' },
  put: { ...bytes, path: '/etcdserverpb.KV/Put' },
  deleteRange: { ...bytes, path: '/etcdserverpb.KV/DeleteRange' },
  txn: { ...bytes, path: '/etcdserverpb.KV/Txn' },
  status: { ...bytes, path: '/etcdserverpb.Maintenance/Status' },
  moveLeader: { ...bytes, path: '/etcdserverpb.Maintenance/MoveLeader' },
  snapshot: { ...bytes, responseStream: true, path: '/etcdserverpb.Maintenance/Snapshot' },
  memberList: { ...bytes, path: '/etcdserverpb.Cluster/MemberList' },
  memberAdd: { ...bytes, path: '/etcdserverpb.Cluster/MemberAdd' },
  memberRemove: { ...bytes, path: '/etcdserverpb.Cluster/MemberRemove' },
  memberUpdate: { ...bytes, path: '/etcdserverpb.Cluster/MemberUpdate' },
  memberPromote: { ...bytes, path: '/etcdserverpb.Cluster/MemberPromote' },
} satisfies ServiceDefinition;
