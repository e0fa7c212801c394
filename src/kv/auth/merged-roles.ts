import { authpb } from '../../gen/proto.js';
import { JoinedRanges } from './joined-ranges.js';
import { KeyRanges, type PermittedKeys } from './key-ranges.js';
import type { Permission, Role } from './roles.js';

const { READ, WRITE, READWRITE } = authpb.Permission.Type;

/** The keys that one or more roles permit, by the kind of access. */
export interface PermittedAccess {
  readonly read: PermittedKeys;
  readonly write: PermittedKeys;
}

interface RoleAccess extends PermittedAccess {
  readonly read: KeyRanges;
  readonly write: KeyRanges;
}

const NOTHING = KeyRanges.of([]);
/** Unions that are searched one by one. Of a user with more roles, those of the smallest are merged. */
const PARTS_MAX = 16;

/**
 * Merges the permissions of roles. Those of a role are merged once, and shared by its users: a thousand users of a role with ten
 * thousand permissions must not have ten million.
 */
export class MergedRoles {
  readonly #ofRole = new WeakMap<Role, RoleAccess>();

  of(roles: readonly Role[]): PermittedAccess {
    const [first, ...others] = roles;
    if (first === undefined) return { read: NOTHING, write: NOTHING };
    if (others.length === 0) return this.#accessOf(first);
    if (roles.length <= PARTS_MAX) return joined(roles.map((role) => this.#accessOf(role)));
    const ordered = roles.toSorted((left, right) => right.permissions.length - left.permissions.length);
    const largest = ordered.slice(0, PARTS_MAX - 1).map((role) => this.#accessOf(role));
    return joined([...largest, merge(ordered.slice(PARTS_MAX - 1).flatMap(({ permissions }) => permissions))]);
  }

  #accessOf(role: Role): RoleAccess {
    const known = this.#ofRole.get(role);
    if (known !== undefined) return known;
    const merged = merge(role.permissions);
    this.#ofRole.set(role, merged);
    return merged;
  }
}

function joined(parts: readonly RoleAccess[]): PermittedAccess {
  return { read: join(parts.map(({ read }) => read)), write: join(parts.map(({ write }) => write)) };
}

function join(parts: readonly KeyRanges[]): PermittedKeys {
  const [first = NOTHING, ...others] = parts.filter(({ size }) => size > 0);
  return others.length === 0 ? first : new JoinedRanges([first, ...others]);
}

function merge(permissions: readonly Permission[]): RoleAccess {
  const read = permissions.filter(({ type }) => type === READ || type === READWRITE);
  const write = permissions.filter(({ type }) => type === WRITE || type === READWRITE);
  const readable = KeyRanges.of(read);
  const isEqual = read.length === write.length && read.every((permission, at) => permission === write[at]);
  return { read: readable, write: isEqual ? readable : KeyRanges.of(write) };
}
