import { Deliveries } from './deliveries.js';
import { Matches, type MatchBounds } from './matches.js';
import type { EventBatch } from './event-batch.js';
import type { WatchEvent } from './watch-event.js';
import type { Watcher, WatcherGroup } from './watcher.js';
import { WatcherIndex } from './watcher-index.js';

/** Events that are visited in one turn to make batches. */
const SLICE_EVENTS = 8192;

/**
 * The watchers that one step of the catch-up serves. Those for which the step would take too much work or memory are left out,
 * but never the first one, and wait for a later step.
 */
export class ServedWatchers {
  readonly #all: readonly Watcher[];
  readonly #first: Watcher;
  /** The groups of those that are not left out. */
  readonly #index = new WatcherIndex();
  readonly #leftOut = new Set<Watcher>();

  /** @param all not empty, in the order in which they take shared room */
  constructor(first: Watcher, all: readonly Watcher[]) {
    this.#first = first;
    this.#all = all;
    for (const { group } of all) this.#index.add(group);
  }

  *[Symbol.iterator](): Generator<Watcher, void, undefined> {
    for (const watcher of this.#all) {
      if (watcher.phase === 'behind' && !this.#leftOut.has(watcher)) yield watcher;
    }
  }

  /** The groups that watch a key. */
  groupsAt(key: Uint8Array): readonly WatcherGroup[] {
    const groups: WatcherGroup[] = [];
    this.#index.visit(key, (group) => groups.push(group));
    return groups;
  }

  matches(bounds: MatchBounds): Matches<WatcherGroup> {
    const kept = this.#first.group;
    return new Matches({ bounds, kept, onDropped: (group) => this.#index.leaveOut(group) });
  }

  matchesOf(events: readonly WatchEvent[], bounds: MatchBounds): Matches<WatcherGroup> {
    const matches = this.matches(bounds);
    for (const event of events) matches.add(event, this.groupsAt(event.key));
    return matches;
  }

  /** Makes the batches of the watchers, within the bounds of the matches. `undefined` between slices of the work. */
  *batches(
    matches: Matches<WatcherGroup>,
    revision: number,
  ): Generator<undefined, ReadonlyMap<Watcher, EventBatch>, undefined> {
    const deliveries = new Map<WatcherGroup, Deliveries>();
    const batches = new Map<Watcher, EventBatch>();
    let visited = 0;
    let ofSlice = 0;
    for (const watcher of this) {
      const { group } = watcher;
      const ofGroup = deliveries.get(group) ?? new Deliveries({ events: matches.eventsOf(group), revision });
      deliveries.set(group, ofGroup);
      const cost = ofGroup.costOf(watcher);
      const isTooMuch = watcher !== this.#first && visited + cost > matches.bounds.events;
      if (isTooMuch || matches.isDropped(group)) {
        this.#leftOut.add(watcher);
        continue;
      }
      visited += cost;
      ofSlice += cost;
      const batch = ofGroup.batchFor(watcher);
      if (batch !== undefined) batches.set(watcher, batch);
      if (ofSlice < SLICE_EVENTS) continue;
      ofSlice = 0;
      yield undefined;
    }
    return batches;
  }
}
