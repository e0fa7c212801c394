import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PERIOD_MS = 50;
const BYTES = Buffer.alloc(512, 1);

/** Measures how long the disk takes for a small write and its sync, as members wait for it before each acknowledgement. */
export class SyncWatch {
  readonly #ends = new AbortController();
  readonly #watching: Promise<void>;
  #longestMs = 0;
  /** The start of the sync that goes on. */
  #beganMs: number | undefined;

  /** @param folder on the disk of the members; it receives a file, which `end` removes */
  constructor(folder: string) {
    this.#watching = this.#watch(join(folder, 'sync-watch'));
    this.#watching.catch(() => undefined); // `end` reports it
  }

  /** The longest write so far, in ms; one that goes on counts up to now. */
  get longestMs(): number {
    return Math.max(this.#longestMs, this.#beganMs === undefined ? 0 : performance.now() - this.#beganMs);
  }

  /** @throws Error of the file system */
  async end(): Promise<void> {
    this.#ends.abort();
    await this.#watching;
  }

  async #watch(path: string): Promise<void> {
    const file = await open(path, 'w');
    try {
      while (!this.#ends.signal.aborted) {
        this.#beganMs = performance.now();
        await file.write(BYTES, 0, BYTES.length, 0);
        await file.datasync();
        this.#longestMs = this.longestMs;
        this.#beganMs = undefined;
        await delay(PERIOD_MS, undefined, { signal: this.#ends.signal }).catch(() => undefined); // the end
      }
    } finally {
      await file.close();
      await rm(path);
    }
  }
}
