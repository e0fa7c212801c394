import { EventBatch } from './event-batch.js';
import type { WatchEvent } from './watch-event.js';
import type { Watcher, WatcherGroup } from './watcher.js';
import type { WatcherIndex } from './watcher-index.js';

/** The events that each group watches, in order. */
export type Matched = Map<WatcherGroup, WatchEvent[]>;

/** Finds the groups that watch each event. @param wanted selects groups */
export function match(
  index: WatcherIndex,
  events: readonly WatchEvent[],
  wanted: (group: WatcherGroup) => boolean,
): Matched {
  const matched: Matched = new Map();
  for (const event of events) {
    index.visit(event.key, (group) => {
      if (wanted(group)) addTo(matched, group, event);
    });
  }
  return matched;
}

export function addTo<Group>(matched: Map<Group, WatchEvent[]>, group: Group, event: WatchEvent): void {
  const events = matched.get(group);
  if (events === undefined) matched.set(group, [event]);
  else events.push(event);
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
    const first = this.#events[0];
    if (first === undefined) return undefined;
    const { next, prevKv, puts, deletes } = watcher;
    const from = next > first.revision ? next : 0;
    const what = `${from} ${Number(prevKv)}${Number(puts)}${Number(deletes)}`;
    if (!this.#batches.has(what)) this.#batches.set(what, this.#make(watcher));
    return this.#batches.get(what);
  }

  #make({ next, prevKv, puts, deletes }: Watcher): EventBatch | undefined {
    const all = puts && deletes && next <= (this.#events[0]?.revision ?? 0);
    const wanted = ({ revision, kind }: WatchEvent): boolean => revision >= next && (kind === 'put' ? puts : deletes);
    const events = all ? this.#events : this.#events.filter(wanted);
    if (events.length === 0) return undefined;
    return new EventBatch(events, { withPrevious: prevKv, revision: this.#revision });
  }
}
