import { authpb, type etcdserverpb } from '../../gen/proto.js';
import type { EngineOperation } from '../../ports/engine.js';
import { compareBytes, EMPTY, equalBytes } from '../../util/bytes.js';
import { kvError } from '../errors.js';
import { isEmptyRange, spanOf } from '../format/key-range.js';
import { changed, type AuthOutcome } from './auth-change.js';
import { roleRemoval, roleRow, userRow } from './auth-rows.js';
import { ROOT, type AuthState, type Permission, type Role } from './auth-state.js';

export function addRole(state: AuthState, { name }: etcdserverpb.AuthRoleAddRequest): AuthOutcome {
  if (name === '') return kvError('role-empty');
  if (state.roles.has(name)) return kvError('role-exists');
  return withRole(state, { name, permissions: [] });
}

/** Users lose the role. */
export function deleteRole(state: AuthState, { role: name }: etcdserverpb.AuthRoleDeleteRequest): AuthOutcome {
  if (state.enabled && name === ROOT) return kvError('invalid-auth-management');
  if (!state.roles.has(name)) return kvError('role-not-found');
  const rows: EngineOperation[] = [roleRemoval(name)];
  const users = state.users.mapped((user) => {
    if (!user.roles.includes(name)) return user;
    const without = { ...user, roles: user.roles.filter((role) => role !== name) };
    rows.push(userRow(without));
    return without;
  });
  return changed(state, { users, roles: state.roles.without(name) }, { rows });
}

/**
 * Permissions of one role at most: each change of a role writes all of it. All members must refuse the same commands, so another
 * number is another format.
 */
export const PERMISSIONS_MAX = 1_000;

/** Replaces a permission for the same keys. */
export function grantPermission(
  state: AuthState,
  { name, perm }: etcdserverpb.AuthRoleGrantPermissionRequest,
): AuthOutcome {
  if (perm === undefined || perm === null) return kvError('permission-not-given');
  const permission: Permission = {
    type: perm.permType ?? authpb.Permission.Type.READ,
    // Copies: views would keep the log entry in memory.
    key: Uint8Array.from(perm.key ?? EMPTY),
    rangeEnd: Uint8Array.from(perm.rangeEnd ?? EMPTY),
  };
  if (!hasKeys(permission)) return kvError('invalid-auth-management');
  const role = state.roles.get(name);
  if (role === undefined) return kvError('role-not-found');
  const at = role.permissions.findIndex((other) => sameKeys(other, permission));
  if (at < 0 && role.permissions.length >= PERMISSIONS_MAX) return kvError('too-many-permissions');
  const permissions =
    at < 0
      ? role.permissions.toSpliced(placeOf(permission, role.permissions), 0, permission)
      : role.permissions.with(at, permission);
  return withRole(state, { name, permissions });
}

export function revokePermission(
  state: AuthState,
  { role: name, key, rangeEnd }: etcdserverpb.AuthRoleRevokePermissionRequest,
): AuthOutcome {
  const role = state.roles.get(name);
  if (role === undefined) return kvError('role-not-found');
  const permissions = role.permissions.filter((permission) => !sameKeys(permission, { key, rangeEnd }));
  if (permissions.length === role.permissions.length) return kvError('permission-not-granted');
  return withRole(state, { name, permissions });
}

function withRole(state: AuthState, role: Role): AuthOutcome {
  return changed(state, { roles: state.roles.with(role.name, role) }, { rows: [roleRow(role)] });
}

/** In the order of the keys, behind those with the same. */
function placeOf({ key }: Permission, permissions: readonly Permission[]): number {
  const greater = permissions.findIndex((other) => compareBytes(other.key, key) > 0);
  return greater < 0 ? permissions.length : greater;
}

function sameKeys(left: Pick<Permission, 'key' | 'rangeEnd'>, right: Pick<Permission, 'key' | 'rangeEnd'>): boolean {
  return equalBytes(left.key, right.key) && equalBytes(left.rangeEnd, right.rangeEnd);
}

function hasKeys({ key, rangeEnd }: Permission): boolean {
  if (key.length === 0) return false;
  const span = spanOf(key, rangeEnd);
  return span.kind === 'key' || !isEmptyRange(span.range);
}
