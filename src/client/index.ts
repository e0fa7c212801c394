// The client's entry point: `import { Client } from 'raftkv/client'`.

export type { CallAttempt } from './calls/connection.js';
export type { Alarm, AlarmKind, AlarmListResult } from './cluster/alarms.js';
export { Auth } from './auth/auth.js';
export type { AuthResult, AuthStatus, NewUser } from './auth/auth.js';
export type { Access, Permission, PermittedKeys } from './auth/permission.js';
export { Cache } from './cache/cache.js';
export type {
  CacheAnswer,
  CacheCountResult,
  CacheGetResult,
  CacheOptions,
  CacheRangeOptions,
  CacheRangeResult,
  CacheReadOptions,
  CacheState,
  CacheStatus,
} from './cache/cache-types.js';
export { Client } from './client.js';
export type { ClientOptions } from './client-options.js';
export type {
  HashResult,
  Member,
  MemberAddResult,
  MemberListResult,
  MemberStatus,
  MoveLeaderResult,
} from './cluster/members.js';
export type { HotKey, HotKeys, HotResult } from './cluster/hot-keys.js';
export type { Health } from './cluster/health.js';
export type { CallOptions } from './calls/dispatcher.js';
export { Index } from './indexes/index-client.js';
export type { IndexOptions, IndexReadyOptions } from './indexes/index-client.js';
export type { IndexDefinition, IndexInfo, IndexSource, IndexState, KeySegment } from './indexes/definition.js';
export type { IndexEntry, IndexPage, IndexPageOptions, IndexQueryOptions, IndexSelector } from './indexes/query.js';
export type { IndexDuplicate, IndexListResult, IndexResult, IndexStatus } from './indexes/status.js';
export type { IndexArgument, IndexType, IndexValue, IndexValues } from './indexes/values.js';
export { Feeds } from './feeds/feeds.js';
export type { FeedBatch, FeedCreateOptions, FeedOptions, FeedPosition, FeedStatus } from './feeds/feed-types.js';
export type { Leadership, Observation } from './lock/election.js';
export type { Lease, LeaseEvents, LeaseOptions } from './lease/lease.js';
export type {
  LeaseGrantResult,
  LeaseKeepAliveResult,
  LeaseListResult,
  LeaseTimeToLiveResult,
} from './lease/lease-requests.js';
export type { Lock } from './lock/lock.js';
export type { SessionInfo, SessionListResult } from './session/session-list.js';
export type { Turn, TurnOptions } from './lock/turn.js';
export type { ClusterId, MemberId } from '../util/member-id.js';
export { RaftKvError } from './errors.js';
export type { ErrorCode, Fate } from './errors.js';
export { GuardedPuts } from './keys/guarded-puts.js';
export type { GuardedPutsResult } from './keys/guarded-puts.js';
export { KeyValue } from './keys/key-value.js';
export type { Freshness, Header } from './keys/key-value.js';
export type { Bytes, RangeSelector } from './keys/key-range.js';
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
} from './keys/range.js';
export type { ScanOptions } from './keys/scan.js';
export type { SnapshotOptions, SnapshotProgress } from './cluster/snapshot.js';
export type { NodeTlsOptions, TlsOptions } from './tls/tls-options.js';
export { compare, op, Txn, txn } from './keys/txn.js';
export type { Comparison, IndexComparison, Op, Relation, TxnBody, TxnResult } from './keys/txn.js';
export type { DeleteBody, DeleteOptions, DeleteResult, PutBody, PutOptions, PutResult } from './keys/writes.js';
export { Watch } from './watch/watch.js';
export type { DeleteEvent, PutEvent, WatchBatch, WatchEvent, WatchOptions } from './watch/watch-types.js';
