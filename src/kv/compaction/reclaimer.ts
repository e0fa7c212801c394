import type { EngineUse } from '../state/engine-use.js';
import { changesRange, tableRange, Table, type RowRange } from '../format/layout.js';

/**
 * Has the engine give back the space of rows that were removed, one request at a time: those that come meanwhile share
 * the next turn. The engine must not be closed under it, so it counts as one more reader.
 */
export class Reclaimer {
  readonly #use: () => EngineUse | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** Of the compactions that need no other turn. */
  #reclaimed = 0;
  /** The turn for everything that has not begun yet. */
  #nextAll: Promise<boolean> | undefined;

  /** @param use the engine in force; undefined once the store is closed */
  constructor(use: () => EngineUse | undefined) {
    this.#use = use;
  }

  /** What lay below a compacted revision, once it is swept: false if the store closes first. */
  reclaim(revision: number): Promise<boolean> {
    return this.#inTurn(async (use) => {
      if (this.#reclaimed >= revision) return;
      // The tables whose rows go with a compaction; what stays of them was written since.
      await compact(use, [changesRange(0, revision), tableRange(Table.history)]);
      this.#reclaimed = revision;
    });
  }

  /** All that can be given back anywhere: false if the store closes first. */
  reclaimAll(): Promise<boolean> {
    this.#nextAll ??= this.#inTurn((use) => {
      this.#nextAll = undefined; // what is removed from here on may not be seen by it
      return compact(use, [undefined]);
    });
    return this.#nextAll;
  }

  /** Resolves once nothing is under way. */
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
    this.#last = done.catch(() => undefined); // told to who asked
    return done;
  }
}

async function compact({ engine }: EngineUse, ranges: readonly (RowRange | undefined)[]): Promise<void> {
  for (const range of ranges) await engine.compactRange(range);
}
