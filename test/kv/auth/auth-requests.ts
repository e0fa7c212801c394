import { authpb, etcdserverpb, raftkv } from '../../../src/gen/proto.js';
import { applyAuthCommand, type AuthCommandKind } from '../../../src/kv/auth/auth-commands.js';
import type { AuthState } from '../../../src/kv/auth/auth-state.js';

export type AuthCommand = readonly [AuthCommandKind, Uint8Array];

const { READ, WRITE, READWRITE } = authpb.Permission.Type;
export const TYPES = { read: READ, write: WRITE, both: READWRITE } as const;

const text = (value: string): Uint8Array => Buffer.from(value, 'latin1');

/** Commands as members put them into the log; text is latin1. */
export const auth = {
  enable: (): AuthCommand => ['authEnable', etcdserverpb.AuthEnableRequest.encode({}).finish()],
  disable: (): AuthCommand => ['authDisable', etcdserverpb.AuthDisableRequest.encode({}).finish()],
  token: (user: string, checkedRevision: number, digest = 'digest'): AuthCommand => [
    'tokenAssign',
    raftkv.TokenAssignment.encode({ user, digest: text(digest), checkedRevision }).finish(),
  ],
  addUser: (name: string, { hash = 'hash', noPassword = false } = {}): AuthCommand => [
    'userAdd',
    etcdserverpb.AuthUserAddRequest.encode({
      name,
      hashedPassword: Buffer.from(hash).toString('base64'),
      options: { noPassword },
    }).finish(),
  ],
  deleteUser: (name: string): AuthCommand => [
    'userDelete',
    etcdserverpb.AuthUserDeleteRequest.encode({ name }).finish(),
  ],
  changePassword: (name: string, hash: string): AuthCommand => [
    'userChangePassword',
    etcdserverpb.AuthUserChangePasswordRequest.encode({
      name,
      hashedPassword: Buffer.from(hash).toString('base64'),
    }).finish(),
  ],
  grantRole: (user: string, role: string): AuthCommand => [
    'userGrantRole',
    etcdserverpb.AuthUserGrantRoleRequest.encode({ user, role }).finish(),
  ],
  revokeRole: (name: string, role: string): AuthCommand => [
    'userRevokeRole',
    etcdserverpb.AuthUserRevokeRoleRequest.encode({ name, role }).finish(),
  ],
  addRole: (name: string): AuthCommand => ['roleAdd', etcdserverpb.AuthRoleAddRequest.encode({ name }).finish()],
  deleteRole: (role: string): AuthCommand => [
    'roleDelete',
    etcdserverpb.AuthRoleDeleteRequest.encode({ role }).finish(),
  ],
  grant: (name: string, type: keyof typeof TYPES, key: string, rangeEnd = ''): AuthCommand => [
    'roleGrantPermission',
    etcdserverpb.AuthRoleGrantPermissionRequest.encode({
      name,
      perm: { permType: TYPES[type], key: text(key), rangeEnd: text(rangeEnd) },
    }).finish(),
  ],
  grantNothing: (name: string): AuthCommand => [
    'roleGrantPermission',
    etcdserverpb.AuthRoleGrantPermissionRequest.encode({ name }).finish(),
  ],
  revoke: (role: string, key: string, rangeEnd = ''): AuthCommand => [
    'roleRevokePermission',
    etcdserverpb.AuthRoleRevokePermissionRequest.encode({ role, key: text(key), rangeEnd: text(rangeEnd) }).finish(),
  ],
} as const;

/** The commands after which authentication is on, with the user root. */
export const ROOT_COMMANDS: readonly AuthCommand[] = [
  auth.addUser('root'),
  auth.grantRole('root', 'root'),
  auth.enable(),
];

/** Those that make a user with one permission. */
export function userWith(name: string, type: keyof typeof TYPES, key: string, rangeEnd = ''): readonly AuthCommand[] {
  return [auth.addUser(name), auth.addRole(name), auth.grant(name, type, key, rangeEnd), auth.grantRole(name, name)];
}

/** The state after commands, each of which must change it. */
export function after(state: AuthState, ...commands: readonly AuthCommand[]): AuthState {
  return commands.reduce((before, [kind, request]) => {
    const outcome = applyAuthCommand(before, { kind, request, index: 1 });
    if (outcome.kind !== 'changed') throw new Error(outcome.kind);
    return outcome.state;
  }, state);
}
