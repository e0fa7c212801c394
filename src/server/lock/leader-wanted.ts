import type { Cancel, Clock } from '../../ports/clock.js';
import type { CallContext } from '../../rpc/service.js';

/** etcd's metadata key; "true" refuses service without a leader. */
const METADATA = 'hasleader';
/** Interval between checks for a leader, in ms. */
const LOOK_MS = 500;

/**
 * Ends waiting calls that require a leader on a member that has lost it: the lock may have passed to others meanwhile.
 */
export class LeaderWanted {
  readonly #clock: Clock;
  readonly #isLost: () => boolean;
  readonly #waiting = new Set<() => void>();
  #cancelLook: Cancel | undefined;

  constructor({ clock, isLost }: { readonly clock: Clock; readonly isLost: () => boolean }) {
    this.#clock = clock;
    this.#isLost = isLost;
  }

  /** @returns a function to call when the call no longer waits */
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
