import { clampInteger } from '../../util/integer.js';
import { stringArgument } from '../calls/arguments.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { invalidArgument } from '../errors.js';
import { toKeyRange } from '../keys/key-range.js';
import { toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import * as methods from './methods.js';
import { toPermission, toWirePermission } from './permission.js';
import type { Access, Permission, PermittedKeys } from './permission.js';

export interface AuthStatus {
  readonly enabled: boolean;
  /** It rises with every change of users, roles and permissions. */
  readonly authRevision: number;
  readonly header: Header;
}

/** How a new user logs in. */
export type NewUser =
  /** With a password that is not empty, which the server hashes. */
  | { readonly password: string }
  /** With the password of this bcrypt hash. */
  | { readonly hashedPassword: string }
  /** Only by the common name of a client certificate. */
  | { readonly noPassword: true };

/** An answer that holds nothing but its header. */
export interface AuthResult {
  readonly header: Header;
}

/**
 * The users and roles of the cluster, and its authentication: `client.auth`. Once authentication is enabled, these calls
 * need a user with the role `root`, except for `authenticate`, and a user's reads of itself and its roles.
 */
export class Auth {
  readonly #dispatcher: Dispatcher;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** Whether authentication is enabled. @throws RaftKvError */
  async status(options: CallOptions = {}): Promise<AuthStatus> {
    const { enabled, authRevision, header } = await this.#dispatcher.call(methods.AUTH_STATUS, {}, options);
    return { enabled, authRevision: clampInteger(authRevision), header: toHeader(header) };
  }

  /** Enables authentication. @throws RaftKvError `failed-precondition` without a user `root` that has the role `root` */
  async enable(options: CallOptions = {}): Promise<AuthResult> {
    return done(await this.#dispatcher.call(methods.AUTH_ENABLE, {}, options));
  }

  /** Disables authentication, so that every call may do everything. Users and roles are kept. @throws RaftKvError */
  async disable(options: CallOptions = {}): Promise<AuthResult> {
    return done(await this.#dispatcher.call(methods.AUTH_DISABLE, {}, options));
  }

  /**
   * Obtains a token, for programs that make calls without this client. The client itself needs only `user` and `password`.
   * @throws RaftKvError `unauthenticated` if name or password is wrong; `failed-precondition` without authentication
   */
  async authenticate(
    { user, password }: { readonly user: string; readonly password: string },
    options: CallOptions = {},
  ): Promise<{ readonly token: string; readonly header: Header }> {
    const request = { name: stringArgument(user, 'a user'), password: stringArgument(password, 'a password') };
    const { token, header } = await this.#dispatcher.call(methods.AUTHENTICATE, request, options);
    return { token, header: toHeader(header) };
  }

  /** Adds a user. @throws RaftKvError `already-exists` */
  async userAdd(name: string, user: NewUser, options: CallOptions = {}): Promise<AuthResult> {
    const request = { name: stringArgument(name, 'a user'), ...toWireUser(user) };
    return done(await this.#dispatcher.call(methods.USER_ADD, request, options));
  }

  /** The roles of a user. @throws RaftKvError `not-found` */
  async userGet(
    name: string,
    options: CallOptions = {},
  ): Promise<{ readonly roles: readonly string[]; readonly header: Header }> {
    const request = { name: stringArgument(name, 'a user') };
    const { roles, header } = await this.#dispatcher.call(methods.USER_GET, request, options);
    return { roles, header: toHeader(header) };
  }

  /** The names of all users. @throws RaftKvError */
  async userList(options: CallOptions = {}): Promise<{ readonly users: readonly string[]; readonly header: Header }> {
    const { users, header } = await this.#dispatcher.call(methods.USER_LIST, {}, options);
    return { users, header: toHeader(header) };
  }

  /** Deletes a user. @throws RaftKvError `not-found` */
  async userDelete(name: string, options: CallOptions = {}): Promise<AuthResult> {
    const request = { name: stringArgument(name, 'a user') };
    return done(await this.#dispatcher.call(methods.USER_DELETE, request, options));
  }

  /** Changes the password of a user. @throws RaftKvError `not-found` */
  async userChangePassword(
    name: string,
    changed: Exclude<NewUser, { readonly noPassword: true }>,
    options: CallOptions = {},
  ): Promise<AuthResult> {
    if ('noPassword' in changed) throw invalidArgument('a password is changed to another password, not to none');
    const request = { name: stringArgument(name, 'a user'), ...toWireUser(changed) };
    return done(await this.#dispatcher.call(methods.USER_CHANGE_PASSWORD, request, options));
  }

  /** Gives a user a role. @throws RaftKvError `not-found` */
  async userGrantRole(name: string, role: string, options: CallOptions = {}): Promise<AuthResult> {
    const request = { user: stringArgument(name, 'a user'), role: stringArgument(role, 'a role') };
    return done(await this.#dispatcher.call(methods.USER_GRANT_ROLE, request, options));
  }

  /** Takes a role from a user. @throws RaftKvError `not-found` if there is no such user, or if it lacks the role */
  async userRevokeRole(name: string, role: string, options: CallOptions = {}): Promise<AuthResult> {
    const request = { name: stringArgument(name, 'a user'), role: stringArgument(role, 'a role') };
    return done(await this.#dispatcher.call(methods.USER_REVOKE_ROLE, request, options));
  }

  /** Adds a role without permissions. @throws RaftKvError `already-exists` */
  async roleAdd(role: string, options: CallOptions = {}): Promise<AuthResult> {
    const request = { name: stringArgument(role, 'a role') };
    return done(await this.#dispatcher.call(methods.ROLE_ADD, request, options));
  }

  /** The permissions of a role. @throws RaftKvError `not-found` */
  async roleGet(
    role: string,
    options: CallOptions = {},
  ): Promise<{ readonly permissions: readonly Permission[]; readonly header: Header }> {
    const request = { role: stringArgument(role, 'a role') };
    const { perm, header } = await this.#dispatcher.call(methods.ROLE_GET, request, options);
    return { permissions: perm.map(toPermission), header: toHeader(header) };
  }

  /** The names of all roles. @throws RaftKvError */
  async roleList(options: CallOptions = {}): Promise<{ readonly roles: readonly string[]; readonly header: Header }> {
    const { roles, header } = await this.#dispatcher.call(methods.ROLE_LIST, {}, options);
    return { roles, header: toHeader(header) };
  }

  /** Deletes a role, and takes it from all users. @throws RaftKvError `not-found` */
  async roleDelete(role: string, options: CallOptions = {}): Promise<AuthResult> {
    const request = { role: stringArgument(role, 'a role') };
    return done(await this.#dispatcher.call(methods.ROLE_DELETE, request, options));
  }

  /** Lets a role access keys. It replaces the role's permission on exactly the same keys. @throws RaftKvError `not-found` */
  async roleGrantPermission(
    role: string,
    { access, keys }: { readonly access: Access; readonly keys: PermittedKeys },
    options: CallOptions = {},
  ): Promise<AuthResult> {
    const request = { name: stringArgument(role, 'a role'), perm: toWirePermission(access, keys) };
    return done(await this.#dispatcher.call(methods.ROLE_GRANT_PERMISSION, request, options));
  }

  /** Takes the permission on exactly these keys from a role. @throws RaftKvError `not-found` if it has none */
  async roleRevokePermission(role: string, keys: PermittedKeys, options: CallOptions = {}): Promise<AuthResult> {
    const request = { role: stringArgument(role, 'a role'), ...toKeyRange(keys) };
    return done(await this.#dispatcher.call(methods.ROLE_REVOKE_PERMISSION, request, options));
  }
}

function done({ header }: { readonly header?: Parameters<typeof toHeader>[0] }): AuthResult {
  return { header: toHeader(header) };
}

/** @throws RaftKvError `invalid-argument` unless exactly one way to log in is given */
function toWireUser(user: NewUser) {
  const given = ['password', 'hashedPassword', 'noPassword'].filter((field) => field in user);
  if (given.length !== 1) throw invalidArgument('a user has one of password, hashedPassword and noPassword');
  if ('noPassword' in user) return { options: { noPassword: true } };
  if ('hashedPassword' in user) return { hashedPassword: stringArgument(user.hashedPassword, 'a hash of a password') };
  return { password: stringArgument(user.password, 'a password') };
}
