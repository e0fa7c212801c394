import type { EngineUse } from '../state/engine-use.js';
import { changesUpTo, tableRange, Table, type RowRange } from '../format/layout.js';

/**
 * Makes the engine reclaim the space of removed rows, one run at a time. Requests that arrive during a run share the
 * next one. A run counts as a reader, so that the engine is not closed under it.
 */
export class Reclaimer {
  readonly #use: () => EngineUse | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** Compactions up to this revision need no further run. */
  #reclaimed = 0;
  /** The next full run, which has not begun. */
  #nextAll: Promise<boolean> | undefined;

  /** @param use the current engine; undefined once the store is closed */
  constructor(use: () => EngineUse | undefined) {
    this.#use = use;
  }

  /** Reclaims the space below a compacted revision that is swept. @returns false if the store closes first */
  reclaim(revision: number): Promise<boolean> {
    return this.#inTurn(async (use) => {
      if (this.#reclaimed >= revision) return;
      // Only these tables lose rows by a compaction.
      const tables = [Table.history, Table.endedEntries, Table.entryEnds];
      await compact(use, [changesUpTo(revision), ...tables.map((table) => tableRange(table))]);
      this.#reclaimed = revision;
    });
  }

  /** Reclaims space everywhere. @returns false if the store closes first */
  reclaimAll(): Promise<boolean> {
    this.#nextAll ??= this.#inTurn((use) => {
      this.#nextAll = undefined; // the run may miss rows that are removed from here on
      return compact(use, [undefined]);
    });
    return this.#nextAll;
  }

  /** Resolves once no run is in progress. */
  async idle(): Promise<void> {
    await this.#last;
  }

  #inTurn(work: (use: EngineUse) => Promise<void>): Promise<boolean> {
    const done = this.#last.then(async () => {
      const use = this.#use();
      if (use === undefined) return false;
      use.viewOpened();
      try {
        await work(use);
      } finally {
        use.viewClosed();
      }
      return true;
    });
    this.#last = done.catch(() => undefined); // reported to the caller
    return done;
  }
}

async function compact({ engine }: EngineUse, ranges: readonly (RowRange | undefined)[]): Promise<void> {
  for (const range of ranges) await engine.compactRange(range);
}
