import { etcdserverpb } from '../../gen/proto.js';
import type { Rights } from '../../kv/auth/auth-state.js';
import type { CallContext } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { REFUSALS, type Access, type Checked } from './access.js';

/** Who may call a method while authentication is on. */
export type AccessRule =
  /** Everyone. */
  | 'open'
  /** The handler checks, as the answer depends on keys or names in the request. */
  | 'handler'
  /** Any user. */
  | 'user'
  /** A user with the role root. */
  | 'root'
  /** The same; etcd refuses others without its usual code and text. */
  | 'root, plain error';

type Rule = AccessRule | ((request: never) => AccessRule);

const { GET } = etcdserverpb.AlarmRequest.AlarmAction;

/** By path, as etcd 3.5 has it. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['/etcdserverpb.KV/Range', 'handler'],
  ['/etcdserverpb.KV/RangeStream', 'handler'],
  ['/etcdserverpb.KV/Put', 'handler'],
  ['/etcdserverpb.KV/DeleteRange', 'handler'],
  ['/etcdserverpb.KV/Txn', 'handler'],
  ['/etcdserverpb.KV/Compact', 'root'],
  ['/etcdserverpb.Watch/Watch', 'handler'],
  ['/etcdserverpb.Lease/LeaseGrant', 'user'],
  ['/etcdserverpb.Lease/LeaseRevoke', 'user'],
  ['/etcdserverpb.Lease/LeaseKeepAlive', 'user'],
  ['/etcdserverpb.Lease/LeaseTimeToLive', 'user'],
  ['/etcdserverpb.Lease/LeaseLeases', 'user'],
  ['/etcdserverpb.Cluster/MemberList', 'user'],
  // As in etcd, the URLs are checked first.
  ['/etcdserverpb.Cluster/MemberAdd', 'handler'],
  ['/etcdserverpb.Cluster/MemberPromote', 'root'],
  ['/etcdserverpb.Cluster/MemberRemove', 'root'],
  ['/etcdserverpb.Cluster/MemberUpdate', 'root'],
  ['/etcdserverpb.Maintenance/Alarm', ({ request }: AlarmAsked) => (request.action === GET ? 'user' : 'root')],
  ['/etcdserverpb.Maintenance/Status', 'root'],
  ['/etcdserverpb.Maintenance/MoveLeader', 'root'],
  ['/etcdserverpb.Maintenance/Downgrade', 'root'],
  ['/etcdserverpb.Maintenance/Defragment', 'root, plain error'],
  ['/etcdserverpb.Maintenance/Hash', 'root, plain error'],
  ['/etcdserverpb.Maintenance/HashKV', 'root, plain error'],
  ['/etcdserverpb.Maintenance/Snapshot', 'root, plain error'],
  ['/etcdserverpb.Auth/Authenticate', 'open'],
  ['/etcdserverpb.Auth/AuthStatus', 'root'],
  ['/etcdserverpb.Auth/AuthEnable', 'root'],
  ['/etcdserverpb.Auth/AuthDisable', 'root'],
  // The handler checks the length of the password first, as etcd does.
  ['/etcdserverpb.Auth/UserAdd', 'handler'],
  ['/etcdserverpb.Auth/UserChangePassword', 'handler'],
  // A user may see itself and its roles.
  ['/etcdserverpb.Auth/UserGet', 'handler'],
  ['/etcdserverpb.Auth/RoleGet', 'handler'],
  ['/etcdserverpb.Auth/UserList', 'root'],
  ['/etcdserverpb.Auth/UserDelete', 'root'],
  ['/etcdserverpb.Auth/UserGrantRole', 'root'],
  ['/etcdserverpb.Auth/UserRevokeRole', 'root'],
  ['/etcdserverpb.Auth/RoleAdd', 'root'],
  ['/etcdserverpb.Auth/RoleList', 'root'],
  ['/etcdserverpb.Auth/RoleDelete', 'root'],
  ['/etcdserverpb.Auth/RoleGrantPermission', 'root'],
  ['/etcdserverpb.Auth/RoleRevokePermission', 'root'],
  ['/v3lockpb.Lock/Lock', 'handler'],
  ['/v3lockpb.Lock/Unlock', 'handler'],
  ['/v3electionpb.Election/Campaign', 'handler'],
  ['/v3electionpb.Election/Proclaim', 'handler'],
  ['/v3electionpb.Election/Leader', 'handler'],
  ['/v3electionpb.Election/Observe', 'handler'],
  ['/v3electionpb.Election/Resign', 'handler'],
  // It shows names of keys.
  ['/raftkvpb.Hot/Top', 'root'],
  ['/raftkvpb.Session/Open', 'user'],
  ['/raftkvpb.Session/KeepAlive', 'user'],
  // Sessions of others only for root.
  ['/raftkvpb.Session/Close', 'user'],
  ['/raftkvpb.Session/List', 'user'],
  ['/raftkvpb.Feed/Create', 'root'],
  ['/raftkvpb.Feed/Delete', 'root'],
  ['/raftkvpb.Feed/Reset', 'root'],
  // The feeds whose keys the user may read.
  ['/raftkvpb.Feed/List', 'user'],
  ['/raftkvpb.Feed/Subscribe', 'user'],
  ['/raftkvpb.Feed/Ack', 'user'],
  ['/raftkvpb.Index/Create', 'root'],
  ['/raftkvpb.Index/Drop', 'root'],
  ['/raftkvpb.Index/List', 'user'],
  ['/raftkvpb.Index/Status', 'handler'],
  ['/raftkvpb.Index/Query', 'handler'],
  ['/raftkvpb.Index/QueryStream', 'handler'],
  ['/grpc.health.v1.Health/Check', 'open'],
  ['/grpc.health.v1.Health/Watch', 'open'],
]);

interface AlarmAsked {
  readonly request: etcdserverpb.AlarmRequest;
}

/** The rule of a request. A method without one is for root alone: a new one is closed until its rule is written. */
export function accessRule(path: string, request: unknown): AccessRule {
  const rule = RULES.get(path) ?? 'root';
  return typeof rule === 'function' ? rule(request as never) : rule;
}

/** The paths that have a rule. */
export const RULED_PATHS: readonly string[] = [...RULES.keys()];

const isRoot = (rights: Rights): boolean => rights.isRoot;

/**
 * Applies a rule to a call.
 * @param done called once; in this turn, unless the caller is unknown or a refusal is confirmed
 */
export function applyRule(
  access: Access,
  { call, rule }: { readonly call: CallContext; readonly rule: AccessRule },
  done: (refused: Status | undefined) => void,
): void {
  if (rule === 'open') return done(undefined);
  if (rule === 'handler') {
    if (access.isKnown(call)) done(undefined);
    else access.learn(call, () => done(undefined));
    return;
  }
  const request: Checked = { call, concernsKeys: false, ...(rule !== 'user' && { permits: isRoot }) };
  if (access.refusal(request) === undefined) return done(undefined);
  access.confirm(request, (refused) => done(refused && rule === 'root, plain error' ? plain(refused) : refused));
}

/** etcd returns the errors of these methods as they are: without a code, and in the words of its auth package. */
const PLAIN: ReadonlyMap<Status, string> = new Map([
  [REFUSALS.nobody, 'user name is empty'],
  [REFUSALS.invalidToken, 'invalid auth token'],
  [REFUSALS.oldRevision, 'revision in header is old'],
  [REFUSALS.denied, 'permission denied'],
  [REFUSALS.unknownUser, 'user not found'],
]);

function plain(refused: Status): Status {
  const text = PLAIN.get(refused);
  return text === undefined ? refused : { code: Code.UNKNOWN, message: `auth: ${text}` };
}
