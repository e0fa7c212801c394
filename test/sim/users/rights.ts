/** One permission of a role. */
export interface ModelPermission {
  readonly access: 'read' | 'write' | 'both';
  readonly key: string;
  /** As in a request: empty for one key, NUL for all keys from the first on. */
  readonly end: string;
}

export interface ModelUser {
  readonly hash: string;
  readonly noPassword: boolean;
  readonly roles: ReadonlySet<string>;
}

/** Users, roles and permissions as of one entry of the log. */
export interface AuthView {
  readonly enabled: boolean;
  readonly revision: number;
  readonly users: ReadonlyMap<string, ModelUser>;
  readonly roles: ReadonlyMap<string, readonly ModelPermission[]>;
}

/** Keys that a request reads or writes. */
export interface KeyUse {
  readonly access: 'read' | 'write';
  readonly key: string;
  readonly end: string;
}

/** What a request needs: the role root, any user, or a user with permissions on keys. */
export type Need = 'root' | 'user' | readonly KeyUse[];

/** Whether a user may do something; while authentication is off, everyone may do everything. @param user empty for no one */
export function may({ enabled, users, roles }: AuthView, user: string, need: Need): boolean {
  if (!enabled) return true;
  const known = users.get(user);
  if (known === undefined) return false;
  if (known.roles.has('root')) return true;
  if (typeof need === 'string') return need === 'user';
  const permissions = [...known.roles].flatMap((role) => roles.get(role) ?? []);
  return need.every((use) =>
    isCovered(
      use,
      permissions.filter(({ access }) => access === 'both' || access === use.access),
    ),
  );
}

const NUL = '\0';

/** The first key behind a range; undefined for a range without an end. */
function behind({ key, end }: Pick<KeyUse, 'key' | 'end'>): string | undefined {
  return end === NUL ? undefined : end === '' ? key + NUL : end;
}

/**
 * Whether each key of a range is in one of the permissions: the range is cut at the bounds of all permissions, and each piece
 * must be in one of them.
 */
function isCovered(use: KeyUse, permissions: readonly ModelPermission[]): boolean {
  const last = behind(use);
  const cuts = permissions.flatMap((permission) => [permission.key, behind(permission) ?? permission.key]);
  const starts = [use.key, ...cuts].filter((cut) => cut >= use.key && (last === undefined || cut < last));
  const isIn = (start: string): boolean =>
    permissions.some((permission) => {
      const end = behind(permission);
      return permission.key <= start && (end === undefined || start < end);
    });
  if (last === undefined && !permissions.some((permission) => permission.end === NUL)) return false;
  return starts.every(isIn);
}
