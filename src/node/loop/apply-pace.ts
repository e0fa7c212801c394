import type { Clock } from '../../ports/clock.js';

/** Time between two batches that no client of this member waits for, in ms. */
const GAP_MS = 5;

export interface ApplyPaceOptions {
  readonly clock: Pick<Clock, 'now' | 'timeout'>;
  /** Whether a client of this member waits for something that is to be applied. */
  readonly isAwaited: () => boolean;
}

/**
 * Lets a follower apply fewer and larger batches: a batch costs as much as many commands in it, and the clients of a write
 * wait for the member that took it. So a batch is due at once if a client of this member may wait for it, or if there was
 * none for a while; otherwise commands gather for a moment.
 */
export class ApplyPace {
  readonly #options: ApplyPaceOptions;
  #batchMs = -Infinity;
  #endWait: (() => void) | undefined;

  constructor(options: ApplyPaceOptions) {
    this.#options = options;
  }

  /**
   * Called when commands wait to be applied.
   * @param urgent more than the clients of this member ask for a batch
   * @returns resolves when a batch is due; undefined if it is due now
   */
  due(urgent: boolean): Promise<void> | undefined {
    const { clock, isAwaited } = this.#options;
    const nowMs = clock.now();
    const leftMs = this.#batchMs + GAP_MS - nowMs;
    if (!urgent && leftMs > 0 && !isAwaited()) return this.#wait(leftMs);
    this.#batchMs = nowMs;
    return undefined;
  }

  /** A caller waits from now on: a batch is due at once. */
  hurry(): void {
    this.#endWait?.();
  }

  async #wait(leftMs: number): Promise<void> {
    const { clock } = this.#options;
    await new Promise<void>((resolve) => {
      const cancel = clock.timeout(leftMs, resolve);
      this.#endWait = () => {
        cancel();
        resolve();
      };
    });
    this.#endWait = undefined;
    this.#batchMs = clock.now();
  }
}
