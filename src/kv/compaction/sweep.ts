import type { Engine, EngineOperation, EngineRange } from '../../ports/engine.js';
import { defined } from '../../util/assert.js';
import { decodeChangeRow, type LoggedChange } from '../format/change-row.js';
import { endedKeyOfEnd, endsBetween } from '../indexes/index-rows.js';
import { changesFrom, historyKey } from '../format/layout.js';
import { sweptRow } from '../format/meta.js';

/** Changes after which a slice ends. It removes at most two rows for each. */
const SLICE_CHANGES = 256;

/**
 * Removes the rows that a compaction has discarded, in slices between the applier's batches. No reader of a newer state
 * reads them, so members may differ in their progress. The sweeper reads only the changes between the previous
 * compacted revision and the new one; each names the version that it ended.
 *
 * The changes of the compacted revision itself stay, because a watch may begin there. So do rows with changes of later
 * revisions, until the next compaction; nothing reads the older changes in them.
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
      // Before the changes, whose removal records how far the sweep is.
      let ends: EngineRange | undefined = endsBetween(Math.max(0, this.#swept), target);
      while (ends !== undefined && !this.#closed) {
        ends = await this.#sliceOfIndexes(ends);
        if (ends !== undefined) await this.#pause();
      }
      let range: EngineRange | undefined = changesFrom(this.#swept);
      while (range !== undefined && !this.#closed) {
        range = await this.#slice(range, target);
        if (range !== undefined) await this.#pause();
      }
      if (range === undefined) this.#swept = target;
      this.#settle();
    }
  }

  /** Removes entries of indexes that ended. @returns the ends of the next slice; undefined after the last */
  async #sliceOfIndexes(range: EngineRange): Promise<EngineRange | undefined> {
    const cursor = this.#engine.cursor({ ...range, keysOnly: true });
    try {
      const rows = await cursor.next(SLICE_CHANGES);
      const last = rows.at(-1);
      if (last === undefined) return undefined;
      const keys = rows.flatMap(({ key }) => [endedKeyOfEnd(key), key]);
      await this.#engine.write(keys.map((key) => ({ type: 'delete', key })));
      // Behind them, as an engine may keep marks of removed rows, which a walk has to pass.
      return rows.length < SLICE_CHANGES ? undefined : { gt: last.key, lt: defined(range.lt, 'the end of the ends') };
    } finally {
      await cursor.close();
    }
  }

  /** @returns the rows of the next slice; undefined after the last */
  async #slice(range: EngineRange, target: number): Promise<EngineRange | undefined> {
    const { rows, more } = await readRows(this.#engine, range, target);
    const operations: EngineOperation[] = [];
    let reached = this.#swept;
    let versions = 0;
    for (const { key: rowKey, changes } of rows) {
      for (const { revision, key, previousRevision, historyRow, endsHistoryRow } of changes) {
        if (revision < this.#swept || revision > target) continue;
        reached = revision;
        // A version that was put and deleted in the compacted revision itself stays with the changes of that revision.
        const ownVersion = revision === target && previousRevision === target;
        if (previousRevision === 0 || ownVersion) continue;
        // The sweep before has removed the versions that its last revision ended, but for its own.
        if (revision > this.#swept || previousRevision === revision) versions += 1;
        if (endsHistoryRow) operations.push({ type: 'delete', key: historyKey(key, historyRow) });
      }
      if (lastOf(changes).revision < target) operations.push({ type: 'delete', key: rowKey });
    }
    operations.push(sweptRow(more ? Math.max(reached - 1, this.#swept) : target));
    await this.#engine.write(operations);
    this.#onRemoved(versions);
    return more ? { gt: lastOf(rows).key, lt: defined(range.lt, 'the end of the change log') } : undefined;
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

interface ChangesRow {
  readonly key: Uint8Array;
  readonly changes: readonly LoggedChange[];
}

/** Reads the rows of one slice that hold changes up to a revision. @returns whether there may be more */
async function readRows(
  engine: Engine,
  range: EngineRange,
  target: number,
): Promise<{ readonly rows: readonly ChangesRow[]; readonly more: boolean }> {
  const rows: ChangesRow[] = [];
  const cursor = engine.cursor(range);
  try {
    // The rows read next are about as full as the last one. Each revision up to the target has a change.
    for (let left = SLICE_CHANGES, wanted = 1; left > 0;) {
      const read = await cursor.next(wanted);
      if (read.length === 0) return { rows, more: false };
      for (const { key, value } of read) {
        const changes = decodeChangeRow(value);
        if (defined(changes[0], 'the changes of a row').revision > target) return { rows, more: false };
        rows.push({ key, changes });
        left -= changes.length;
        wanted = Math.max(1, Math.min(Math.ceil(left / changes.length), target - lastOf(changes).revision));
      }
    }
    return { rows, more: true };
  } finally {
    await cursor.close();
  }
}

function lastOf<T>(list: readonly T[]): T {
  return defined(list.at(-1), 'the last of a list');
}
