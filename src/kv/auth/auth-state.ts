import { authpb } from '../../gen/proto.js';
import { asBuffer, compareBytes, EMPTY, equalBytes } from '../../util/bytes.js';
import { KeyRanges } from './key-ranges.js';

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

export interface Permission {
  readonly type: authpb.Permission.Type;
  readonly key: Uint8Array;
  /** As in a range request: empty for one key, 00 for all keys from `key` on. */
  readonly rangeEnd: Uint8Array;
}

export interface Role {
  readonly name: string;
  /** In the order of their keys. */
  readonly permissions: readonly Permission[];
}

/** What a user may do. */
export interface Rights {
  readonly kind: 'rights';
  /** Has the role root, which may do everything. */
  readonly isRoot: boolean;
  readonly roles: readonly string[];
  readonly read: KeyRanges;
  readonly write: KeyRanges;
}

interface AuthFields {
  readonly enabled: boolean;
  readonly revision: number;
  readonly users: ReadonlyMap<string, User>;
  readonly roles: ReadonlyMap<string, Role>;
}

const { READ, WRITE, READWRITE } = authpb.Permission.Type;

/**
 * Users, roles and permissions: one immutable state, which a command replaces as a whole. The merged ranges of a user are
 * computed when they are first needed.
 */
export class AuthState {
  static readonly empty = new AuthState({ enabled: false, revision: 1, users: new Map(), roles: new Map() });

  readonly enabled: boolean;
  /** Raised by each change of users, roles or permissions. */
  readonly revision: number;
  readonly users: ReadonlyMap<string, User>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly #rights = new Map<string, Rights>();
  /** The last lookup by bytes: most commands in a row come from one user. */
  #lastName: Uint8Array = EMPTY;
  #lastRights: Rights | undefined;

  constructor({ enabled, revision, users, roles }: AuthFields) {
    this.enabled = enabled;
    this.revision = revision;
    this.users = users;
    this.roles = roles;
  }

  with(fields: Partial<AuthFields>): AuthState {
    const { enabled, revision, users, roles } = this;
    return new AuthState({ enabled, revision, users, roles, ...fields });
  }

  /** Undefined for an unknown user. */
  rightsOf(name: string): Rights | undefined {
    const known = this.#rights.get(name);
    if (known !== undefined) return known;
    const user = this.users.get(name);
    if (user === undefined) return undefined;
    const rights = this.#merge(user);
    this.#rights.set(name, rights);
    return rights;
  }

  /** The same by the name's bytes in UTF-8. */
  rightsOfBytes(name: Uint8Array): Rights | undefined {
    if (name.length > 0 && equalBytes(name, this.#lastName)) return this.#lastRights;
    this.#lastRights = this.rightsOf(asBuffer(name).toString('utf8'));
    // A copy: a view would keep the log entry in memory.
    this.#lastName = Uint8Array.from(name);
    return this.#lastRights;
  }

  #merge({ roles }: User): Rights {
    const read: Permission[] = [];
    const write: Permission[] = [];
    for (const name of roles) {
      for (const permission of this.roles.get(name)?.permissions ?? []) {
        const { type } = permission;
        if (type === READ || type === READWRITE) read.push(permission);
        if (type === WRITE || type === READWRITE) write.push(permission);
      }
    }
    const isRoot = roles.includes(ROOT);
    return { kind: 'rights', isRoot, roles, read: KeyRanges.of(read), write: KeyRanges.of(write) };
  }
}

/** Orders names by their bytes, as etcd lists them: JavaScript's own order differs outside the basic plane. */
export function byBytes(left: string, right: string): number {
  return compareBytes(Buffer.from(left), Buffer.from(right));
}
