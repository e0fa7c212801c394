import type { DiskFile } from '../ports/disk.js';

/** Size up to which a write may be made in the turn of its caller, in bytes. */
export const IN_TURN_BYTES_MAX = 16 * 1024;
/** A write that takes longer is slow, in ms. */
const SLOW_MS = 1;
/** After a slow write the thread pool is used for this many times its duration. */
const POOL_FACTOR = 100;

export interface DurableWritesOptions {
  /** Largest write in the turn of its caller, in bytes; 0: none. Default: 16 KiB. */
  readonly inTurnBytesMax?: number;
  /** Monotonic time in ms. */
  readonly now?: () => number;
}

/**
 * Decides where a durable write waits for the disk. In the caller's turn it costs half of the processor time and is
 * done sooner, but the process does nothing else meanwhile: only a short write goes there, if nothing waits behind it,
 * and if the disk has not been slow recently. So slow disks hold the process for at most a hundredth of the time.
 */
export class DurableWrites {
  readonly #inTurnBytesMax: number;
  readonly #now: () => number;
  #poolUntilMs = -Infinity;

  constructor({ inTurnBytesMax = IN_TURN_BYTES_MAX, now = () => performance.now() }: DurableWritesOptions = {}) {
    this.#inTurnBytesMax = inTurnBytesMax;
    this.#now = now;
  }

  /** @param options.alone nothing waits behind this write */
  async write(
    file: DiskFile,
    { offset, data, alone }: { readonly offset: number; readonly data: Uint8Array; readonly alone: boolean },
  ): Promise<void> {
    const startMs = this.#now();
    if (alone && data.length <= this.#inTurnBytesMax && startMs >= this.#poolUntilMs)
      file.writeThroughSync(offset, data);
    else await file.writeThrough(offset, data);
    const endMs = this.#now();
    const tookMs = endMs - startMs;
    if (tookMs > SLOW_MS) this.#poolUntilMs = Math.max(this.#poolUntilMs, endMs + tookMs * POOL_FACTOR);
  }
}
