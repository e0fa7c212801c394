import type { Header } from '../keys/key-value.js';
import type { KeyRange } from '../keys/key-range.js';
import type { WatchBatch } from '../watch/watch-types.js';
import type { CacheSource, CacheWatch } from './cache-source.js';
import { outOfLine } from './cache-types.js';
import type { Memory } from './memory.js';
import { ProgressWaits } from './progress-waits.js';

/** Longest wait for the progress of a watch before reads go to the cluster, and the watch to another member, in ms. */
export const PROGRESS_MS = 1000;

export interface FollowerOptions {
  readonly source: CacheSource;
  readonly range: KeyRange;
  readonly memory: Memory;
  /** Interval of progress requests, in ms; 0 for none. */
  readonly refreshMs: number;
  /** The watch goes on at another member, or at the same one after an interruption. */
  readonly onResumed: () => void;
}

/** Keeps a memory up to date by a watch from its revision, and knows how far the watch has come. */
export class Follower {
  readonly memory: Memory;
  readonly #options: FollowerOptions;
  readonly #watch: CacheWatch;
  readonly #waits = new ProgressWaits();
  /** A member has created the watch, and it has not been interrupted since. */
  #connected = false;
  #everConnected = false;
  /** The watch's member answers progress requests as etcd does: at any revision, and without an age. */
  #plain = false;
  /** When the progress request that is not answered yet was sent, on the monotonic clock, in ms. */
  #askedMs: number | undefined;
  /** Repeats of that request. */
  #repeats = 0;
  /** Answers to repeats of earlier requests that may still come: they were made before the present request, and vouch for nothing. */
  #surplus = 0;
  /** Whether anything has arrived since the timer for the answer was set. */
  #heard = false;
  #stopWait: (() => void) | undefined;
  #stopRefresh: (() => void) | undefined;
  #end: { readonly reason: Error | undefined } | undefined;

  constructor(options: FollowerOptions) {
    const { source, range, memory } = options;
    this.memory = memory;
    this.#options = options;
    this.#watch = source.watch({
      range,
      startRevision: memory.revision + 1,
      onCreated: (header) => this.#created(header),
      onInterrupted: () => {
        this.#connected = false;
        this.#waits.giveUp();
      },
      onRepeated: () => (this.#repeats += 1),
    });
  }

  /** Whether the watch can reach a confirmed revision: it has a member, which knows requests for a revision. */
  get isPresent(): boolean {
    return this.#connected && !this.#plain && this.#end === undefined;
  }

  /** Applies events until the watch or the follower ends. @throws the reason */
  async run(): Promise<void> {
    this.#armRefresh();
    try {
      for await (const batch of this.#watch.batches()) {
        this.#checkCluster(batch.header);
        if (this.#end !== undefined) break;
        this.#take(batch);
      }
    } finally {
      this.end(undefined);
      await this.#watch.close();
    }
    if (this.#end?.reason !== undefined) throw this.#end.reason;
  }

  end(reason: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    this.#stopWait?.();
    this.#stopRefresh?.();
    this.#waits.giveUp();
    void this.#watch.close();
  }

  /**
   * Waits until the memory has reached a revision.
   * @param options.confirmed whether a member has applied it
   * @returns false if the watch does not get there soon
   */
  async reach(revision: number, options: { readonly confirmed: boolean }): Promise<boolean> {
    if (this.memory.revision >= revision) return true;
    if (!this.isPresent) return false;
    const reached = this.#waits.add(revision, options);
    this.#ask(options.confirmed ? revision : this.memory.revision);
    return await reached;
  }

  #created(header: Header): void {
    this.#checkCluster(header);
    if (this.#end !== undefined) return;
    this.#connected = true;
    this.#plain = false;
    this.#repeats = 0;
    this.#surplus = 0;
    if (this.#everConnected) this.#options.onResumed();
    this.#everConnected = true;
  }

  #take(batch: WatchBatch): void {
    this.#heard = true;
    if (batch.events.length > 0) this.memory.apply(batch);
    else this.#progressed(batch);
    this.#waits.reached(this.memory.revision);
    if (batch.events.length > 0) return;
    this.#waits.giveUpUnconfirmed();
    const { least } = this.#waits;
    if (least !== undefined) this.#ask(least);
  }

  /** An answer to a progress request: the watch has all events up to the revision. */
  #progressed({ revision, header: { freshness } }: WatchBatch): void {
    const askedMs = this.#askedMs;
    this.#askedMs = undefined;
    const isSurplus = this.#surplus > 0;
    this.#surplus += this.#repeats - (isSurplus ? 1 : 0);
    this.#repeats = 0;
    this.#stopWait?.();
    this.#plain = freshness === undefined;
    // Progress of an etcd is not taken: some versions report it before the events that it covers.
    if (freshness === undefined) return this.#waits.giveUp();
    this.memory.advance(revision);
    const { stalenessMs } = freshness;
    if (askedMs === undefined || stalenessMs === undefined || isSurplus) return;
    this.memory.vouch(askedMs - stalenessMs);
  }

  /** Requests progress, unless an answer is due already: then, once it has come, if reads still wait. */
  #ask(atLeastRevision: number): void {
    if (this.#askedMs !== undefined) return;
    this.#askedMs = this.#options.source.now();
    this.#watch.requestProgress({ atLeastRevision });
    this.#armWait();
  }

  #armWait(): void {
    this.#heard = false;
    this.#stopWait?.();
    this.#stopWait = this.#options.source.timeout(PROGRESS_MS, () => {
      this.#waits.giveUp();
      // A watch that receives events is only slow.
      if (!this.#heard) this.#watch.moveOn();
      this.#armWait();
    });
  }

  #armRefresh(): void {
    const { source, refreshMs } = this.#options;
    if (refreshMs === 0 || this.#end !== undefined) return;
    this.#stopRefresh = source.timeout(refreshMs, () => {
      if (this.#connected) this.#ask(this.memory.revision);
      this.#armRefresh();
    });
  }

  #checkCluster({ clusterId }: Header): void {
    const expected = this.memory.clusterId;
    if (clusterId === expected) return;
    this.end(outOfLine(`the cache holds keys of the cluster ${expected}, and a member of ${clusterId} has answered`));
  }
}
