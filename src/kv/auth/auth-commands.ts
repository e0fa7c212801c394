import { etcdserverpb, raftkv } from '../../gen/proto.js';
import { assertNever } from '../../util/assert.js';
import { kvError } from '../errors.js';
import type { AuthChange, AuthOutcome } from './auth-change.js';
import { authRow } from './auth-rows.js';
import { ROOT, type AuthState } from './auth-state.js';
import { addRole, deleteRole, grantPermission, revokePermission } from './role-commands.js';
import { assignToken } from './token-commands.js';
import { addUser, changePassword, deleteUser, grantRole, revokeRole } from './user-commands.js';

export type AuthCommandKind =
  | 'authEnable'
  | 'authDisable'
  | 'tokenAssign'
  | 'userAdd'
  | 'userDelete'
  | 'userChangePassword'
  | 'userGrantRole'
  | 'userRevokeRole'
  | 'roleAdd'
  | 'roleDelete'
  | 'roleGrantPermission'
  | 'roleRevokePermission';

/** Decodes a command, and applies it, in etcd's order of checks. @param index of its entry */
export function applyAuthCommand(
  state: AuthState,
  { kind, request, index }: { readonly kind: AuthCommandKind; readonly request: Uint8Array; readonly index: number },
): AuthOutcome {
  switch (kind) {
    case 'authEnable':
      return enable(state);
    case 'authDisable':
      return disable(state);
    case 'tokenAssign':
      return assignToken(state, raftkv.TokenAssignment.decode(request), index);
    case 'userAdd':
      return addUser(state, etcdserverpb.AuthUserAddRequest.decode(request));
    case 'userDelete':
      return deleteUser(state, etcdserverpb.AuthUserDeleteRequest.decode(request));
    case 'userChangePassword':
      return changePassword(state, etcdserverpb.AuthUserChangePasswordRequest.decode(request));
    case 'userGrantRole':
      return grantRole(state, etcdserverpb.AuthUserGrantRoleRequest.decode(request));
    case 'userRevokeRole':
      return revokeRole(state, etcdserverpb.AuthUserRevokeRoleRequest.decode(request));
    case 'roleAdd':
      return addRole(state, etcdserverpb.AuthRoleAddRequest.decode(request));
    case 'roleDelete':
      return deleteRole(state, etcdserverpb.AuthRoleDeleteRequest.decode(request));
    case 'roleGrantPermission':
      return grantPermission(state, etcdserverpb.AuthRoleGrantPermissionRequest.decode(request));
    case 'roleRevokePermission':
      return revokePermission(state, etcdserverpb.AuthRoleRevokePermissionRequest.decode(request));
    default:
      return assertNever(kind, 'command');
  }
}

function enable(state: AuthState): AuthOutcome {
  if (state.enabled) return unchanged(state);
  const root = state.users.get(ROOT);
  if (root === undefined) return kvError('root-user-missing');
  if (!root.roles.includes(ROOT)) return kvError('root-role-missing');
  const enabled = state.with({ enabled: true });
  return { kind: 'changed', state: enabled, rows: [authRow(enabled)], tokens: [] };
}

function disable(state: AuthState): AuthOutcome {
  if (!state.enabled) return unchanged(state);
  const disabled = state.with({ enabled: false, revision: state.revision + 1 });
  return { kind: 'changed', state: disabled, rows: [authRow(disabled)], tokens: [{ kind: 'all-revoked' }] };
}

function unchanged(state: AuthState): AuthChange {
  return { kind: 'changed', state, rows: [], tokens: [] };
}
