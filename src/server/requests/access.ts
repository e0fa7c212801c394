import type { AuthState, Rights } from '../../kv/auth/auth-state.js';
import type { CommandUser } from '../../kv/commands/command.js';
import { kvError } from '../../kv/errors.js';
import type { CallContext } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { Errors, statusOf } from './errors.js';

/** The user of a call. */
export interface CallUser extends CommandUser {
  readonly kind: 'user';
  readonly name: string;
}

/** Who sends a call: a user, no one, or a caller whose token is not valid. */
export type Identified = CallUser | { readonly kind: 'nobody' } | { readonly kind: 'refused' };

/** Knows the users of calls, by their tokens or certificates. */
export interface Identities {
  /** Returns the same object for the same token. */
  identify(call: CallContext): Identified;
  /** Does what `identify` cannot do in its turn, such as to verify a signature. Calls back once. */
  resolve(call: CallContext, done: () => void): void;
}

/** A request that is checked. */
export interface Checked {
  readonly call: CallContext;
  /** Whether the rights suffice. Default: those of any user do. */
  permits?(rights: Rights): boolean;
  /** Whether it concerns keys: then an unknown user lacks the permission, and else it is named unknown, as in etcd. Default: true. */
  readonly concernsKeys?: boolean;
}

export interface AccessOptions {
  /** Users, roles and permissions of the published state. */
  readonly auth: () => AuthState;
  readonly identities: Identities;
  /** Calls back once this member has applied what was acknowledged anywhere before; with the reason if it cannot know. */
  readonly fresh: (call: CallContext, done: (failed: Status | undefined) => void) => void;
}

/** Answers to callers without a user, or with an old token, to users without the permission, and to unknown ones. */
export const REFUSALS = {
  nobody: statusOf(kvError('user-empty')),
  invalidToken: Errors.invalidToken,
  oldRevision: statusOf(kvError('auth-old-revision')),
  denied: statusOf(kvError('permission-denied')),
  unknownUser: statusOf(kvError('user-not-found')),
} as const;

const ALL_REFUSALS: ReadonlySet<Status> = new Set(Object.values(REFUSALS));

export function isRefusal(status: Status): boolean {
  return ALL_REFUSALS.has(status);
}

/**
 * Checks calls against users and permissions, before they are proposed or when they are answered. While authentication is
 * off, it costs one comparison. The store checks commands again when it applies them.
 */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** Whether authentication is on in this member's state. */
  get enabled(): boolean {
    return this.#options.auth().enabled;
  }

  /** The user, for the entry of a command; undefined for none, or while authentication is off. */
  userOf(call: CallContext): CallUser | undefined {
    if (!this.enabled) return undefined;
    const found = this.#options.identities.identify(call);
    return found.kind === 'user' ? found : undefined;
  }

  /** A user who was identified before, for the entry of a command: by its present rights, whatever has become of the token. */
  stillFor(user: CallUser): CallUser | undefined {
    const { enabled, revision } = this.#options.auth();
    return enabled ? { ...user, authRevision: revision } : undefined;
  }

  /** Whether the caller can be identified in this turn, or has no user. */
  isKnown(call: CallContext): boolean {
    return this.#options.identities.identify(call).kind !== 'refused';
  }

  /** Whether the call states no user at all. */
  isAnonymous(call: CallContext): boolean {
    return this.#options.identities.identify(call).kind === 'nobody';
  }

  /** Why a request is refused, by this member's state; undefined if it is not. */
  refusal(request: Checked): Status | undefined {
    const rights = this.#rightsOf(request.call);
    if (rights === REFUSALS.unknownUser && request.concernsKeys !== false) return REFUSALS.denied;
    if (!('kind' in rights)) return rights;
    return rights.isRoot || request.permits?.(rights) !== false ? undefined : REFUSALS.denied;
  }

  /** The rights of the caller, or why there are none. Call it while authentication is on. */
  rightsOf(call: CallContext): Rights | Status {
    const rights = this.#rightsOf(call);
    return rights === REFUSALS.unknownUser ? REFUSALS.denied : rights;
  }

  #rightsOf(call: CallContext): Rights | Status {
    const auth = this.#options.auth();
    const found = this.#options.identities.identify(call);
    if (found.kind === 'nobody') return REFUSALS.nobody;
    if (found.kind === 'refused') return REFUSALS.invalidToken;
    if (found.authRevision < auth.revision) return REFUSALS.oldRevision;
    return auth.rightsOf(found.name) ?? REFUSALS.unknownUser;
  }

  /**
   * Identifies a caller whose token this member does not know: it may have been assigned by another member a moment ago.
   * Calls back in any case.
   */
  learn(call: CallContext, done: () => void): void {
    const { identities, fresh } = this.#options;
    identities.resolve(call, () => {
      if (this.isKnown(call)) done();
      else fresh(call, () => done());
    });
  }

  /**
   * Checks again, on a state that is not older than the call: a permission may have been granted through another member. A
   * member that cannot reach such a state does not say that the permission is missing.
   */
  confirm(request: Checked, done: (refused: Status | undefined) => void): void {
    const { identities, fresh } = this.#options;
    const { call } = request;
    identities.resolve(call, () => {
      if (this.refusal(request) === undefined) return done(undefined);
      fresh(call, (failed) => done(this.#final(this.enabled ? this.refusal(request) : undefined, failed)));
    });
  }

  /** The same, for a check that takes several turns, on this member's state as it is and then, if it refuses, on a newer one. */
  async confirmLater(call: CallContext, check: () => Promise<Status | undefined>): Promise<Status | undefined> {
    const { identities, fresh } = this.#options;
    await new Promise<void>((resolve) => identities.resolve(call, resolve));
    if ((await check()) === undefined) return undefined;
    const failed = await new Promise<Status | undefined>((resolve) => fresh(call, resolve));
    return this.#final(await check(), failed);
  }

  /** @param failed why the state may be older than the call */
  #final(refused: Status | undefined, failed: Status | undefined): Status | undefined {
    return refused === REFUSALS.denied ? (failed ?? refused) : refused;
  }
}
