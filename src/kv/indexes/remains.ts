import type { Engine, EngineRange } from '../../ports/engine.js';
import { defined } from '../../util/assert.js';
import { Table, tableRange, type RowRange } from '../format/layout.js';
import { indexIdOf, placePrefix, rowsOfPlaces } from './index-rows.js';
import type { IndexTable } from './index-table.js';

/** Rows removed in one slice. */
const SLICE_ROWS = 256;

/**
 * Removes the entries of indexes that were dropped or have failed, in slices between the applier's batches. No command writes
 * them any more and no query reads them, so members may differ in their progress.
 */
export class IndexRemains {
  readonly #engine: Engine;
  readonly #indexes: () => IndexTable;
  readonly #pause: () => Promise<void>;
  readonly #onFatal: (error: unknown) => void;
  #running: Promise<void> | undefined;
  #isWanted = false;
  #closed = false;

  /** @param options.indexes those of the published state @param options.pause awaited between two slices */
  constructor(options: {
    readonly engine: Engine;
    readonly indexes: () => IndexTable;
    readonly pause: () => Promise<void>;
    readonly onFatal: (error: unknown) => void;
  }) {
    this.#engine = options.engine;
    this.#indexes = options.indexes;
    this.#pause = options.pause;
    this.#onFatal = options.onFatal;
  }

  /** Looks for entries of such indexes: called when the indexes have changed. */
  run(): void {
    this.#isWanted = true;
    if (this.#running !== undefined || this.#closed) return;
    this.#running = this.#remove().then(
      () => void (this.#running = undefined),
      (error: unknown) => this.#onFatal(error),
    );
  }

  /** Resolves once there is nothing left to remove, or it is closed. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Waits for the current slice. The next start removes the rest. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #remove(): Promise<void> {
    while (this.#isWanted && !this.#closed) {
      this.#isWanted = false;
      for (const table of [Table.entries, Table.endedEntries] as const) await this.#removeFrom(table);
    }
  }

  /** Goes from one index to the next. */
  async #removeFrom(table: typeof Table.entries | typeof Table.endedEntries): Promise<void> {
    let range: EngineRange = tableRange(table);
    while (!this.#closed) {
      const [first] = await this.#read(range, 1);
      if (first === undefined) return;
      const id = indexIdOf(first);
      const own = rowsOfPlaces(table, { gte: placePrefix(id), lt: placePrefix(id + 1) });
      if (isGone(this.#indexes(), id)) await this.#removeAll(own);
      range = { gte: own.lt, lt: defined(range.lt, 'the end of a table') };
    }
  }

  /** Goes on behind the rows that it has removed: an engine may keep marks of them, which a walk has to pass. */
  async #removeAll(range: RowRange): Promise<void> {
    let rest: EngineRange = range;
    while (!this.#closed) {
      const keys = await this.#read(rest, SLICE_ROWS);
      const last = keys.at(-1);
      if (last === undefined) return;
      await this.#engine.write(keys.map((key) => ({ type: 'delete', key })));
      await this.#pause();
      rest = { gt: last, lt: range.lt };
    }
  }

  async #read(range: EngineRange, count: number): Promise<readonly Uint8Array[]> {
    const cursor = this.#engine.cursor({ ...range, keysOnly: true });
    try {
      return (await cursor.next(count)).map(({ key }) => key);
    } finally {
      await cursor.close();
    }
  }
}

/** A batch that is written and not yet published may hold entries of an index with a higher id than the published ones. */
function isGone(indexes: IndexTable, id: number): boolean {
  const state = indexes.byId(id)?.state;
  return id <= indexes.lastId && (state === undefined || state.kind === 'failed');
}
