import type { AuthState, Rights } from '../../kv/auth/auth-state.js';
import { mayRead } from '../../kv/auth/requests.js';
import { keysOf } from '../../kv/watch/watcher-index.js';
import type { WatcherGroup } from '../../kv/watch/watcher.js';
import { REFUSALS } from '../requests/access.js';
import { Code, type Status } from '../../rpc/status.js';

/**
 * The permission of one watch. It was checked when the watch was created, and is checked again before each response once
 * users or permissions have changed. What counts then is the user, and no longer the token: a stream outlives it.
 */
export class WatchGuard {
  /** Undefined for a watch that was created without a user, while authentication was off. */
  readonly #user: string | undefined;
  /**
   * The auth revision at which it was checked last; undefined while authentication is off. Not the state: while users change fast,
   * thousands of watches would keep as many tables of all users.
   */
  #checked: number | undefined;

  constructor(user: string | undefined, checked: Pick<AuthState, 'enabled' | 'revision'>) {
    this.#user = user;
    this.#checked = checked.enabled ? checked.revision : undefined;
  }

  /** Why the watch may not go on; undefined if it may. */
  refusal(auth: AuthState, keys: Pick<WatcherGroup, 'start' | 'end'>): Status | undefined {
    if (!auth.enabled) {
      this.#checked = undefined;
      return undefined;
    }
    if (auth.revision === this.#checked) return undefined;
    const refused = this.#refusal(auth, keys);
    if (refused === undefined) this.#checked = auth.revision;
    return refused;
  }

  #refusal(auth: AuthState, group: Pick<WatcherGroup, 'start' | 'end'>): Status | undefined {
    if (this.#user === undefined) return REFUSALS.nobody;
    const rights: Rights | undefined = auth.rightsOf(this.#user);
    return rights !== undefined && mayRead(rights, keysOf(group)) ? undefined : REFUSALS.denied;
  }
}

const NAMES: ReadonlyMap<Code, string> = new Map([
  [Code.INVALID_ARGUMENT, 'InvalidArgument'],
  [Code.UNAUTHENTICATED, 'Unauthenticated'],
  [Code.PERMISSION_DENIED, 'PermissionDenied'],
]);

/** etcd puts the error as gRPC's Go library prints it. */
export function cancelReasonOf({ code, message }: Status): string {
  return `rpc error: code = ${NAMES.get(code) ?? String(code)} desc = ${message}`;
}
