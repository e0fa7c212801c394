import { etcdserverpb, grpc, raftkvpb, v3electionpb, v3lockpb } from '../../../src/gen/proto.js';

/** The callers of the matrix. */
export const CALLERS = [
  'anonymous',
  'wrong token',
  'expired token',
  'stale token',
  'no role',
  'read key',
  'write key',
  'key',
  'prefix',
  'range',
  'from key',
  'root',
] as const;
export type Caller = (typeof CALLERS)[number];

/** Callers with a valid token. */
export const USERS = CALLERS.slice(4);

export interface Row {
  /** The path without its slash in front: package.Service/Method. */
  readonly path: string;
  readonly request: object;
  readonly encode: (request: never) => { finish(): Uint8Array };
  /** Callers that are let in. */
  readonly admits: readonly Caller[];
  /** How refusals look: etcd's usual code, none (locks and elections), or the words of its auth package. */
  readonly refusals: 'status' | 'code unknown' | 'plain';
  /** Code and text for callers that are let in. Default: success. */
  readonly outcome?: string;
  /** Messages are awaited, and not the end. */
  readonly isStream?: true;
  /** Not called for root: it would end the test. */
  readonly exceptRoot?: true;
}

const p = etcdserverpb;
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const K = bytes('k');
const OPEN = bytes('\0');
const ALL = CALLERS;
const READERS: readonly Caller[] = ['read key', 'key', 'prefix', 'range', 'from key', 'root'];
const WRITERS: readonly Caller[] = ['write key', 'key', 'prefix', 'range', 'from key', 'root'];
/** With both permissions on all keys that begin with k. */
const OWNERS: readonly Caller[] = ['prefix', 'range', 'from key', 'root'];
const ROOT: readonly Caller[] = ['root'];

/** Each refusal is a message of the stream, which counts as its answer. */
export const WATCH_PATH = 'etcdserverpb.Watch/Watch';

type Extra = Partial<Omit<Row, 'path' | 'admits' | 'request' | 'encode'>>;
type Codec = { encode(request: never): { finish(): Uint8Array } };

function row(path: string, codec: Codec, request: object, admits: readonly Caller[], extra: Extra = {}): Row {
  const encode = (message: never): { finish(): Uint8Array } => codec.encode(message);
  return { path, encode, request, admits, refusals: 'status', ...extra };
}

const etcd = (path: string, codec: Codec, request: object, admits: readonly Caller[], extra?: Extra): Row =>
  row(`etcdserverpb.${path}`, codec, request, admits, extra);
const lock = (path: string, codec: Codec, request: object, admits: readonly Caller[], extra?: Extra): Row =>
  row(path, codec, request, admits, { refusals: 'code unknown', ...extra });

const watch = (createRequest: object, admits: readonly Caller[]): Row =>
  row(WATCH_PATH, p.WatchRequest, { createRequest }, admits, { isStream: true });

const put = { requestPut: { key: K, value: bytes('v') } };
const LEADER = { name: bytes('k2'), key: bytes('k2/x'), rev: 1, lease: 80 };
const MEMBER_NOT_FOUND = '5 etcdserver: member not found';
const NO_SESSION =
  '5 raftkv: the session does not exist: it was never opened, has expired, or was ended; nothing was applied';
const NO_FEED = '5 raftkv: there is no such feed';
const INVALID_FEED = '3 raftkv: invalid feed: see docs/FEEDS.md for names, ranges and numbers';
const USER_NOT_FOUND = '9 etcdserver: user name not found';
const ROLE_NOT_FOUND = '9 etcdserver: role name not found';

const NO_INDEX = '5 raftkv: index none does not exist';
const INDEX = { name: 'i', key: bytes('index/'), rangeEnd: bytes('index0'), source: { wholeValue: true } };

/** Every RPC, with requests that leave the state as it is for the next caller. `make conformance` compares the answers with etcd's. */
export const ROWS: readonly Row[] = [
  etcd('KV/Range', p.RangeRequest, { key: K }, READERS),
  etcd('KV/Range', p.RangeRequest, { key: K, serializable: true }, READERS),
  etcd('KV/Range', p.RangeRequest, { key: K, rangeEnd: bytes('l') }, OWNERS),
  etcd('KV/Range', p.RangeRequest, { key: K, rangeEnd: OPEN }, ['from key', 'root']),
  etcd('KV/Range', p.RangeRequest, { key: OPEN, rangeEnd: OPEN }, ROOT),
  etcd('KV/RangeStream', p.RangeRequest, { key: K, rangeEnd: bytes('l') }, OWNERS, { isStream: true }),
  etcd('KV/Put', p.PutRequest, { key: K, value: bytes('v') }, WRITERS),
  etcd('KV/Put', p.PutRequest, { key: K, prevKv: true }, ['key', 'prefix', 'range', 'from key', 'root']),
  etcd('KV/Put', p.PutRequest, { key: K, lease: 79 }, ['from key', 'root']),
  etcd('KV/DeleteRange', p.DeleteRangeRequest, { key: K }, WRITERS),
  etcd('KV/DeleteRange', p.DeleteRangeRequest, { key: K, rangeEnd: bytes('l') }, OWNERS),
  etcd('KV/DeleteRange', p.DeleteRangeRequest, { key: K, prevKv: true }, ['key', ...OWNERS]),
  etcd('KV/Txn', p.TxnRequest, { success: [put] }, WRITERS),
  etcd('KV/Txn', p.TxnRequest, { success: [{ requestTxn: { failure: [put] } }] }, WRITERS),
  etcd('KV/Txn', p.TxnRequest, { compare: [{ key: K, rangeEnd: bytes('l') }] }, OWNERS),
  etcd('KV/Txn', p.TxnRequest, { failure: [{ requestRange: { key: K } }] }, READERS),
  etcd('KV/Txn', p.TxnRequest, {}, ['anonymous', ...USERS]),
  etcd('KV/Compact', p.CompactionRequest, { revision: 99_999_999 }, ROOT, {
    outcome: '11 etcdserver: mvcc: required revision is a future revision',
  }),
  watch({ key: K }, READERS),
  watch({ key: K, rangeEnd: bytes('l') }, OWNERS),
  watch({ key: K, rangeEnd: OPEN }, ['from key', 'root']),
  watch({ key: OPEN, rangeEnd: OPEN }, ROOT),
  etcd('Lease/LeaseGrant', p.LeaseGrantRequest, { ID: 79, TTL: 60 }, USERS, {
    outcome: '9 etcdserver: lease already exists',
  }),
  etcd('Lease/LeaseRevoke', p.LeaseRevokeRequest, { ID: 4242 }, USERS, {
    outcome: '5 etcdserver: requested lease not found',
  }),
  etcd('Lease/LeaseRevoke', p.LeaseRevokeRequest, { ID: 79 }, ['from key', 'root'], { exceptRoot: true }),
  etcd('Lease/LeaseKeepAlive', p.LeaseKeepAliveRequest, { ID: 78 }, ['from key', 'root'], { isStream: true }),
  etcd('Lease/LeaseTimeToLive', p.LeaseTimeToLiveRequest, { ID: 78 }, USERS),
  etcd('Lease/LeaseTimeToLive', p.LeaseTimeToLiveRequest, { ID: 78, keys: true }, ['from key', 'root']),
  etcd('Lease/LeaseLeases', p.LeaseLeasesRequest, {}, ['from key', 'root']),
  etcd('Cluster/MemberList', p.MemberListRequest, { linearizable: true }, USERS),
  etcd('Cluster/MemberAdd', p.MemberAddRequest, { peerURLs: ['http://127.0.0.1:1'] }, ROOT, { exceptRoot: true }),
  etcd('Cluster/MemberRemove', p.MemberRemoveRequest, { ID: 1 }, ROOT, { outcome: MEMBER_NOT_FOUND }),
  etcd('Cluster/MemberUpdate', p.MemberUpdateRequest, { ID: 1, peerURLs: ['http://127.0.0.1:1'] }, ROOT, {
    outcome: MEMBER_NOT_FOUND,
  }),
  etcd('Cluster/MemberPromote', p.MemberPromoteRequest, { ID: 1 }, ROOT, { outcome: MEMBER_NOT_FOUND }),
  etcd('Maintenance/Alarm', p.AlarmRequest, {}, USERS),
  etcd('Maintenance/Alarm', p.AlarmRequest, { action: 2, memberID: 1, alarm: 1 }, ROOT),
  etcd('Maintenance/Status', p.StatusRequest, {}, ROOT),
  etcd('Maintenance/Defragment', p.DefragmentRequest, {}, ROOT, { refusals: 'plain' }),
  etcd('Maintenance/Hash', p.HashRequest, {}, ROOT, { refusals: 'plain' }),
  etcd('Maintenance/HashKV', p.HashKVRequest, {}, ROOT, { refusals: 'plain' }),
  etcd('Maintenance/Snapshot', p.SnapshotRequest, {}, ROOT, { refusals: 'plain', isStream: true }),
  etcd('Maintenance/MoveLeader', p.MoveLeaderRequest, { targetID: 5 }, ROOT, {
    outcome: '9 etcdserver: bad leader transferee',
  }),
  etcd('Maintenance/Downgrade', p.DowngradeRequest, { action: 2 }, ROOT, {
    outcome: '9 etcdserver: no inflight downgrade job',
  }),
  etcd('Auth/Authenticate', p.AuthenticateRequest, { name: 'nobody', password: 'x' }, ALL, {
    outcome: '3 etcdserver: authentication failed, invalid user ID or password',
  }),
  etcd('Auth/AuthStatus', p.AuthStatusRequest, {}, ROOT),
  etcd('Auth/AuthEnable', p.AuthEnableRequest, {}, ROOT),
  etcd('Auth/AuthDisable', p.AuthDisableRequest, {}, ROOT, { exceptRoot: true }),
  etcd('Auth/UserAdd', p.AuthUserAddRequest, { name: 'key', password: 'x' }, ROOT, {
    outcome: '9 etcdserver: user name already exists',
  }),
  etcd('Auth/UserGet', p.AuthUserGetRequest, { name: 'key' }, ['key', 'root']),
  etcd('Auth/UserGet', p.AuthUserGetRequest, { name: 'nobody' }, ROOT, { outcome: USER_NOT_FOUND }),
  etcd('Auth/UserList', p.AuthUserListRequest, {}, ROOT),
  etcd('Auth/UserDelete', p.AuthUserDeleteRequest, { name: 'nobody' }, ROOT, { outcome: USER_NOT_FOUND }),
  etcd('Auth/UserChangePassword', p.AuthUserChangePasswordRequest, { name: 'nobody', password: 'x' }, ROOT, {
    outcome: USER_NOT_FOUND,
  }),
  etcd('Auth/UserGrantRole', p.AuthUserGrantRoleRequest, { user: 'nobody', role: 'key' }, ROOT, {
    outcome: USER_NOT_FOUND,
  }),
  etcd('Auth/UserRevokeRole', p.AuthUserRevokeRoleRequest, { name: 'nobody', role: 'key' }, ROOT, {
    outcome: USER_NOT_FOUND,
  }),
  etcd('Auth/RoleAdd', p.AuthRoleAddRequest, { name: 'key' }, ROOT, {
    outcome: '9 etcdserver: role name already exists',
  }),
  etcd('Auth/RoleGet', p.AuthRoleGetRequest, { role: 'key' }, ['key', 'root']),
  etcd('Auth/RoleGet', p.AuthRoleGetRequest, { role: 'nobody' }, ROOT, { outcome: ROLE_NOT_FOUND }),
  etcd('Auth/RoleList', p.AuthRoleListRequest, {}, ROOT),
  etcd('Auth/RoleDelete', p.AuthRoleDeleteRequest, { role: 'nobody' }, ROOT, { outcome: ROLE_NOT_FOUND }),
  etcd('Auth/RoleGrantPermission', p.AuthRoleGrantPermissionRequest, { name: 'nobody', perm: { key: K } }, ROOT, {
    outcome: ROLE_NOT_FOUND,
  }),
  etcd('Auth/RoleRevokePermission', p.AuthRoleRevokePermissionRequest, { role: 'nobody', key: K }, ROOT, {
    outcome: ROLE_NOT_FOUND,
  }),
  lock('v3lockpb.Lock/Lock', v3lockpb.LockRequest, { name: bytes('k1'), lease: 80 }, OWNERS),
  lock('v3lockpb.Lock/Unlock', v3lockpb.UnlockRequest, { key: bytes('k1/none') }, OWNERS),
  lock('v3electionpb.Election/Campaign', v3electionpb.CampaignRequest, { name: bytes('k2'), lease: 80 }, OWNERS),
  lock('v3electionpb.Election/Leader', v3electionpb.LeaderRequest, { name: bytes('k2') }, OWNERS),
  lock('v3electionpb.Election/Observe', v3electionpb.LeaderRequest, { name: bytes('k2') }, OWNERS, { isStream: true }),
  lock('v3electionpb.Election/Proclaim', v3electionpb.ProclaimRequest, { leader: LEADER }, OWNERS, {
    outcome: '2 election: not leader',
  }),
  lock('v3electionpb.Election/Resign', v3electionpb.ResignRequest, { leader: LEADER }, OWNERS),
  row('raftkvpb.Hot/Top', raftkvpb.HotRequest, {}, ROOT),
  row('raftkvpb.Session/Open', raftkvpb.SessionOpenRequest, {}, USERS),
  row('raftkvpb.Session/KeepAlive', raftkvpb.SessionKeepAliveRequest, { session: 7 }, USERS, {
    outcome: NO_SESSION,
  }),
  row('raftkvpb.Session/Close', raftkvpb.SessionCloseRequest, { session: 7 }, USERS, { outcome: NO_SESSION }),
  row('raftkvpb.Session/List', raftkvpb.SessionListRequest, {}, USERS),
  row('raftkvpb.Feed/Create', raftkvpb.FeedCreateRequest, { key: K }, ROOT, { outcome: INVALID_FEED }),
  row('raftkvpb.Feed/Delete', raftkvpb.FeedDeleteRequest, { name: 'none' }, ROOT, { outcome: NO_FEED }),
  row('raftkvpb.Feed/Reset', raftkvpb.FeedResetRequest, { name: 'none' }, ROOT, { outcome: NO_FEED }),
  row('raftkvpb.Feed/List', raftkvpb.FeedListRequest, {}, USERS),
  row('raftkvpb.Feed/Ack', raftkvpb.FeedAckRequest, { acks: [{ feed: 'none' }] }, USERS, { outcome: NO_FEED }),
  row('raftkvpb.Feed/Subscribe', raftkvpb.FeedSubscribeRequest, { name: 'none' }, USERS, {
    outcome: NO_FEED,
    isStream: true,
  }),
  row('raftkvpb.Index/Create', raftkvpb.IndexCreateRequest, { definition: INDEX }, ROOT),
  row('raftkvpb.Index/Drop', raftkvpb.IndexDropRequest, { name: 'none' }, ROOT, { outcome: NO_INDEX }),
  row('raftkvpb.Index/List', raftkvpb.IndexListRequest, {}, USERS),
  row('raftkvpb.Index/Status', raftkvpb.IndexStatusRequest, { name: 'none' }, USERS, { outcome: NO_INDEX }),
  row('raftkvpb.Index/Query', raftkvpb.IndexQueryRequest, { index: 'none' }, USERS, { outcome: NO_INDEX }),
  row('raftkvpb.Index/QueryStream', raftkvpb.IndexQueryRequest, { index: 'none' }, USERS, {
    outcome: NO_INDEX,
    isStream: true,
  }),
  row('grpc.health.v1.Health/Check', grpc.health.v1.HealthCheckRequest, {}, ALL),
  row('grpc.health.v1.Health/Watch', grpc.health.v1.HealthCheckRequest, {}, ALL, { isStream: true }),
];

/** Questions about services and types, which are the same for all members. */
export const OPEN_PATHS: readonly string[] = ['grpc.reflection.v1.ServerReflection/ServerReflectionInfo'];

const CODES: Readonly<Record<string, readonly [number, string, string]>> = {
  anonymous: [3, 'user name is empty', 'user name is empty'],
  'wrong token': [16, 'invalid auth token', 'invalid auth token'],
  'expired token': [16, 'invalid auth token', 'invalid auth token'],
  'stale token': [3, 'revision of auth store is old', 'revision in header is old'],
};

/** Code and text that a caller is expected to get. */
export function expectedOf({ admits, refusals, outcome = '0 ' }: Row, caller: Caller): string {
  if (admits.includes(caller)) return outcome;
  const [code, text, plain] = CODES[caller] ?? [7, 'permission denied', 'permission denied'];
  if (refusals === 'plain') return `2 auth: ${plain}`;
  return `${refusals === 'status' ? code : 2} etcdserver: ${text}`;
}
