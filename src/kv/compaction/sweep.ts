import type { Engine, EngineOperation, EngineRow } from '../../ports/engine.js';
import { changesRange, decodeChange, historyKey } from '../format/layout.js';
import { sweptRow } from '../format/meta.js';

/** Change rows read in one slice, which removes at most twice as many rows. */
const SLICE_ROWS = 256;

/**
 * Removes the rows that a compaction has discarded, in slices between the applier's batches. No reader of a newer state
 * reads them, so members may differ in their progress. The sweeper reads only the changes between the previous
 * compacted revision and the new one; each names the version that it ended.
 *
 * The changes of the compacted revision itself stay, because a watch may begin there.
 */
export class Sweeper {
  readonly #engine: Engine;
  readonly #pause: () => Promise<void>;
  readonly #onRemoved: (versions: number) => void;
  readonly #onFatal: (error: unknown) => void;
  readonly #waiting: { readonly revision: number; readonly done: (swept: boolean) => void }[] = [];
  #swept: number;
  #target: number;
  #running: Promise<void> | undefined;
  #closed = false;

  /**
   * @param options.pause awaited between two slices
   * @param options.onRemoved called with the number of versions that a slice removed
   */
  constructor(options: {
    readonly engine: Engine;
    readonly swept: number;
    readonly pause: () => Promise<void>;
    readonly onRemoved?: (versions: number) => void;
    readonly onFatal: (error: unknown) => void;
  }) {
    this.#engine = options.engine;
    this.#swept = options.swept;
    this.#target = options.swept;
    this.#pause = options.pause;
    this.#onRemoved = options.onRemoved ?? (() => undefined);
    this.#onFatal = options.onFatal;
  }

  /** All discarded rows below this revision are removed. */
  get swept(): number {
    return this.#swept;
  }

  /** Sweeps up to the compacted revision of a batch that is written. */
  sweepTo(revision: number): void {
    this.#target = Math.max(this.#target, revision);
    if (this.#swept >= this.#target || this.#running !== undefined || this.#closed) return;
    this.#running = this.#run().then(
      () => {
        this.#running = undefined;
        this.sweepTo(this.#target); // it may have moved since the run last read it
      },
      (error: unknown) => this.#onFatal(error),
    );
  }

  /** Resolves once a compaction at the revision is swept; with false if the sweeper closes first. */
  whenSwept(revision: number): Promise<boolean> {
    if (this.#swept >= revision || this.#closed) return Promise.resolve(this.#swept >= revision);
    return new Promise((done) => this.#waiting.push({ revision, done }));
  }

  /** Waits for the current slice. The next start sweeps the rest. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#settle();
  }

  async #run(): Promise<void> {
    while (this.#swept < this.#target && !this.#closed) {
      const target = this.#target;
      let from: Uint8Array | undefined = changesRange(this.#swept, target).gte;
      while (from !== undefined && !this.#closed) {
        from = await this.#slice(from, target);
        if (from !== undefined) await this.#pause();
      }
      if (from === undefined) this.#swept = target;
      this.#settle();
    }
  }

  /** @returns the start of the next slice; undefined after the last */
  async #slice(from: Uint8Array, target: number): Promise<Uint8Array | undefined> {
    const cursor = this.#engine.cursor({ gte: from, lt: changesRange(0, target).lt });
    let rows: readonly EngineRow[];
    try {
      rows = await cursor.next(SLICE_ROWS);
    } finally {
      await cursor.close();
    }
    const operations: EngineOperation[] = [];
    let reached = target;
    let versions = 0;
    for (const row of rows) {
      const { revision, key, previousRevision } = decodeChange(row.key, row.value);
      reached = revision - 1;
      // A version that was put and deleted in the compacted revision itself stays with the changes of that revision.
      const ownVersion = revision === target && previousRevision === target;
      if (previousRevision > 0 && !ownVersion) {
        operations.push({ type: 'delete', key: historyKey(key, previousRevision) });
        versions += 1;
      }
      if (revision < target) operations.push({ type: 'delete', key: row.key });
    }
    const last = rows.length === SLICE_ROWS ? rows.at(-1)?.key : undefined;
    operations.push(sweptRow(last === undefined ? target : Math.max(reached, 0)));
    await this.#engine.write(operations);
    this.#onRemoved(versions);
    return last;
  }

  #settle(): void {
    const waiting = this.#waiting.splice(0);
    for (const waiter of waiting) {
      const swept = this.#swept >= waiter.revision;
      if (this.#closed || swept) waiter.done(swept);
      else this.#waiting.push(waiter);
    }
  }
}
