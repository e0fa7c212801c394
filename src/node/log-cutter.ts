import type { LogStore } from '../ports/log.js';
import type { StateMachine } from '../ports/state-machine.js';
import type { Logger } from '../util/logger.js';

export interface LogCutterOptions {
  readonly log: LogStore;
  readonly stateMachine: StateMachine;
  readonly logger: Logger;
  readonly snapshotCount: number;
  readonly tailEntries: number;
}

/**
 * Keeps the log from growing for ever. Three things hold it back: what the engine holds durably, the smallest match
 * that a leader has distributed (any member may have to bring the slowest one up to date), and a tail for those who
 * lag a little.
 */
export class LogCutter {
  readonly #options: LogCutterOptions;
  #minMatch = 0;
  /** Runs while the log is being cut. */
  #cutting: Promise<void> | undefined;
  #closed = false;
  #warnAt: number;

  constructor(options: LogCutterOptions) {
    this.#options = options;
    this.#warnAt = options.snapshotCount * 2 + options.tailEntries;
  }

  /** What a leader says that every member holds. It stays true, so the largest counts. */
  distributed(minMatch: number): void {
    if (minMatch > this.#minMatch) this.#minMatch = minMatch;
  }

  /** Cuts if there is enough to cut. Rejects for what is fatal. */
  async applied(index: number): Promise<void> {
    const { log, snapshotCount, tailEntries } = this.#options;
    const held = index - log.firstIndex() + 1;
    if (this.#closed || this.#cutting !== undefined || held < snapshotCount + tailEntries) return;
    if (Math.min(index - tailEntries, this.#minMatch) - log.firstIndex() + 1 < snapshotCount / 2) {
      this.#warnIfHeldBack(held);
      return;
    }
    this.#cutting = this.#cut(index - tailEntries);
    try {
      await this.#cutting;
    } finally {
      this.#cutting = undefined;
    }
  }

  /** Begins no more cuts, and waits for the one under way, well or not: whoever asked for it is told how it went. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([this.#cutting]);
  }

  async #cut(upTo: number): Promise<void> {
    const { log, stateMachine } = this.#options;
    const durable = await stateMachine.barrier();
    const cut = Math.min(durable, upTo, this.#minMatch);
    if (cut < log.firstIndex()) return;
    await log.compact(cut);
    this.#options.logger.info('log cut', { upTo: cut, logBytes: log.sizeBytes() });
  }

  #warnIfHeldBack(held: number): void {
    if (held < this.#warnAt) return;
    this.#warnAt = held * 2;
    this.#options.logger.warn('the log cannot be cut: a member lags behind or is away', {
      entries: held,
      everyMemberHoldsUpTo: this.#minMatch,
      logBytes: this.#options.log.sizeBytes(),
    });
  }
}
