import type { Cancel, Clock } from '../../ports/clock.js';
import type { CallContext } from '../../rpc/service.js';

/** etcd's name for metadata that say "true" where a call is not to be served without a leader. */
const METADATA = 'hasleader';
/** How often it is looked for, in ms. */
const LOOK_MS = 500;

/** Ends calls that wait, and want a leader, at a member that is cut off: others have had their turns meanwhile. */
export class LeaderWanted {
  readonly #clock: Clock;
  readonly #isLost: () => boolean;
  readonly #waiting = new Set<() => void>();
  #cancelLook: Cancel | undefined;

  constructor({ clock, isLost }: { readonly clock: Clock; readonly isLost: () => boolean }) {
    this.#clock = clock;
    this.#isLost = isLost;
  }

  /** @returns what to call when the call waits no longer */
  follow(call: CallContext, onLost: () => void): () => void {
    if (call.metadata(METADATA) !== 'true') return () => undefined;
    this.#waiting.add(onLost);
    this.#arm();
    return () => void this.#waiting.delete(onLost);
  }

  stop(): void {
    this.#cancelLook?.();
  }

  #arm(): void {
    this.#cancelLook ??= this.#clock.timeout(LOOK_MS, () => {
      this.#cancelLook = undefined;
      if (this.#isLost()) for (const onLost of [...this.#waiting]) onLost();
      if (this.#waiting.size > 0) this.#arm();
    });
  }
}
