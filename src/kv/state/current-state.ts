import type { Engine } from '../../ports/engine.js';
import { defined } from '../../util/assert.js';
import { KeyHash } from '../../util/key-hash.js';
import { EngineUse } from './engine-use.js';
import { HotRows } from './hot-rows.js';
import type { IndexTable } from '../indexes/index-table.js';
import { IndexRemains } from '../indexes/remains.js';
import type { KeyCountChange } from '../reads/key-count-change.js';
import { KeyCounter } from '../reads/key-counter.js';
import { readMeta, readSwept, type Meta } from '../format/meta.js';
import { Sweeper } from '../compaction/sweep.js';
import { View } from './view.js';

export interface CurrentStateOptions {
  /** An engine that holds a store. */
  readonly engine: Engine;
  /** The revision behind which rows are kept although they are compacted: see `heldFrom`. */
  readonly held: () => number;
  /** Those in the engine. */
  readonly indexes: IndexTable;
  /** Approximate memory for recently used rows. */
  readonly cacheBytes: number;
  /** See `KeyHash`. */
  readonly hashSeed: readonly [number, number];
  /** Awaited between slices of background work. */
  readonly pause: () => Promise<void>;
  /** Called with the number of versions that were swept. */
  readonly onSwept: (versions: number) => void;
  readonly onFatal: (error: unknown) => void;
}

/**
 * One engine and everything that is replaced with it when a snapshot is installed: the published view, the cache of its
 * rows, the counts of its keys, and the removal of compacted rows.
 */
export class CurrentState {
  readonly use: EngineUse;
  /** Rows of the published view. */
  readonly hotRows: HotRows;
  readonly #hash: KeyHash;
  readonly #onFatal: (error: unknown) => void;
  readonly #held: () => number;
  readonly #sweeper: Sweeper;
  readonly #keyCounter: KeyCounter;
  readonly #remains: IndexRemains;
  #view: View;

  constructor({ engine, held, indexes, cacheBytes, hashSeed, pause, onSwept, onFatal }: CurrentStateOptions) {
    this.use = new EngineUse(engine);
    this.hotRows = new HotRows(cacheBytes);
    this.#hash = new KeyHash(hashSeed);
    this.#onFatal = onFatal;
    this.#held = held;
    this.#keyCounter = new KeyCounter({
      acquire: () => this.acquire(),
      hash: this.#hash,
      onRecut: (counts) => this.#view.recut(counts),
      pause,
      onFatal,
    });
    this.#view = this.#viewOf(defined(readMeta(engine), 'the meta row'), indexes);
    this.#remains = new IndexRemains({ engine, indexes: () => this.#view.indexes, pause, onFatal });
    this.#sweeper = new Sweeper({ engine, swept: readSwept(engine), pause, onRemoved: onSwept, onFatal });
  }

  get engine(): Engine {
    return this.use.engine;
  }

  /** The view that readers see. */
  get view(): View {
    return this.#view;
  }

  /** Number of live keys; undefined while they are counted. */
  get keyCount(): number | undefined {
    return this.#keyCounter.counts.total;
  }

  /** The same, retained until `release`. */
  acquire(): View {
    this.#view.retain();
    return this.#view;
  }

  /** Starts background work, including what was unfinished before a restart. */
  beginWork(): void {
    this.#keyCounter.run();
    this.sweep();
    if (this.#view.indexes.lastId > 0) this.#remains.run();
  }

  /** Shows a written batch to readers. Data, revisions, cached rows and counts change in one turn. */
  publish(
    meta: Meta,
    { countChanges = [], indexes }: { countChanges?: readonly KeyCountChange[]; indexes?: IndexTable | undefined } = {},
  ): void {
    const previous = this.#view;
    this.#keyCounter.apply(countChanges);
    this.#view = this.#viewOf(meta, indexes ?? previous.indexes);
    previous.retire();
    if (meta.compactedRevision > previous.compactedRevision) this.sweep();
    this.#keyCounter.run();
    if (indexes !== undefined && hasFewer(previous.indexes, indexes)) this.#remains.run();
  }

  /** Approximate disk usage in bytes: of all rows, or of those from a key on. */
  async sizeBytes(from?: Uint8Array): Promise<number> {
    // Counts as a view, so that the engine is not closed under it.
    this.use.viewOpened();
    try {
      return await this.engine.sizeBytes(from);
    } finally {
      this.use.viewClosed();
    }
  }

  /** Resolves once all keys are counted, or the background work has ended. */
  whenCounted(): Promise<void> {
    return this.#keyCounter.whenSettled();
  }

  /** Removes compacted rows that no feed needs. Called when feeds have changed. */
  sweep(): void {
    this.#sweeper.sweepTo(Math.min(this.#view.compactedRevision, this.#held()));
  }

  /**
   * Resolves once a compaction at the revision is swept, but for rows that a feed needs now; with false if the background work
   * ends first.
   */
  whenSwept(revision: number): Promise<boolean> {
    return this.#sweeper.whenSwept(Math.min(revision, this.#held()));
  }

  /** Resolves once the entries of dropped indexes are removed, or the background work has ended. */
  whenRemoved(): Promise<void> {
    return this.#remains.settled();
  }

  /** Ends background work. Reads and writes continue. */
  async endWork(): Promise<void> {
    await this.#remains.close();
    await this.#sweeper.close();
    await this.#keyCounter.close();
  }

  #viewOf(meta: Meta, indexes: IndexTable): View {
    const { use } = this;
    use.viewOpened();
    const counter = this.#keyCounter;
    const { mark } = counter;
    return new View({
      meta,
      indexes,
      counts: counter.counts,
      whenCounted: () => counter.countsAt(mark),
      snapshot: use.engine.snapshot(),
      hotRows: this.hotRows,
      mayExist: (hash) => counter.mayExist(hash),
      hash: this.#hash,
      onClosed: () => use.viewClosed(),
      onCloseError: this.#onFatal,
    });
  }
}

/** Whether an index was dropped or has failed, also one that the same batch has created. */
function hasFewer(before: IndexTable, now: IndexTable): boolean {
  if (before === now) return false;
  const kept = new Set(now.maintained.map(({ id }) => id));
  const known = before.maintained.map(({ id }) => id);
  const isNew = now.maintained.filter(({ id }) => id > before.lastId).length;
  return known.some((id) => !kept.has(id)) || isNew < now.lastId - before.lastId;
}
