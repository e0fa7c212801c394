import { asBuffer, compareBytes, EMPTY, equalBytes } from '../../util/bytes.js';
import type { PermittedKeys } from './key-ranges.js';
import { MergedRoles } from './merged-roles.js';
import { NameTable } from './name-table.js';
import type { Role } from './roles.js';

export type { Permission, Role } from './roles.js';

/** The user and the role with all rights. */
export const ROOT = 'root';

export interface User {
  readonly name: string;
  /** A bcrypt hash; empty for a user who cannot log in with a password. */
  readonly passwordHash: string;
  /** Logs in by the name in a certificate only. */
  readonly noPassword: boolean;
  /** In the order of their bytes. */
  readonly roles: readonly string[];
}

/** What a user may do. */
export interface Rights {
  readonly kind: 'rights';
  /** Has the role root, which may do everything. */
  readonly isRoot: boolean;
  readonly roles: readonly string[];
  readonly read: PermittedKeys;
  readonly write: PermittedKeys;
}

/** Merged rights, with all that they were merged from. */
interface Merged {
  readonly rights: Rights;
  readonly user: User;
  readonly roles: readonly (Role | undefined)[];
}

/** What a state shares with those that it came from. */
class SharedRights {
  /** By user. An entry counts if the user and its roles are still the same. */
  readonly merged = new Map<string, Merged>();
  readonly roles = new MergedRoles();
}

/** Merged rights that are kept beyond the number of users: those of deleted ones. */
const DELETED_MAX = 100;

/** With tables, or entries of which they are made. */
interface AuthFields {
  readonly enabled: boolean;
  readonly revision: number;
  readonly users: NameTable<User> | Iterable<readonly [string, User]>;
  readonly roles: NameTable<Role> | Iterable<readonly [string, Role]>;
}

/**
 * Users, roles and permissions: one immutable state, which a command replaces as a whole. The merged ranges of a user are
 * computed when they are first needed, and taken over by later states in which the user and its roles are the same.
 */
export class AuthState {
  static readonly empty = new AuthState({ enabled: false, revision: 1, users: [], roles: [] });

  readonly enabled: boolean;
  /** Raised by each change of users, roles or permissions. */
  readonly revision: number;
  readonly users: NameTable<User>;
  readonly roles: NameTable<Role>;
  readonly #rights = new Map<string, Rights>();
  readonly #shared: SharedRights;
  /** The last lookup by bytes: most commands in a row come from one user. */
  #lastName: Uint8Array = EMPTY;
  #lastRights: Rights | undefined;

  constructor({ enabled, revision, users, roles }: AuthFields, shared = new SharedRights()) {
    this.enabled = enabled;
    this.revision = revision;
    this.users = NameTable.of(users);
    this.roles = NameTable.of(roles);
    this.#shared = shared;
  }

  with(fields: Partial<AuthFields>): AuthState {
    const { enabled, revision, users, roles } = this;
    if (this.#shared.merged.size > this.users.size + DELETED_MAX) this.#shared.merged.clear();
    return new AuthState({ enabled, revision, users, roles, ...fields }, this.#shared);
  }

  /** Undefined for an unknown user. */
  rightsOf(name: string): Rights | undefined {
    const known = this.#rights.get(name);
    if (known !== undefined) return known;
    const user = this.users.get(name);
    if (user === undefined) return undefined;
    const roles = user.roles.map((role) => this.roles.get(role));
    const { merged } = this.#shared;
    const earlier = merged.get(name);
    const isSame = earlier?.user === user && earlier.roles.every((role, at) => role === roles[at]);
    const rights = isSame ? earlier.rights : this.#merge(user, roles);
    if (!isSame) merged.set(name, { rights, user, roles });
    this.#rights.set(name, rights);
    return rights;
  }

  #merge({ roles: names }: User, roles: readonly (Role | undefined)[]): Rights {
    const { read, write } = this.#shared.roles.of(roles.filter((role) => role !== undefined));
    return { kind: 'rights', isRoot: names.includes(ROOT), roles: names, read, write };
  }

  /** The same by the name's bytes in UTF-8. */
  rightsOfBytes(name: Uint8Array): Rights | undefined {
    if (name.length > 0 && equalBytes(name, this.#lastName)) return this.#lastRights;
    this.#lastRights = this.rightsOf(asBuffer(name).toString('utf8'));
    // A copy: a view would keep the log entry in memory.
    this.#lastName = Uint8Array.from(name);
    return this.#lastRights;
  }
}

/** Orders names by their bytes, as etcd lists them: JavaScript's own order differs outside the basic plane. */
export function byBytes(left: string, right: string): number {
  return compareBytes(Buffer.from(left), Buffer.from(right));
}
