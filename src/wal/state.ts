import { EMPTY_HARD_STATE } from '../raft/types.js';
import type { Entry, HardState } from '../raft/types.js';
import type { LogMiss } from '../raft/storage.js';
import type { Cut } from './batch.js';
import { EntryCache } from './entry-cache.js';
import { IndexTable } from './index-table.js';
import type { Location } from './index-table.js';

/** The state that the records of the log define, both while it is written and when it is read after a start. */
export class LogState {
  readonly table = new IndexTable();
  readonly cache: EntryCache;
  #hardState: HardState = EMPTY_HARD_STATE;
  #cut: Cut = { index: 0, term: 0, oldest: 1 };

  constructor(cacheBytes: number) {
    this.cache = new EntryCache(cacheBytes);
  }

  get hardState(): HardState {
    return this.#hardState;
  }

  set hardState(hardState: HardState) {
    this.#hardState = hardState;
  }

  get cut(): Cut {
    return this.#cut;
  }

  get lastIndex(): number {
    return this.table.next - 1;
  }

  term(index: number): number | LogMiss {
    if (index < this.#cut.index) return 'compacted';
    if (index === this.#cut.index) return this.#cut.term;
    return this.table.has(index) ? this.table.term(index) : 'unavailable';
  }

  /** Replaces the entry at its index and all later ones (paper, figure 2: AppendEntries, 3 and 4). */
  replace(index: number, term: number, location: Location): void {
    if (index <= this.lastIndex) {
      this.table.truncate(index);
      this.cache.truncate(index);
    }
    this.table.append(index, term, location);
  }

  /** Replaces entries, and caches the new one. */
  append(entry: Entry, location: Location): void {
    this.replace(entry.index, entry.term, location);
    this.cache.append(entry);
  }

  /**
   * Removes the entries up to the cut. Later entries stay only if they continue it: entries after a cut beyond the end,
   * or after one with another term, are of a history that did not happen (paper, section 7).
   */
  applyCut(cut: Cut): void {
    this.#cut = cut;
    const { table, cache } = this;
    const follows = cut.index < table.first || (table.has(cut.index) && table.term(cut.index) === cut.term);
    if (follows) {
      table.dropBefore(cut.index + 1);
      cache.dropBefore(cut.index + 1);
    } else {
      table.clear(cut.index + 1);
      cache.clear();
    }
  }
}
