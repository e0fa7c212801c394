import { etcdserverpb } from '../gen/proto.js';
import type { KvStore } from '../kv/store.js';
import type { RaftNode } from '../node/node.js';
import type { Clock } from '../ports/clock.js';
import { NONE } from '../raft/types.js';
import { unary, type Method, type UnaryCall } from '../rpc/service.js';
import { clampInteger } from '../util/integer.js';
import { Errors, statusOf } from './errors.js';
import type { Headers } from './header.js';
import { ETCD_API_VERSION, RAFTKV_VERSION } from './version.js';

const { StatusRequest, StatusResponse, HashKVRequest, HashKVResponse } = etcdserverpb;
const { MoveLeaderRequest, MoveLeaderResponse } = etcdserverpb;

export interface MaintenanceServiceOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly node: () => RaftNode;
  readonly clock: Clock;
  /** The longest that a transfer of the leadership is waited for, in ms. */
  readonly transferMs: number;
  readonly isLearner: () => boolean;
  readonly onFatal: (error: unknown) => void;
}

/** etcd's Maintenance service: what a member says of itself, whoever leads. */
export function maintenanceService(options: MaintenanceServiceOptions): readonly Method[] {
  const { store, headers, isLearner, onFatal } = options;
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
      handle: (call, request) => {
        if (isLearner()) return call.fail(Errors.learner);
        answerLater(call, hash(call, clampInteger(request.revision)));
      },
    }),
    unary({
      path: '/etcdserverpb.Maintenance/MoveLeader',
      decode: (body) => MoveLeaderRequest.decode(body),
      handle: (call, request) => answerLater(call, moveLeader(call, clampInteger(request.targetID), options)),
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

async function moveLeader(
  call: UnaryCall,
  target: number,
  { headers, node, clock, transferMs, isLearner }: MaintenanceServiceOptions,
): Promise<void> {
  if (isLearner()) return call.fail(Errors.learner);
  if (node().status().role !== 'leader') return call.fail(Errors.notLeader);
  if (!node().confState.voters.includes(target)) return call.fail(Errors.badTransferee);
  node().transferLeader(target);
  const leads = await node().leaderIs((leader) => leader === target, clock.now() + transferMs);
  if (!leads) return call.fail(node().running ? Errors.timeoutTransfer : Errors.stopped);
  call.respond(headers.prepend(0, MoveLeaderResponse.encode({}).finish()));
}

async function status(call: UnaryCall, { store, headers, node, isLearner }: MaintenanceServiceOptions): Promise<void> {
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
    isLearner: isLearner(),
    raftkvVersion: RAFTKV_VERSION,
  }).finish();
  call.respond(headers.prepend(store.revision(), body));
}
