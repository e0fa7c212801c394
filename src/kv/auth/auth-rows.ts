import { authpb, raftkv } from '../../gen/proto.js';
import type { EngineOperation, EngineReader } from '../../ports/engine.js';
import { asBuffer } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { AuthRow, authKey, authKindOf, Table, tableRange } from '../format/layout.js';
import { pagesOf } from '../state/row-pages.js';
import { AuthState, type Role, type User } from './auth-state.js';

/** The row of the state as a whole: a change of anything raises the revision in it. */
export function authRow({ enabled, revision }: Pick<AuthState, 'enabled' | 'revision'>): EngineOperation {
  return { type: 'put', key: authKey(AuthRow.state), value: raftkv.AuthRecord.encode({ enabled, revision }).finish() };
}

export function userRow({ name, passwordHash, noPassword, roles }: User): EngineOperation {
  const value = authpb.User.encode({
    name: Buffer.from(name),
    password: Buffer.from(passwordHash),
    roles: [...roles],
    options: { noPassword },
  }).finish();
  return { type: 'put', key: authKey(AuthRow.user, name), value };
}

export function userRemoval(name: string): EngineOperation {
  return { type: 'delete', key: authKey(AuthRow.user, name) };
}

export function roleRow({ name, permissions }: Role): EngineOperation {
  const keyPermission = permissions.map(({ type, key, rangeEnd }) => ({ permType: type, key, rangeEnd }));
  const value = authpb.Role.encode({ name: Buffer.from(name), keyPermission }).finish();
  return { type: 'put', key: authKey(AuthRow.role, name), value };
}

export function roleRemoval(name: string): EngineOperation {
  return { type: 'delete', key: authKey(AuthRow.role, name) };
}

/** Reads the stored users and roles. @throws Error on rows that cannot be decoded */
export async function readAuth(reader: EngineReader): Promise<AuthState> {
  let { enabled, revision, users, roles } = AuthState.empty;
  for await (const rows of pagesOf(reader, tableRange(Table.auth))) {
    for (const { key, value } of rows) {
      const kind = authKindOf(key);
      if (kind === AuthRow.user) {
        const user = toUser(authpb.User.decode(value));
        users = users.with(user.name, user);
      } else if (kind === AuthRow.role) {
        const role = toRole(authpb.Role.decode(value));
        roles = roles.with(role.name, role);
      } else {
        const record = raftkv.AuthRecord.decode(value);
        ({ enabled } = record);
        revision = clampInteger(record.revision);
      }
    }
  }
  return new AuthState({ enabled, revision, users, roles });
}

function toUser({ name, password, roles, options }: authpb.User): User {
  return {
    name: asBuffer(name).toString('utf8'),
    passwordHash: asBuffer(password).toString('latin1'),
    noPassword: options?.noPassword ?? false,
    roles,
  };
}

function toRole({ name, keyPermission }: authpb.Role): Role {
  return {
    name: asBuffer(name).toString('utf8'),
    // Copies: views would keep whole pages of the engine in memory.
    permissions: keyPermission.map(({ permType, key, rangeEnd }) => ({
      type: permType ?? authpb.Permission.Type.READ,
      key: Buffer.from(key ?? []),
      rangeEnd: Buffer.from(rangeEnd ?? []),
    })),
  };
}
