import { EventBatch } from './event-batch.js';
import type { WatchEvent } from './watch-event.js';
import type { Watcher, WatcherGroup } from './watcher.js';
import type { WatcherIndex } from './watcher-index.js';

/** The events that each group watches, in order. */
export type Matched = ReadonlyMap<WatcherGroup, readonly WatchEvent[]>;

export interface MatchOptions {
  readonly index: WatcherIndex;
  readonly events: readonly WatchEvent[];
  /** Events, counted for each group with live watchers, and live watchers: the most that are matched. */
  readonly most: number;
}

/** Finds the groups with live watchers that watch each event. @returns undefined if that is more than the most */
export function matchLive({ index, events, most }: MatchOptions): Matched | undefined {
  const matched = new Map<WatcherGroup, WatchEvent[]>();
  let matches = 0;
  let watchers = 0;
  for (const event of events) {
    index.visit(event.key, (group) => {
      if (group.live === 0 || (matches += 1) > most) return;
      const before = matched.get(group);
      if (before === undefined) {
        matched.set(group, [event]);
        watchers += group.live;
      } else {
        before.push(event);
      }
    });
    if (matches > most || watchers > most) return undefined;
  }
  return matched;
}

/** The events of one group in the batches that its watchers want. Watchers that want the same share a batch. */
export class Deliveries {
  readonly #events: readonly WatchEvent[];
  readonly #revision: number;
  readonly #batches = new Map<string, EventBatch | undefined>();

  /** @param options.revision the newest revision of the store */
  constructor(options: { readonly events: readonly WatchEvent[]; readonly revision: number }) {
    this.#events = options.events;
    this.#revision = options.revision;
  }

  /** The batch of a watcher, the same at each call; undefined if it wants none of the events. */
  batchFor(watcher: Watcher): EventBatch | undefined {
    if (this.#events.length === 0) return undefined;
    const what = this.#wantedBy(watcher);
    if (!this.#batches.has(what)) this.#batches.set(what, this.#make(watcher));
    return this.#batches.get(what);
  }

  /** Number of events that are visited to make the batch of a watcher; 0 if it is made. */
  costOf(watcher: Watcher): number {
    return this.#batches.has(this.#wantedBy(watcher)) ? 0 : this.#events.length;
  }

  /** Watchers of which this is the same want the same events. */
  #wantedBy({ next, prevKv, puts, deletes }: Watcher): string {
    const from = next > (this.#events[0]?.revision ?? 0) ? next : 0;
    return `${from} ${Number(prevKv)}${Number(puts)}${Number(deletes)}`;
  }

  #make({ next, prevKv, puts, deletes }: Watcher): EventBatch | undefined {
    const all = puts && deletes && next <= (this.#events[0]?.revision ?? 0);
    const wanted = ({ revision, kind }: WatchEvent): boolean => revision >= next && (kind === 'put' ? puts : deletes);
    const events = all ? this.#events : this.#events.filter(wanted);
    if (events.length === 0) return undefined;
    return new EventBatch(events, { withPrevious: prevKv, revision: this.#revision });
  }
}
