import { etcdserverpb } from '../gen/proto.js';
import type { KvStore } from '../kv/store.js';
import type { RaftNode } from '../node/node.js';
import { NONE } from '../raft/types.js';
import { unary, type Method, type UnaryCall } from '../rpc/service.js';
import { clampInteger } from '../util/integer.js';
import { Errors, statusOf } from './errors.js';
import type { Headers } from './header.js';
import { ETCD_API_VERSION, RAFTKV_VERSION } from './version.js';

const { StatusRequest, StatusResponse, HashKVRequest, HashKVResponse } = etcdserverpb;

export interface MaintenanceServiceOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly node: () => RaftNode;
  readonly onFatal: (error: unknown) => void;
}

/** etcd's Maintenance service: what a member says of itself, whoever leads. */
export function maintenanceService(options: MaintenanceServiceOptions): readonly Method[] {
  const { store, headers, onFatal } = options;
  const answerLater = (call: UnaryCall, answer: Promise<void>): void => {
    answer.catch((error: unknown) => {
      call.fail(Errors.stopped);
      onFatal(error);
    });
  };
  return [
    unary({
      path: '/etcdserverpb.Maintenance/Status',
      decode: (body) => StatusRequest.decode(body),
      handle: (call) => answerLater(call, status(call, options)),
    }),
    unary({
      path: '/etcdserverpb.Maintenance/HashKV',
      decode: (body) => HashKVRequest.decode(body),
      handle: (call, request) => answerLater(call, hash(call, clampInteger(request.revision))),
    }),
  ];

  async function hash(call: UnaryCall, revision: number): Promise<void> {
    const result = await store.hashKv(revision);
    if (result.kind === 'error') return call.fail(statusOf(result.error));
    const { hash: value, compactRevision, hashRevision } = result;
    const body = HashKVResponse.encode({ hash: value, compactRevision, hashRevision }).finish();
    call.respond(headers.prepend(result.revision, body));
  }
}

async function status(call: UnaryCall, { store, headers, node }: MaintenanceServiceOptions): Promise<void> {
  const sizeBytes = await store.sizeBytes();
  const { leader, term, commit, applied } = node().status();
  const body = StatusResponse.encode({
    version: ETCD_API_VERSION,
    dbSize: sizeBytes,
    dbSizeInUse: sizeBytes,
    leader,
    raftIndex: commit,
    raftTerm: term,
    raftAppliedIndex: applied,
    errors: leader === NONE ? ['etcdserver: no leader'] : [],
    raftkvVersion: RAFTKV_VERSION,
  }).finish();
  call.respond(headers.prepend(store.revision(), body));
}
