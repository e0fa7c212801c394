import type { LogStore } from '../../ports/log.js';
import type { StateMachine } from '../../ports/state-machine.js';
import type { Status } from '../../raft/status.js';
import type { Logger } from '../../util/logger.js';

export interface LogCutterOptions {
  readonly log: LogStore;
  readonly stateMachine: Pick<StateMachine, 'barrier' | 'sizeBytes'>;
  readonly logger: Logger;
  readonly snapshotCount: number;
  readonly tailEntries: number;
  /**
   * What those need next who are being brought up to date now: every entry behind it. Infinity where nobody is known to
   * need one, as on a member that does not lead.
   */
  readonly neededFrom: () => number;
}

/** See `LogCutterOptions.neededFrom`. @param sending the index of the oldest snapshot that is under way */
export function neededFrom({ progress }: Pick<Status, 'progress'>, sending: number | undefined): number {
  let least = sending ?? Infinity;
  for (const { state, match, pendingSnapshot, recentActive } of progress.values()) {
    if (state === 'snapshot') least = Math.min(least, Math.max(match, pendingSnapshot));
    else if (recentActive) least = Math.min(least, match);
  }
  return least;
}

/** For a member that answers, or takes a snapshot on, the log may grow to so many times what the state takes. */
const PATIENCE = 4;
/** And to so many bytes in any case. */
const PATIENCE_BYTES = 512 * 1024 * 1024;

/**
 * Keeps the log from growing for ever. What the engine does not hold durably stays, and a tail for those who lag a
 * little. Beyond that a member can be brought up to date by a snapshot, so the log is kept for one that is away only
 * while it is the cheaper way, in bytes; and longer for one that is just catching up, which would otherwise need one
 * snapshot after the other.
 */
export class LogCutter {
  readonly #options: LogCutterOptions;
  #minMatch = 0;
  /** Runs while the log is being cut. */
  #cutting: Promise<void> | undefined;
  /** Not before this index is it worth to look again. */
  #nextLook = 0;
  #closed = false;

  constructor(options: LogCutterOptions) {
    this.#options = options;
  }

  /** What a leader says that every member holds. */
  distributed(minMatch: number): void {
    this.#minMatch = minMatch;
  }

  /** Cuts if there is enough to cut. Rejects for what is fatal. */
  async applied(index: number): Promise<void> {
    const { log, snapshotCount, tailEntries } = this.#options;
    const entryCount = index - log.firstIndex() + 1;
    if (this.#closed || this.#cutting !== undefined) return;
    if (entryCount < snapshotCount + tailEntries || index < this.#nextLook) return;
    this.#nextLook = index + Math.ceil(snapshotCount / 4);
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
    const { log, stateMachine, logger, neededFrom } = this.#options;
    const logBytes = log.sizeBytes();
    const stateBytes = await stateMachine.sizeBytes();
    let target = upTo;
    if (logBytes <= stateBytes) target = Math.min(target, this.#minMatch);
    if (logBytes <= Math.max(PATIENCE * stateBytes, PATIENCE_BYTES)) target = Math.min(target, neededFrom());
    if (target < log.firstIndex()) return;
    const cut = Math.min(target, await stateMachine.barrier());
    if (cut < log.firstIndex()) return;
    await log.compact(cut);
    logger.info('log cut', { upTo: cut, logBytes: log.sizeBytes() });
  }
}
