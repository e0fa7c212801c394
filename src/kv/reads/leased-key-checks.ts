import { holdAllLeasedKeys } from '../auth/lease-keys.js';
import type { PermittedKeys } from '../auth/key-ranges.js';
import { withView, type View } from '../state/view.js';

interface Walk {
  readonly view: View;
  readonly held: Promise<boolean>;
}

export interface LeasedKeyChecksOptions {
  /** The published state. */
  readonly view: () => View;
  /** Awaited between pages. */
  readonly pause: () => Promise<void>;
}

/**
 * Checks whether the ranges of a user hold the keys of all leases. Any user may have that checked as often as it likes, and there
 * may be very many keys: calls for the same ranges and state share one walk, and a later state is walked when the caller
 * has awaited the walk of the earlier one.
 */
export class LeasedKeyChecks {
  readonly #options: LeasedKeyChecksOptions;
  /** The latest walk for each set of ranges, until it ends. */
  readonly #walks = new Map<PermittedKeys, Walk>();

  constructor(options: LeasedKeyChecksOptions) {
    this.#options = options;
  }

  /** The walk of an earlier state for these ranges, to be awaited before this state is checked; undefined if none runs. */
  earlier(ranges: PermittedKeys): Promise<boolean> | undefined {
    const walk = this.#walks.get(ranges);
    return walk === undefined || walk.view === this.#options.view() ? undefined : walk.held;
  }

  /** Whether all keys that are attached to any lease, as of this turn, are in the ranges. */
  hold(ranges: PermittedKeys): Promise<boolean> {
    const view = this.#options.view();
    const known = this.#walks.get(ranges);
    if (known?.view === view) return known.held;
    const held = withView(view, () => holdAllLeasedKeys(view, ranges, this.#options.pause));
    const walk: Walk = { view, held: held.finally(() => this.#forget(ranges, walk)) };
    this.#walks.set(ranges, walk);
    return walk.held;
  }

  #forget(ranges: PermittedKeys, walk: Walk): void {
    if (this.#walks.get(ranges) === walk) this.#walks.delete(ranges);
  }
}
