import { asError } from '../../util/error.js';
import { onAbort } from '../../util/abort.js';
import { RaftKvError } from '../errors.js';
import type { KeyRange } from '../keys/key-range.js';
import type { CacheSource } from './cache-source.js';
import type { CacheLimits, CacheState } from './cache-types.js';
import { filled } from './filled.js';
import { Follower } from './follower.js';

/** Pauses before the memory is filled again, in ms: they double with each failure in a row. */
const PAUSE_MS = { first: 100, longest: 5_000 };
/** The same after the keys have exceeded a bound. */
const TOO_LARGE_PAUSE_MS = 60_000;
/** A memory that was kept for this long counts as a success, in ms. */
const STEADY_MS = 1000;

export interface KeeperOptions {
  readonly source: CacheSource;
  readonly range: KeyRange;
  readonly limits: CacheLimits;
  readonly refreshMs: number;
  /** Ends the work when it is aborted. */
  readonly closing: AbortSignal;
  /** See Follower. */
  readonly onResumed: () => void;
}

/** Fills the memory of a cache and follows the changes; when that fails, drops the memory and begins again. */
export class Keeper {
  /** Resolves after the first attempt to fill the memory. Never rejects. */
  readonly attempted: Promise<void>;
  /** Resolves once the work has ended. Never rejects. */
  readonly over: Promise<void>;
  readonly #options: KeeperOptions;
  #attempted: () => void = () => undefined;
  #follower: Follower | undefined;
  #state: CacheState = 'filling';
  #error: RaftKvError | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.attempted = new Promise((resolve) => {
      this.#attempted = resolve;
    });
    const stop = onAbort([options.closing], () => this.#follower?.end(undefined));
    this.over = this.#run().finally(stop);
  }

  get state(): CacheState {
    return this.#options.closing.aborted ? 'closed' : this.#state;
  }

  /** Why the memory was dropped or could not be filled last. */
  get error(): RaftKvError | undefined {
    return this.#error;
  }

  /** The memory with what keeps it up to date; undefined while there is none. */
  get follower(): Follower | undefined {
    return this.#follower;
  }

  /** Drops a memory, if it is still in use, and fills another. */
  drop(follower: Follower, reason: RaftKvError): void {
    if (this.#follower !== follower) return;
    this.#follower = undefined;
    follower.end(reason);
  }

  async #run(): Promise<void> {
    const { closing, source } = this.#options;
    for (let failures = 0; !closing.aborted;) {
      const beganMs = source.now();
      const { kept, error } = await this.#keep();
      this.#attempted();
      if (closing.aborted) return;
      this.#error = error;
      const isTooLarge = error?.code === 'too-large';
      this.#state = isTooLarge ? 'too-large' : 'waiting';
      failures = kept && source.now() - beganMs >= STEADY_MS ? 0 : failures + 1;
      const pauseMs = Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** (failures - 1));
      if (isTooLarge || failures > 0) await this.#pause(isTooLarge ? TOO_LARGE_PAUSE_MS : pauseMs);
    }
    this.#attempted();
  }

  /** Fills a memory and keeps it as long as possible. @returns whether it was filled, and why it is no longer kept */
  async #keep(): Promise<{ readonly kept: boolean; readonly error: RaftKvError | undefined }> {
    const { source, range, limits, refreshMs, closing, onResumed } = this.#options;
    this.#state = 'filling';
    let kept = false;
    try {
      const memory = await filled(source, { range, limits, signal: closing });
      if (closing.aborted) return { kept, error: undefined };
      const follower = new Follower({ source, range, memory, refreshMs, onResumed });
      this.#follower = follower;
      this.#state = 'filled';
      kept = true;
      this.#attempted();
      await follower.run();
      return { kept, error: undefined };
    } catch (error) {
      return { kept, error: asClientError(error) };
    } finally {
      this.#follower = undefined;
    }
  }

  async #pause(ms: number): Promise<void> {
    const { source, closing } = this.#options;
    await new Promise<void>((resolve) => {
      const cancel = source.timeout(ms, () => {
        forget();
        resolve();
      });
      const forget = onAbort([closing], () => {
        cancel();
        resolve();
      });
    });
  }
}

/** An error of another kind is a bug, which must not end the process: reads go to the cluster, and the status shows it. */
function asClientError(thrown: unknown): RaftKvError {
  if (thrown instanceof RaftKvError) return thrown;
  const cause = asError(thrown);
  return new RaftKvError({
    code: 'internal',
    message: `the cache failed: ${cause.message}`,
    fate: 'not-applied',
    retryable: false,
    cause,
  });
}
