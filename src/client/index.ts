// The typed client: `import { Client } from 'raftkv/client'`.

export type { Alarm, AlarmKind } from './alarms.js';
export { Client } from './client.js';
export type { ClientOptions } from './client.js';
export type {
  HashResult,
  Health,
  Member,
  MemberAddResult,
  MemberListResult,
  MemberStatus,
  MoveLeaderResult,
} from './cluster.js';
export type { CallOptions } from './dispatcher.js';
export type { Leadership, Observation } from './election.js';
export type { Lease, LeaseEvents, LeaseOptions } from './lease.js';
export type {
  LeaseGrantResult,
  LeaseKeepAliveResult,
  LeaseListResult,
  LeaseTimeToLiveResult,
} from './lease-requests.js';
export type { Lock } from './lock.js';
export type { Turn, TurnOptions } from './turn.js';
export { RaftKvError } from './errors.js';
export type { ErrorCode, Fate } from './errors.js';
export { KeyValue } from './key-value.js';
export type { Freshness, Header } from './key-value.js';
export type { Bytes, RangeSelector } from './keys.js';
export type {
  Consistency,
  GetBody,
  GetOptions,
  GetResult,
  RangeBody,
  RangeOptions,
  RangeResult,
  ReadOptions,
  SortOrder,
  SortTarget,
} from './range.js';
export type { ScanOptions } from './scan.js';
export type { SnapshotOptions, SnapshotProgress } from './snapshot.js';
export { compare, op, Txn, txn } from './txn.js';
export type { Comparison, Op, Relation, TxnBody, TxnResult } from './txn.js';
export type { DeleteBody, DeleteOptions, DeleteResult, PutBody, PutOptions, PutResult } from './writes.js';
export { Watch } from './watch.js';
export type { DeleteEvent, PutEvent, WatchBatch, WatchEvent, WatchOptions } from './watch-types.js';
