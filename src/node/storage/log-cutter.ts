import type { LogStore } from '../../ports/log.js';
import type { StateMachine } from '../../ports/state-machine.js';
import type { Status } from '../../raft/status.js';
import type { Logger } from '../../util/logger.js';

export interface LogCutterOptions {
  readonly log: LogStore;
  readonly stateMachine: Pick<StateMachine, 'barrier' | 'durableIndex' | 'sizeBytes'>;
  readonly logger: Logger;
  readonly snapshotCount: number;
  readonly tailEntries: number;
  /** See `NodeConfig.logFlushBytes`. */
  readonly flushBytes: number;
  /**
   * The smallest index after which members that are catching up need the entries of the log. Infinity if there are
   * none, as on a member that does not lead.
   */
  readonly neededFrom: () => number;
}

/** See `LogCutterOptions.neededFrom`. @param sending index of the oldest snapshot being sent */
export function neededFrom({ progress }: Pick<Status, 'progress'>, sending: number | undefined): number {
  let least = sending ?? Infinity;
  for (const { state, match, pendingSnapshot, recentActive } of progress.values()) {
    if (state === 'snapshot') least = Math.min(least, Math.max(match, pendingSnapshot));
    else if (recentActive) least = Math.min(least, match);
  }
  return least;
}

/** A cut keeps a tail of at most this share of `flushBytes`, in whole segments. */
const TAIL_SHARE = 1 / 2;
/** The size of the log is checked whenever it has grown by this share of `flushBytes`. */
const CHECK_SHARE = 1 / 16;
/** The log may grow to this multiple of the state's size for a member that catches up or receives a snapshot. */
const KEPT_FACTOR = 4;
/** The log may grow to this size for such a member in any case, in bytes. */
const KEPT_BYTES = 512 * 1024 * 1024;

/**
 * Bounds the length of the log, and its size. It keeps the entries that the engine does not hold durably, and a tail for
 * members that lag a little. The engine flushes by itself once its buffer is full. Only a log that grows beyond
 * `flushBytes` before that makes it flush, because flushes of partly filled buffers multiply the work of its
 * compactions. Members further behind can get a snapshot, so the log is kept for an absent member only while it is
 * smaller than the state; and longer for one that is catching up, which could otherwise need one snapshot after
 * another.
 */
export class LogCutter {
  readonly #options: LogCutterOptions;
  #minMatch = 0;
  /** Settles when the current cut ends. */
  #cutting: Promise<void> | undefined;
  /** The index at which to check the length again. */
  #nextCheck = 0;
  /** The size at which to check the size again. */
  #nextBytes = 0;
  #closed = false;

  constructor(options: LogCutterOptions) {
    this.#options = options;
  }

  /** The leader reports that every member holds the entries up to this index. */
  distributed(minMatch: number): void {
    this.#minMatch = minMatch;
  }

  /** Cuts the log if it is long or large enough. Rejects on errors of log or state machine. */
  async applied(index: number): Promise<void> {
    if (this.#closed || this.#cutting !== undefined) return;
    const isLong = this.#isLong(index);
    if (!isLong && !this.#hasGrown(index)) return;
    this.#cutting = this.#cut(index, isLong);
    try {
      await this.#cutting;
    } finally {
      this.#cutting = undefined;
    }
  }

  /** Waits for the cut in progress, and starts no other. Its outcome goes to the caller of `applied`. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([this.#cutting]);
  }

  #isLong(index: number): boolean {
    const { log, snapshotCount, tailEntries } = this.#options;
    if (index < this.#nextCheck || index - log.firstIndex() + 1 < snapshotCount + tailEntries) return false;
    this.#nextCheck = index + Math.ceil(snapshotCount / 4);
    return true;
  }

  #hasGrown(index: number): boolean {
    const { log, flushBytes } = this.#options;
    if (flushBytes === 0) return false;
    const bytes = log.contentBytes();
    // Above the bound a check is of use only if it could free a file.
    const isDue = bytes >= this.#nextBytes && (bytes <= flushBytes || log.frees(index));
    // A received snapshot makes the log smaller, too.
    const nextBytes = bytes + CHECK_SHARE * flushBytes;
    if (isDue || nextBytes < this.#nextBytes) this.#nextBytes = nextBytes;
    return isDue;
  }

  async #cut(index: number, isLong: boolean): Promise<void> {
    const { log, stateMachine, logger, flushBytes, tailEntries, neededFrom } = this.#options;
    // Called at each check, also if no cut follows: an index is found durable only some checks after it was applied.
    let durable = await stateMachine.durableIndex();
    const isLarge = log.contentBytes() > flushBytes;
    if (!isLong && !isLarge) return;
    const logBytes = log.sizeBytes();
    const stateBytes = await stateMachine.sizeBytes();
    let target = index - tailEntries;
    if (isLarge && flushBytes > 0)
      target = log.beforeTail(index, { entries: tailEntries, bytes: TAIL_SHARE * flushBytes });
    if (logBytes <= stateBytes) target = Math.min(target, this.#minMatch);
    if (logBytes <= Math.max(KEPT_FACTOR * stateBytes, KEPT_BYTES)) target = Math.min(target, neededFrom());
    if (target < log.firstIndex() || !(isLong || log.frees(target))) return;
    if (durable < target && isLarge && this.#needsFlush(durable, target)) durable = await stateMachine.barrier();
    const cut = Math.min(target, durable);
    if (cut < log.firstIndex()) return;
    await log.compact(cut);
    logger.info('log cut', { upTo: cut, logBytes: log.sizeBytes() });
  }

  /** Whether a cut at the target would free a file, and one at what is flushed already would not. */
  #needsFlush(durable: number, target: number): boolean {
    const { log, flushBytes } = this.#options;
    return flushBytes === 0 || (log.frees(target) && !log.frees(durable));
  }
}
