import type { CallContext } from '../../rpc/service.js';
import type { OnLimit } from '../../util/limit-hits.js';
import { sourceOf } from '../../util/source-set.js';

/** Passwords that wait to be hashed. Beyond it calls are refused: bcrypt takes tens of milliseconds for each. */
const WAITING_MAX = 1024;

export interface HashingJob {
  readonly call: CallContext;
  /** Must not reject. */
  readonly run: () => Promise<void>;
  /** Called in place of `run` if too many wait. */
  readonly refuse: () => void;
}

/**
 * Bounds the passwords that are hashed at the same time. They share the processors with all other calls, so log-ins wait for
 * each other. The addresses that they come from take turns, and at the bound the one with the most gives way: a flood of wrong
 * passwords from one address delays the log-ins of others by one password each.
 */
export class HashingQueue {
  readonly #atOnce: number;
  readonly #onLimit: OnLimit;
  /** By address, in the order of their turns; each with its own, oldest first. */
  readonly #sources = new Map<string, Set<HashingJob>>();
  #waiting = 0;
  #running = 0;

  constructor(atOnce: number, onLimit: OnLimit = () => undefined) {
    this.#atOnce = atOnce;
    this.#onLimit = onLimit;
  }

  /** Number of jobs that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Runs the work in its turn, unless its call has ended meanwhile. */
  add(job: HashingJob): void {
    const source = sourceOf(job.call.remote);
    if (this.#waiting >= WAITING_MAX && !this.#makeRoomFor(source)) {
      this.#onLimit('waiting_passwords');
      return job.refuse();
    }
    const own = this.#sources.get(source) ?? new Set();
    this.#sources.set(source, own.add(job));
    this.#waiting += 1;
    job.call.onCancel(() => this.#remove(source, job));
    this.#next();
  }

  /** Refuses the latest job of the address that has the most, if it has more than one more than this one. */
  #makeRoomFor(source: string): boolean {
    let most: readonly [string, Set<HashingJob>] | undefined;
    for (const entry of this.#sources) if (most === undefined || entry[1].size > most[1].size) most = entry;
    if (most === undefined || most[1].size <= (this.#sources.get(source)?.size ?? 0) + 1) return false;
    const [address, jobs] = most;
    const latest = [...jobs].at(-1);
    if (latest === undefined) return false;
    this.#remove(address, latest);
    this.#onLimit('waiting_passwords');
    latest.refuse();
    return true;
  }

  #remove(source: string, job: HashingJob): boolean {
    const own = this.#sources.get(source);
    if (own?.delete(job) !== true) return false;
    this.#waiting -= 1;
    if (own.size === 0) this.#sources.delete(source);
    return true;
  }

  #next(): void {
    while (this.#running < this.#atOnce) {
      const job = this.#take();
      if (job === undefined) return;
      if (job.call.cancelled) continue;
      this.#running += 1;
      void job.run().finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }

  /** The next job of the address whose turn it is, which comes last from then on. */
  #take(): HashingJob | undefined {
    for (const [source, own] of this.#sources) {
      const [job] = own;
      this.#sources.delete(source);
      if (job === undefined) continue;
      own.delete(job);
      this.#waiting -= 1;
      if (own.size > 0) this.#sources.set(source, own);
      return job;
    }
    return undefined;
  }
}
