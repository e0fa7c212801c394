import type { DiskFile } from '../ports/disk.js';

/** Size up to which a write may be made in the turn of its caller, in bytes. */
export const IN_TURN_BYTES_MAX = 16 * 1024;
/** Longest mean duration of recent writes with which further ones are made in the turn of their caller, in ms. */
const MEAN_MS_MAX = 2;
/** Weight of the newest write in the mean. */
const WEIGHT = 1 / 8;
/** The most that one write counts for in the mean, in ms. */
const SAMPLE_MS_MAX = 4;
/**
 * A write that takes longer is a stall of the disk, in ms. On busy cores, a process that has waited for its disk often
 * gets a core only a few ms later.
 */
const STALL_MS = 20;
/** After a stall the thread pool is used for this many times its duration. */
const POOL_FACTOR = 100;

/** The time of an event loop, in ms. Both are of one clock: a simulation has its own. */
export interface LoopTime {
  /** Monotonic. */
  readonly now: () => number;
  /** Time for which the event loop has waited for events so far. */
  readonly idleMs: () => number;
}

export interface DurableWritesOptions {
  /** Largest write in the turn of its caller, in bytes; 0: none. Default: 16 KiB. */
  readonly inTurnBytesMax?: number;
  /** Default: that of this process. */
  readonly time?: LoopTime;
}

const REAL_TIME: LoopTime = {
  now: () => performance.now(),
  idleMs: () => performance.eventLoopUtilization().idle,
};

/** Data, after which the file has only zeros. */
interface Append {
  readonly offset: number;
  readonly data: Uint8Array;
}

/** A write that has ended, in ms. */
interface Observed {
  readonly endMs: number;
  readonly tookMs: number;
  readonly waitedMs: number;
}

/**
 * Decides where a durable write waits for the disk. In the caller's turn it costs half of the processor time and is
 * done sooner, but the process does nothing else meanwhile: only a short write goes there, if nothing waits behind it,
 * and if the disk is fast and has not stalled recently. So stalls hold the process for a hundredth of the time at most.
 */
export class DurableWrites {
  readonly #inTurnBytesMax: number;
  readonly #time: LoopTime;
  #meanMs = 0;
  #poolUntilMs = -Infinity;

  constructor({ inTurnBytesMax = IN_TURN_BYTES_MAX, time = REAL_TIME }: DurableWritesOptions = {}) {
    this.#inTurnBytesMax = inTurnBytesMax;
    this.#time = time;
  }

  /** Whether an append of so many bytes, with nothing behind it, is made in the turn of its caller now. */
  takesInTurn(bytes: number): boolean {
    const isFast = this.#meanMs <= MEAN_MS_MAX && this.#time.now() >= this.#poolUntilMs;
    return isFast && bytes <= this.#inTurnBytesMax;
  }

  /** Appends in the turn of the caller. */
  appendInTurn(file: DiskFile, { offset, data }: Append): void {
    const startMs = this.#time.now();
    file.appendThroughSync(offset, data);
    const endMs = this.#time.now();
    this.#observe({ endMs, tookMs: endMs - startMs, waitedMs: endMs - startMs });
  }

  /** Appends in the turn of the caller or in the thread pool. */
  async append(file: DiskFile, { offset, data, alone }: Append & { readonly alone: boolean }): Promise<void> {
    if (alone && this.takesInTurn(data.length)) {
      this.appendInTurn(file, { offset, data });
      return;
    }
    const startMs = this.#time.now();
    const idleBeforeMs = this.#time.idleMs();
    await file.appendThrough(offset, data);
    const endMs = this.#time.now();
    this.#observe({ endMs, tookMs: endMs - startMs, waitedMs: this.#time.idleMs() - idleBeforeMs });
  }

  /**
   * @param write.waitedMs the part of the time in which the event loop had nothing else to do. A loop that is busy notices
   * the end of a write only later, which says nothing about the disk.
   */
  #observe({ endMs, tookMs, waitedMs }: Observed): void {
    // One stall must not count for longer than the pause after it.
    this.#meanMs += (Math.min(tookMs, SAMPLE_MS_MAX) - this.#meanMs) * WEIGHT;
    if (waitedMs > STALL_MS) this.#poolUntilMs = Math.max(this.#poolUntilMs, endMs + waitedMs * POOL_FACTOR);
  }
}
