import type { AuthState } from '../../../src/kv/auth/auth-state.js';
import { virtualHash } from '../../support/virtual-passwords.js';
import type { Machine } from '../machine.js';
import type { World } from '../world.js';
import { AuthModel, textOfMember } from './auth-model.js';
import { may, type Need } from './rights.js';

/** A token, as its holder knows it. */
export interface HeldToken {
  readonly text: string;
  /** The index of the entry that assigned it. */
  readonly assigned: number;
}

/** A call of a user, when it is sent. */
export interface SentCall {
  /** For the report of a violation. */
  readonly what: string;
  /** The user of its token; empty without a token. */
  readonly user: string;
  readonly token: HeldToken | undefined;
  /** The last entry that any member had applied: a refusal must be due to a later state, or to that one. */
  readonly after: number;
}

/**
 * All that the members of a run say about users, compared with what the log says: the state of every member after every
 * batch, each answer to a user, and each refusal.
 */
export class AuthBook {
  readonly model: AuthModel;
  readonly #world: World;
  readonly #texts = new WeakMap<AuthState, string>();

  /** @param users the names of all users of the run */
  constructor(world: World, users: readonly string[]) {
    this.#world = world;
    this.model = new AuthModel(users);
    world.onApplies = (entries) => this.model.read(entries);
    world.onApplied = (machine) => this.#compare(machine);
  }

  /** A member has answered a write with success. @param tag marks its entry */
  wrote({ what, user, token, after }: SentCall, tag: string): void {
    const entries = this.model.tagged(tag).filter(({ index }) => index > after);
    if (entries.some(({ index, permitted }) => permitted.has(user) && this.#isGood(user, token, index - 1))) return;
    const states = entries.map(({ index }) => this.model.textAt(index - 1)).join(', ');
    this.#world.violated(
      entries.length === 0
        ? `${what} succeeded, and is in no entry`
        : `${what} succeeded, and user "${user}" had no right to it at ${entries.map(({ index }) => index).join(', ')}: ${states}`,
    );
  }

  /** A member has answered a read. @param index that it had applied */
  read({ what, user, token }: SentCall, need: Need, index: number): void {
    if (may(this.model.at(index), user, need) && this.#isGood(user, token, index)) return;
    this.#world.violated(
      `${what} was answered from the state at ${index}, where user "${user}" had no right to it: ${this.model.textAt(index)}`,
    );
  }

  /** A member has refused a call because of the permissions of its user. @param since the first state that may be the reason */
  denied({ what, user }: SentCall, need: Need, since: number): void {
    if (this.model.some(since, this.model.index, (view) => !may(view, user, need))) return;
    this.#world.violated(
      `${what} was refused, and user "${user}" was permitted to do it all the time from ${since} on: ${this.model.textAt(since)}`,
    );
  }

  /** A member has given a user a token for a password. */
  loggedIn({
    user,
    password,
    token,
  }: {
    readonly user: string;
    readonly password: string;
    readonly token: HeldToken;
  }): void {
    const { assigned } = token;
    const known = this.model.at(assigned - 1).users.get(user);
    if (this.model.userOfToken(assigned) === user && known?.hash === virtualHash(password)) return;
    this.#world.violated(
      `user ${user} got token ${token.text} for "${password}": ${this.model.textAt(assigned - 1)}, and the token is of ` +
        (this.model.userOfToken(assigned) ?? 'nobody'),
    );
  }

  /** A token is good for nothing once its user was deleted or got another password, or authentication was disabled. */
  #isGood(user: string, token: HeldToken | undefined, index: number): boolean {
    if (!this.model.at(index).enabled) return true;
    return token !== undefined && !this.model.isVoid(user, token.assigned, index);
  }

  #compare(machine: Machine): void {
    const { store } = machine.member.assembly;
    const auth = store.auth();
    const text = this.#texts.get(auth) ?? textOfMember(auth);
    this.#texts.set(auth, text);
    const wanted = this.model.textAt(store.appliedIndex());
    if (text === wanted) return;
    this.#world.violated(`${machine.label}: its users at ${store.appliedIndex()} are ${text}, and not ${wanted}`);
  }
}
