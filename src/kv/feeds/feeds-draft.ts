import type { EngineOperation } from '../../ports/engine.js';
import type { Feed, Feeds } from './feed.js';
import { changedRows } from './rows.js';

/** Units of work of a change beside its rows: see `Draft.spend`. */
const CHANGE_UNITS = 4;

/** The feeds as a batch of commands changes them. */
export class FeedsDraft {
  readonly #write: (row: EngineOperation) => void;
  #all: Feeds;
  /** The same, once this batch has changed it. */
  #own: Map<string, Feed> | undefined;
  #units = 0;

  constructor(published: Feeds, write: (row: EngineOperation) => void) {
    this.#all = published;
    this.#write = write;
  }

  /** As of the commands so far. The published object as long as none changes a feed. */
  get all(): Feeds {
    return this.#all;
  }

  get(name: string): Feed | undefined {
    return this.#all.get(name);
  }

  /** Adds a feed, or replaces the one of its name. */
  set(feed: Feed): void {
    this.#change(feed.name, feed);
  }

  delete(name: string): void {
    this.#change(name, undefined);
  }

  /** Counts work beside that of changes. */
  spent(units: number): void {
    this.#units += units;
  }

  /** Units of work since the last call. */
  takeUnits(): number {
    const units = this.#units;
    this.#units = 0;
    return units;
  }

  #change(name: string, after: Feed | undefined): void {
    const before = this.#all.get(name);
    if (before === after) return;
    for (const row of changedRows(before, after)) this.#write(row);
    this.#units += CHANGE_UNITS;
    this.#own ??= new Map(this.#all);
    this.#all = this.#own;
    if (after === undefined) this.#own.delete(name);
    else this.#own.set(name, after);
  }
}
