import { etcdserverpb, raftkvpb, v3electionpb, v3lockpb } from '../../gen/proto.js';
import { method, methodAt } from './method.js';

const pb = etcdserverpb;

export const RANGE = method('read', 'KV/Range', { request: pb.RangeRequest, response: pb.RangeResponse });
export const PUT = method('write', 'KV/Put', { request: pb.PutRequest, response: pb.PutResponse });
export const DELETE_RANGE = method('write', 'KV/DeleteRange', {
  request: pb.DeleteRangeRequest,
  response: pb.DeleteRangeResponse,
});
export const TXN = method('write', 'KV/Txn', { request: pb.TxnRequest, response: pb.TxnResponse });
/** A transaction that only reads. */
export const READ_TXN = method('read', 'KV/Txn', { request: pb.TxnRequest, response: pb.TxnResponse });
export const COMPACT = method('write', 'KV/Compact', {
  request: pb.CompactionRequest,
  response: pb.CompactionResponse,
});
/** Without an id: a repeat leaves at worst an unused lease, which expires. */
export const LEASE_GRANT = method('read', 'Lease/LeaseGrant', {
  request: pb.LeaseGrantRequest,
  response: pb.LeaseGrantResponse,
});
/** With an id: a repeat would be refused because of the first attempt. */
export const LEASE_GRANT_ID = method('write', 'Lease/LeaseGrant', {
  request: pb.LeaseGrantRequest,
  response: pb.LeaseGrantResponse,
});
export const LEASE_REVOKE = method('write', 'Lease/LeaseRevoke', {
  request: pb.LeaseRevokeRequest,
  response: pb.LeaseRevokeResponse,
});
/** For callers that accept a lease which is already gone. */
export const LEASE_END = method('read', 'Lease/LeaseRevoke', {
  request: pb.LeaseRevokeRequest,
  response: pb.LeaseRevokeResponse,
});
/** A bidirectional stream. */
export const LEASE_KEEP_ALIVE = method('read', 'Lease/LeaseKeepAlive', {
  request: pb.LeaseKeepAliveRequest,
  response: pb.LeaseKeepAliveResponse,
});
export const LEASE_TIME_TO_LIVE = method('read', 'Lease/LeaseTimeToLive', {
  request: pb.LeaseTimeToLiveRequest,
  response: pb.LeaseTimeToLiveResponse,
});
export const LEASE_LEASES = method('read', 'Lease/LeaseLeases', {
  request: pb.LeaseLeasesRequest,
  response: pb.LeaseLeasesResponse,
});
/** A repeat finds the place in the queue that the first attempt made, or makes it. The place ends with its lease. */
export const LOCK = methodAt('read', '/v3lockpb.Lock/Lock', {
  request: v3lockpb.LockRequest,
  response: v3lockpb.LockResponse,
});
export const CAMPAIGN = methodAt('read', '/v3electionpb.Election/Campaign', {
  request: v3electionpb.CampaignRequest,
  response: v3electionpb.CampaignResponse,
});
/** A repeat could overwrite a newer value. */
export const PROCLAIM = methodAt('write', '/v3electionpb.Election/Proclaim', {
  request: v3electionpb.ProclaimRequest,
  response: v3electionpb.ProclaimResponse,
});
/** Answered by a stream. */
export const OBSERVE = methodAt('read', '/v3electionpb.Election/Observe', {
  request: v3electionpb.LeaderRequest,
  response: v3electionpb.LeaderResponse,
});
export const STATUS = method('read', 'Maintenance/Status', {
  request: pb.StatusRequest,
  response: pb.StatusResponse,
});
/** Answered by a stream. */
export const SNAPSHOT = method('read', 'Maintenance/Snapshot', {
  request: pb.SnapshotRequest,
  response: pb.SnapshotResponse,
});
export const HASH_KV = method('read', 'Maintenance/HashKV', {
  request: pb.HashKVRequest,
  response: pb.HashKVResponse,
});
export const HOT_TOP = methodAt('read', '/raftkvpb.Hot/Top', {
  request: raftkvpb.HotRequest,
  response: raftkvpb.HotResponse,
});
/** Idempotent. */
export const ALARM = method('read', 'Maintenance/Alarm', { request: pb.AlarmRequest, response: pb.AlarmResponse });
export const DEFRAGMENT = method('read', 'Maintenance/Defragment', {
  request: pb.DefragmentRequest,
  response: pb.DefragmentResponse,
});
export const HASH = method('read', 'Maintenance/Hash', { request: pb.HashRequest, response: pb.HashResponse });
/** Does not change the store, and is idempotent. */
export const MOVE_LEADER = method('read', 'Maintenance/MoveLeader', {
  request: pb.MoveLeaderRequest,
  response: pb.MoveLeaderResponse,
});
export const MEMBER_LIST = method('read', 'Cluster/MemberList', {
  request: pb.MemberListRequest,
  response: pb.MemberListResponse,
});
export const MEMBER_ADD = method('write', 'Cluster/MemberAdd', {
  request: pb.MemberAddRequest,
  response: pb.MemberAddResponse,
});
export const MEMBER_REMOVE = method('write', 'Cluster/MemberRemove', {
  request: pb.MemberRemoveRequest,
  response: pb.MemberRemoveResponse,
});
export const MEMBER_UPDATE = method('write', 'Cluster/MemberUpdate', {
  request: pb.MemberUpdateRequest,
  response: pb.MemberUpdateResponse,
});
export const MEMBER_PROMOTE = method('write', 'Cluster/MemberPromote', {
  request: pb.MemberPromoteRequest,
  response: pb.MemberPromoteResponse,
});
/** A repeat leaves at worst an unused session, which expires. */
export const SESSION_OPEN = methodAt('read', '/raftkvpb.Session/Open', {
  request: raftkvpb.SessionOpenRequest,
  response: raftkvpb.SessionOpenResponse,
});
/** For callers that accept a session which is already gone. */
export const SESSION_CLOSE = methodAt('read', '/raftkvpb.Session/Close', {
  request: raftkvpb.SessionCloseRequest,
  response: raftkvpb.SessionCloseResponse,
});
export const SESSION_LIST = methodAt('read', '/raftkvpb.Session/List', {
  request: raftkvpb.SessionListRequest,
  response: raftkvpb.SessionListResponse,
});
export const WATCH = method('read', 'Watch/Watch', { request: pb.WatchRequest, response: pb.WatchResponse });
export type WatchRequest = etcdserverpb.WatchRequest.$Properties;
export type WatchResponse = ReturnType<typeof WATCH.decode>;
