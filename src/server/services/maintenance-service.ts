import { etcdserverpb } from '../../gen/proto.js';
import type { Alarm, KvStore } from '../../kv/store.js';
import type { RaftNode } from '../../node/node.js';
import type { Clock } from '../../ports/clock.js';
import { EngineReclaimError } from '../../ports/engine.js';
import { NONE } from '../../raft/types.js';
import { unary, type Method, type UnaryCall } from '../../rpc/service.js';
import { clampInteger } from '../../util/integer.js';
import { Code, type Status } from '../../rpc/status.js';
import type { HotKeys } from '../hot/hot-keys.js';
import { answerCommand } from '../requests/command-answer.js';
import { ReadTurns } from '../requests/read-turns.js';
import { Errors, statusOf } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import type { ClientWrites } from '../requests/client-writes.js';
import { ETCD_API_VERSION, ETCD_STORAGE_VERSION, RAFTKV_VERSION } from '../settings/version.js';
import { hottest } from './hot-service.js';

const { StatusRequest, StatusResponse, HashKVRequest, HashKVResponse } = etcdserverpb;
const { MoveLeaderRequest, MoveLeaderResponse, AlarmRequest, AlarmType, HashRequest, HashResponse } = etcdserverpb;
const { DefragmentRequest, DefragmentResponse, DowngradeRequest } = etcdserverpb;
const { VALIDATE, ENABLE, CANCEL } = DowngradeRequest.DowngradeAction;

/** Hashes for clients that are made at the same time: each reads the whole state. */
const HASHES_MAX = 2;

export interface MaintenanceServiceOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly node: RaftNode;
  readonly clock: Clock;
  /** Longest wait for a transfer of the leadership, in ms. */
  readonly transferMs: number;
  readonly writes: ClientWrites;
  /** Quota in Status, in bytes; 0 for none. */
  readonly quotaBytes: number;
  readonly isLearner: () => boolean;
  /** Undefined if this member counts no keys. */
  readonly hot: HotKeys | undefined;
  /** Resolves with false if the store is being closed. */
  readonly defragment: () => Promise<boolean>;
  readonly onFatal: (error: unknown) => void;
}

/** etcd's Maintenance service. */
export function maintenanceService(options: MaintenanceServiceOptions): readonly Method[] {
  const { store, headers, writes, onFatal } = options;
  const hashes = new ReadTurns(HASHES_MAX);
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
        answerLater(
          call,
          hashes.run(() => hash(call, clampInteger(request.revision))),
        );
      },
    }),
    unary({
      path: '/etcdserverpb.Maintenance/Alarm',
      // Through the log even for a query, as in etcd.
      decode: (body) => ({ bytes: body, request: AlarmRequest.decode(body) }),
      handle: (call, { bytes }) => {
        writes.submit({
          call,
          kind: 'alarm',
          request: bytes,
          done: (outcome) => answerCommand(call, options.headers, outcome),
        });
      },
    }),
    unary({
      path: '/etcdserverpb.Maintenance/Defragment',
      decode: (body) => DefragmentRequest.decode(body),
      handle: (call) => {
        answerLater(call, defragment(call, options));
      },
    }),
    unary({
      path: '/etcdserverpb.Maintenance/Downgrade',
      decode: (body) => DowngradeRequest.decode(body),
      handle: (call, request) => call.fail(downgradeRefusal(request)),
    }),
    unary({
      path: '/etcdserverpb.Maintenance/Hash',
      decode: (body) => HashRequest.decode(body),
      handle: (call) => {
        answerLater(
          call,
          hashes.run(() => hashAll(call, options)),
        );
      },
    }),
    unary({
      path: '/etcdserverpb.Maintenance/MoveLeader',
      decode: (body) => MoveLeaderRequest.decode(body),
      handle: (call, request) => answerLater(call, moveLeader(call, clampInteger(request.targetID), options)),
    }),
  ];

  async function hash(call: UnaryCall, revision: number): Promise<void> {
    if (call.cancelled) return;
    const result = await store.hashKv(revision, { caller: call });
    if (result.kind === 'error') return call.fail(statusOf(result.error));
    const { hash: value, compactRevision, hashRevision } = result;
    const body = HashKVResponse.encode({ hash: value, compactRevision, hashRevision }).finish();
    call.respond(headers.prepend(result.revision, body));
  }
}

/** As in etcd, without a header. */
async function defragment(call: UnaryCall, options: MaintenanceServiceOptions): Promise<void> {
  try {
    if (!(await options.defragment())) return call.fail(Errors.stopped);
  } catch (error) {
    if (!(error instanceof EngineReclaimError)) throw error;
    return call.fail({ code: Code.RESOURCE_EXHAUSTED, message: error.message });
  }
  call.respond(DefragmentResponse.encode({}).finish());
}

/** The data have one version so far, so there is none to downgrade to. */
function downgradeRefusal({ action, version }: etcdserverpb.DowngradeRequest): Status {
  if (action === CANCEL) return Errors.noDowngrade;
  if (action !== VALIDATE && action !== ENABLE) return Errors.unknownMethod;
  return /^\d+\.\d+(\.\d+)?$/.test(version) ? Errors.badDowngradeTarget : Errors.badDowngradeFormat;
}

async function hashAll(call: UnaryCall, { store, headers }: MaintenanceServiceOptions): Promise<void> {
  if (call.cancelled) return;
  const made = await store.hashAll(call);
  if (made === undefined) return;
  const { hash, revision } = made;
  call.respond(headers.prepend(revision, HashResponse.encode({ hash }).finish()));
}

async function moveLeader(
  call: UnaryCall,
  target: number,
  { headers, node, clock, transferMs }: MaintenanceServiceOptions,
): Promise<void> {
  if (node.status().role !== 'leader') return call.fail(Errors.notLeader);
  if (!node.confState.voters.includes(target)) return call.fail(Errors.badTransferee);
  node.transferLeader(target);
  const leads = await node.leaderIs((leader) => leader === target, clock.now() + transferMs);
  if (!leads) return call.fail(node.running ? Errors.timeoutTransfer : Errors.stopped);
  call.respond(headers.prepend(0, MoveLeaderResponse.encode({}).finish()));
}

async function status(call: UnaryCall, options: MaintenanceServiceOptions): Promise<void> {
  const { store, headers, node, isLearner, hot, quotaBytes } = options;
  const sizeBytes = await store.sizeBytes();
  const { leader, term, commit, applied } = node.status();
  const body = StatusResponse.encode({
    version: ETCD_API_VERSION,
    dbSize: sizeBytes + store.freeBytes(),
    dbSizeInUse: sizeBytes,
    leader,
    raftIndex: commit,
    raftTerm: term,
    raftAppliedIndex: applied,
    errors: [...(leader === NONE ? [Errors.noLeader.message] : []), ...store.alarms().map(alarmText)],
    isLearner: isLearner(),
    storageVersion: ETCD_STORAGE_VERSION,
    dbSizeQuota: quotaBytes,
    // Present and empty, as in etcd 3.6 when no downgrade is in progress.
    downgradeInfo: {},
    raftkvVersion: RAFTKV_VERSION,
    hotRead: hottest(hot?.reads) ?? null,
    hotWrite: hottest(hot?.writes) ?? null,
  }).finish();
  call.respond(headers.prepend(store.revision(), body));
}

/** etcd's text. */
function alarmText({ memberId, kind }: Alarm): string {
  return `memberID:${memberId} alarm:${AlarmType[kind] ?? kind} `;
}
