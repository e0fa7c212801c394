import type { PermittedKeys } from '../../kv/auth/key-ranges.js';
import type { KvStore } from '../../kv/store.js';

/** A check under way, and the one after it, which later callers share. */
interface Checks {
  readonly running: Promise<boolean>;
  next: Promise<boolean> | undefined;
}

/**
 * Checks whether the keys of leases are permitted. A check takes a read for each key of a lease that is permitted alone, so callers
 * with the same permissions on the same lease share one: a user may ask at any rate.
 */
export class KeyChecks {
  readonly #store: Pick<KvStore, 'holdLeasedKeys'>;
  /** By permitted keys, which users of the same roles share, and by lease. */
  readonly #checks = new Map<PermittedKeys, Map<bigint, Checks>>();

  constructor(store: Pick<KvStore, 'holdLeasedKeys'>) {
    this.#store = store;
  }

  /** Whether all keys of a lease are permitted, in a state that is published now or later. */
  hold(lease: bigint, permitted: PermittedKeys): Promise<boolean> {
    const known = this.#checks.get(permitted)?.get(lease);
    if (known === undefined) return this.#begin(lease, permitted);
    // The one under way may have begun before something that this caller has seen.
    known.next ??= known.running.then(
      () => this.#begin(lease, permitted),
      () => this.#begin(lease, permitted),
    );
    return known.next;
  }

  #begin(lease: bigint, permitted: PermittedKeys): Promise<boolean> {
    const running = this.#store.holdLeasedKeys(lease, permitted).finally(() => this.#end(lease, permitted, checks));
    const checks: Checks = { running, next: undefined };
    const ofPermitted = this.#checks.get(permitted) ?? new Map<bigint, Checks>();
    this.#checks.set(permitted, ofPermitted.set(lease, checks));
    return running;
  }

  #end(lease: bigint, permitted: PermittedKeys, checks: Checks): void {
    const ofPermitted = this.#checks.get(permitted);
    if (ofPermitted?.get(lease) !== checks || checks.next !== undefined) return;
    ofPermitted.delete(lease);
    if (ofPermitted.size === 0) this.#checks.delete(permitted);
  }
}
