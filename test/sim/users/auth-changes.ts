import { authpb, etcdserverpb } from '../../../src/gen/proto.js';
import type { AuthCommandKind } from '../../../src/kv/auth/auth-commands.js';
import type { CommandKind } from '../../../src/kv/commands/command.js';
import { assertNever } from '../../../src/util/assert.js';
import type { AuthView, ModelPermission, ModelUser } from './rights.js';

const p = etcdserverpb;

type AuthChangeKind = Exclude<AuthCommandKind, 'tokenAssign'>;

/** The state after a command, and whose tokens it makes void. The same state if the command fails or changes nothing. */
export interface AuthEffect {
  readonly view: AuthView;
  readonly voids?: 'all' | { readonly user: string };
}

const KINDS: ReadonlySet<CommandKind> = new Set<AuthChangeKind>([
  'authEnable',
  'authDisable',
  'userAdd',
  'userDelete',
  'userChangePassword',
  'userGrantRole',
  'userRevokeRole',
  'roleAdd',
  'roleDelete',
  'roleGrantPermission',
  'roleRevokePermission',
]);

export function isAuthChange(kind: CommandKind): kind is AuthChangeKind {
  return KINDS.has(kind);
}

/** etcd's rules, one after the other. */
export function changeAuth(view: AuthView, kind: AuthChangeKind, request: Uint8Array): AuthEffect {
  const same: AuthEffect = { view };
  const { enabled, users, roles } = view;
  const changed = (fields: Partial<AuthView>): AuthView => ({ ...view, ...fields, revision: view.revision + 1 });
  const withUser = (name: string, fields: Partial<ModelUser>): AuthView => {
    const known = users.get(name) ?? { hash: '', noPassword: false, roles: new Set<string>() };
    return changed({ users: new Map(users).set(name, { ...known, ...fields }) });
  };
  const withRole = (name: string, permissions: readonly ModelPermission[]): AuthEffect => ({
    view: changed({ roles: new Map(roles).set(name, permissions) }),
  });
  switch (kind) {
    case 'authEnable': {
      const ready = users.get('root')?.roles.has('root') === true;
      return enabled || !ready ? same : { view: { ...view, enabled: true } };
    }
    case 'authDisable':
      return enabled ? { view: changed({ enabled: false }), voids: 'all' } : same;
    case 'userAdd': {
      const { name, hashedPassword, options } = p.AuthUserAddRequest.decode(request);
      if (name === '' || users.has(name)) return same;
      const noPassword = options?.noPassword === true;
      return { view: withUser(name, { noPassword, hash: noPassword ? '' : hashOf(hashedPassword) }) };
    }
    case 'userDelete': {
      const { name } = p.AuthUserDeleteRequest.decode(request);
      if (!users.has(name) || (enabled && name === 'root')) return same;
      return { view: changed({ users: without(users, name) }), voids: { user: name } };
    }
    case 'userChangePassword': {
      const { name, hashedPassword } = p.AuthUserChangePasswordRequest.decode(request);
      const known = users.get(name);
      if (known === undefined) return same;
      const keeps = known.noPassword || hashedPassword === '';
      return { view: withUser(name, keeps ? {} : { hash: hashOf(hashedPassword) }), voids: { user: name } };
    }
    case 'userGrantRole': {
      const { user, role } = p.AuthUserGrantRoleRequest.decode(request);
      const held = users.get(user)?.roles;
      if (held === undefined || held.has(role) || (role !== 'root' && !roles.has(role))) return same;
      return { view: withUser(user, { roles: new Set([...held, role]) }) };
    }
    case 'userRevokeRole': {
      const { name, role } = p.AuthUserRevokeRoleRequest.decode(request);
      const held = users.get(name)?.roles;
      if (held?.has(role) !== true || (enabled && name === 'root' && role === 'root')) return same;
      return { view: withUser(name, { roles: new Set([...held].filter((other) => other !== role)) }) };
    }
    case 'roleAdd': {
      const { name } = p.AuthRoleAddRequest.decode(request);
      return name === '' || roles.has(name) ? same : withRole(name, []);
    }
    case 'roleDelete': {
      const { role } = p.AuthRoleDeleteRequest.decode(request);
      if (!roles.has(role) || (enabled && role === 'root')) return same;
      const stripped = [...users].map(([name, user]): [string, ModelUser] => [
        name,
        { ...user, roles: new Set([...user.roles].filter((other) => other !== role)) },
      ]);
      return { view: changed({ users: new Map(stripped), roles: without(roles, role) }) };
    }
    case 'roleGrantPermission': {
      const { name, perm } = p.AuthRoleGrantPermissionRequest.decode(request);
      const known = roles.get(name);
      if (known === undefined || !perm) return same;
      const granted = { access: ACCESS[perm.permType ?? 0], ...keysOf(perm) };
      return withRole(name, [...known.filter((other) => !areSame(other, granted)), granted]);
    }
    case 'roleRevokePermission': {
      const { role, key, rangeEnd } = p.AuthRoleRevokePermissionRequest.decode(request);
      const keys = keysOf({ key, rangeEnd });
      const known = roles.get(role);
      if (known?.some((other) => areSame(other, keys)) !== true) return same;
      return withRole(
        role,
        known.filter((other) => !areSame(other, keys)),
      );
    }
    default:
      return assertNever(kind, 'change of users');
  }
}

const ACCESS: Readonly<Record<authpb.Permission.Type, ModelPermission['access']>> = {
  [authpb.Permission.Type.READ]: 'read',
  [authpb.Permission.Type.WRITE]: 'write',
  [authpb.Permission.Type.READWRITE]: 'both',
};

type Keys = Pick<ModelPermission, 'key' | 'end'>;

function keysOf({ key, rangeEnd }: { key?: Uint8Array | null; rangeEnd?: Uint8Array | null }): Keys {
  const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
  return { key: text(key), end: text(rangeEnd) };
}

function areSame(one: Keys, other: Keys): boolean {
  return one.key === other.key && one.end === other.end;
}

function hashOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

function without<T>(table: ReadonlyMap<string, T>, name: string): ReadonlyMap<string, T> {
  const copy = new Map(table);
  copy.delete(name);
  return copy;
}
