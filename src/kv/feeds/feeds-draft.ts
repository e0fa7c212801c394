import type { EngineOperation } from '../../ports/engine.js';
import type { Feed, Feeds } from './feed.js';
import { changedRows } from './rows.js';

/** The feeds as a batch of commands changes them. */
export class FeedsDraft {
  readonly #write: (row: EngineOperation) => void;
  #all: Feeds;

  constructor(published: Feeds, write: (row: EngineOperation) => void) {
    this.#all = published;
    this.#write = write;
  }

  /** As of the commands so far. The same object as long as none changes a feed. */
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

  #change(name: string, after: Feed | undefined): void {
    const before = this.#all.get(name);
    if (before === after) return;
    for (const row of changedRows(before, after)) this.#write(row);
    const all = new Map(this.#all);
    if (after === undefined) all.delete(name);
    else all.set(name, after);
    this.#all = all;
  }
}
