import type { etcdserverpb } from '../../gen/proto.js';
import { kvError } from '../errors.js';
import { changed, type AuthOutcome } from './auth-change.js';
import { userRemoval, userRow } from './auth-rows.js';
import { byBytes, ROOT, type AuthState, type User } from './auth-state.js';

/** The password was hashed before the request reached the log. */
export function addUser(state: AuthState, request: etcdserverpb.AuthUserAddRequest): AuthOutcome {
  const { name, hashedPassword, options } = request;
  if (name === '') return kvError('user-empty');
  if (state.users.has(name)) return kvError('user-exists');
  const noPassword = options?.noPassword ?? false;
  const user: User = { name, passwordHash: noPassword ? '' : fromBase64(hashedPassword), noPassword, roles: [] };
  return changed(state, { users: state.users.with(name, user) }, { rows: [userRow(user)] });
}

export function deleteUser(state: AuthState, { name }: etcdserverpb.AuthUserDeleteRequest): AuthOutcome {
  if (state.enabled && name === ROOT) return kvError('invalid-auth-management');
  if (!state.users.has(name)) return kvError('user-not-found');
  const users = state.users.without(name);
  return changed(state, { users }, { rows: [userRemoval(name)], tokens: [{ kind: 'user-revoked', user: name }] });
}

/** Without a hash the password stays. A user without a password gets none. */
export function changePassword(state: AuthState, request: etcdserverpb.AuthUserChangePasswordRequest): AuthOutcome {
  const { name, hashedPassword } = request;
  const known = state.users.get(name);
  if (known === undefined) return kvError('user-not-found');
  const keeps = known.noPassword || hashedPassword === '';
  const user: User = { ...known, passwordHash: keeps ? known.passwordHash : fromBase64(hashedPassword) };
  return changed(
    state,
    { users: state.users.with(name, user) },
    { rows: [userRow(user)], tokens: [{ kind: 'user-revoked', user: name }] },
  );
}

/** The role root need not exist. A role that the user has already changes nothing. */
export function grantRole(state: AuthState, request: etcdserverpb.AuthUserGrantRoleRequest): AuthOutcome {
  const { user: name, role } = request;
  const known = state.users.get(name);
  if (known === undefined) return kvError('user-not-found');
  if (role !== ROOT && !state.roles.has(role)) return kvError('role-not-found');
  if (known.roles.includes(role)) return { kind: 'changed', state, rows: [], tokens: [] };
  return withRoles(state, known, [...known.roles, role].sort(byBytes));
}

export function revokeRole(state: AuthState, { name, role }: etcdserverpb.AuthUserRevokeRoleRequest): AuthOutcome {
  if (state.enabled && name === ROOT && role === ROOT) return kvError('invalid-auth-management');
  const known = state.users.get(name);
  if (known === undefined) return kvError('user-not-found');
  const roles = known.roles.filter((other) => other !== role);
  return roles.length === known.roles.length ? kvError('role-not-granted') : withRoles(state, known, roles);
}

function withRoles(state: AuthState, known: User, roles: readonly string[]): AuthOutcome {
  const user: User = { ...known, roles };
  return changed(state, { users: state.users.with(user.name, user) }, { rows: [userRow(user)] });
}

/** As in etcd, hashes are in base64 in requests. */
function fromBase64(hash: string): string {
  return Buffer.from(hash, 'base64').toString('latin1');
}
