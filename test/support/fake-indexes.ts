import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import { etcdserverpb, raftkvpb } from '../../src/gen/proto.js';
import { asBuffer } from '../../src/util/bytes.js';
import { clampInteger } from '../../src/util/integer.js';
import { bytes } from './fake-etcd.js';

const pb = raftkvpb;
type Value = raftkvpb.IndexValue.$Properties;
type Query = raftkvpb.IndexQueryRequest.$Properties;

export type IndexMethod = 'Create' | 'Drop' | 'List' | 'Status' | 'Query' | 'Txn';

/** A refusal that a test scripts. */
export interface ScriptedRefusal {
  readonly code: status;
  readonly text: string;
}

/** The indexes that several fake members share. Entries are put in by the test, in the order of the index. */
export class FakeIndexStore {
  readonly indexes = new Map<string, raftkvpb.IndexInfo.$Properties>();
  /** Answers of Status besides the index, the first of which is used up by each call but the last. */
  statuses: raftkvpb.IndexStatusResponse.$Properties[] = [{}];
  entries: raftkvpb.IndexEntry.$Properties[] = [];
  revision = 7;
  /** Pages that begin at or behind it are of a compacted revision. */
  compactedFrom = Number.POSITIVE_INFINITY;
  /** Entries in a page without a smaller limit. */
  pageEntries = 2;
  /** State of the indexes that are created. */
  state: raftkvpb.IndexInfo.State = pb.IndexInfo.State.READY;

  header(): etcdserverpb.ResponseHeader.$Properties {
    return { clusterId: 1, memberId: 2, revision: this.revision, raftTerm: 3 };
  }

  query(request: Query): raftkvpb.IndexQueryResponse.$Properties {
    const { equal, prefix, order, keysOnly } = request;
    const found = this.entries.filter(({ value }) => {
      if (equal) return text(value) === text(equal);
      return prefix ? (value?.stringValue ?? '').startsWith(prefix.stringValue ?? '') : true;
    });
    if (order === pb.IndexQueryRequest.Order.DESCENDING) found.reverse();
    const from = Number(Buffer.from(request.pageToken ?? []).toString());
    if (from > 0 && from >= this.compactedFrom)
      throw new Refused(status.OUT_OF_RANGE, 'etcdserver: mvcc: required revision has been compacted');
    const limit = clampInteger(request.limit);
    const to = from + (limit > 0 ? Math.min(limit, this.pageEntries) : this.pageEntries);
    return {
      header: this.header(),
      entries: found.slice(from, to).map((entry) => (keysOnly === true ? { ...entry, kv: null } : entry)),
      nextPageToken: Buffer.from(to < found.length ? String(to) : ''),
      revision: this.revision,
    };
  }
}

function text(value: Value | null | undefined): string {
  return JSON.stringify(value);
}

class Refused extends Error {
  readonly code: status;

  constructor(code: status, details: string) {
    super(details);
    this.code = code;
  }
}

/** A member that serves raftkvpb.Index, and transactions, which never succeed. */
export class FakeIndexes {
  readonly store: FakeIndexStore;
  readonly calls: { readonly method: IndexMethod; readonly request: unknown }[] = [];
  script: (method: IndexMethod) => ScriptedRefusal | 'hang' | undefined = () => undefined;
  readonly #server = new Server();
  #port = 0;

  private constructor(store: FakeIndexStore) {
    this.store = store;
  }

  static async start(store = new FakeIndexStore()): Promise<FakeIndexes> {
    const fake = new FakeIndexes(store);
    fake.#server.addService(SERVICE, {
      create: fake.#handler('Create', pb.IndexCreateRequest, ({ definition }) => fake.#create(definition ?? {})),
      drop: fake.#handler('Drop', pb.IndexDropRequest, ({ name }) => {
        if (!store.indexes.delete(name)) throw missing(name);
        return pb.IndexDropResponse.encode({ header: store.header() });
      }),
      list: fake.#handler('List', pb.IndexListRequest, () =>
        pb.IndexListResponse.encode({ header: store.header(), indexes: [...store.indexes.values()] }),
      ),
      status: fake.#handler('Status', pb.IndexStatusRequest, ({ name }) => fake.#status(name)),
      query: fake.#handler('Query', pb.IndexQueryRequest, (request) => {
        if (!store.indexes.has(request.index)) throw missing(request.index);
        return pb.IndexQueryResponse.encode(store.query(request));
      }),
      txn: fake.#handler('Txn', etcdserverpb.TxnRequest, () =>
        etcdserverpb.TxnResponse.encode({ header: store.header() }),
      ),
    });
    fake.#port = await new Promise<number>((resolve, reject) => {
      fake.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return fake;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#port}`;
  }

  requestsOf(method: IndexMethod): readonly unknown[] {
    return this.calls.filter((call) => call.method === method).map(({ request }) => request);
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #create(definition: raftkvpb.IndexDefinition.$Properties) {
    const { indexes, state, revision } = this.store;
    const name = definition.name ?? '';
    const known = indexes.get(name);
    if (known !== undefined && encoded(known.definition) !== encoded(definition)) {
      throw new Refused(status.ALREADY_EXISTS, `raftkv: index ${name} exists`);
    }
    const ready = state === pb.IndexInfo.State.READY;
    const index = known ?? { definition, id: indexes.size + 1, state, readyRevision: ready ? revision : 0 };
    indexes.set(name, index);
    return pb.IndexCreateResponse.encode({ header: this.store.header(), index });
  }

  #status(name: string) {
    const { indexes, statuses } = this.store;
    const index = indexes.get(name);
    if (index === undefined) throw missing(name);
    const answer = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? {};
    return pb.IndexStatusResponse.encode({
      header: this.store.header(),
      ...answer,
      index: { ...index, ...answer.index },
    });
  }

  #handler<Request>(
    method: IndexMethod,
    codec: { decode(bytes: Uint8Array): Request },
    answer: (request: Request) => { finish(): Uint8Array },
  ) {
    return (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): void => {
      const request = codec.decode(call.request);
      this.calls.push({ method, request });
      const scripted = this.script(method);
      if (scripted === 'hang') return;
      if (scripted !== undefined) return respond({ code: scripted.code, details: scripted.text });
      try {
        respond(null, asBuffer(answer(request).finish()));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        respond({ code: error.code, details: error.message });
      }
    };
  }
}

function missing(name: string): Refused {
  return new Refused(status.NOT_FOUND, `raftkv: index ${name} does not exist`);
}

function encoded(definition: raftkvpb.IndexDefinition.$Properties | null | undefined): string {
  return Buffer.from(pb.IndexDefinition.encode(definition ?? {}).finish()).toString('hex');
}

const SERVICE = {
  create: { ...bytes, path: '/raftkvpb.Index/Create' },
  drop: { ...bytes, path: '/raftkvpb.Index/Drop' },
  list: { ...bytes, path: '/raftkvpb.Index/List' },
  status: { ...bytes, path: '/raftkvpb.Index/Status' },
  query: { ...bytes, path: '/raftkvpb.Index/Query' },
  txn: { ...bytes, path: '/etcdserverpb.KV/Txn' },
} satisfies ServiceDefinition;
