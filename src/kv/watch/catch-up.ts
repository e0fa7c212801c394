import type { View } from '../state/view.js';
import type { LoggedChange } from '../format/change-row.js';
import { Deliveries, match, type Matched } from './deliveries.js';
import type { WatchLimits } from './limits.js';
import { readLogPage } from './log-page.js';
import type { RecentEvents } from './recent-events.js';
import type { Watcher, WatcherGroup } from './watcher.js';
import type { WatcherIndex } from './watcher-index.js';

export interface CatchUpOptions {
  readonly index: WatcherIndex;
  readonly recent: RecentEvents;
  readonly limits: WatchLimits;
  /** The newest published state, retained until `release`. */
  readonly acquire: () => View;
  /** The newest published revision. */
  readonly revision: () => number;
  /** Called when a watcher has all events up to that revision. */
  readonly onCaughtUp: (watcher: Watcher) => void;
  /** Called when events that a watcher misses are compacted. */
  readonly onCompacted: (watcher: Watcher, compactedRevision: number) => void;
  readonly onFatal: (error: unknown) => void;
  /** Awaited between slices of the work. */
  readonly pause: () => Promise<void>;
}

/**
 * Brings watchers that are behind up to date from the change log, one page at a time. A page serves all watchers that
 * need it. The next page is for the watcher that has waited longest, so none waits for the whole backlog of another.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  /** Watchers that are behind and have room. */
  readonly #ready = new Set<Watcher>();
  #steps = 0;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  add(watcher: Watcher): void {
    watcher.phase = 'behind';
    this.#ready.add(watcher);
    if (this.#running !== undefined || this.#closed) return;
    this.#running = this.#run().catch((error: unknown) => this.#options.onFatal(error));
  }

  remove(watcher: Watcher): void {
    this.#ready.delete(watcher);
  }

  /** Waits for the current page and ends. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // After a pause, so that watchers added together are served together.
    while (this.#ready.size > 0 && !this.#closed) {
      await this.#options.pause();
      if (!this.#closed) await this.#step();
    }
    // In the turn of the last check: a watcher added later starts another run.
    this.#running = undefined;
  }

  async #step(): Promise<void> {
    const { acquire, recent, revision, index, limits, pause } = this.#options;
    const view = acquire();
    try {
      this.#endCompacted(view.compactedRevision);
      const longest = this.#longestWaiting();
      if (longest === undefined) return;
      this.#steps += 1;
      const from = longest.next;
      const served = this.#servedFrom(from);
      let to = from - 1;
      if (!recent.covers(from)) {
        const groupsOf = ({ key }: LoggedChange): readonly WatcherGroup[] => this.#behindAt(key);
        const previousAfter = view.compactedRevision;
        const page = await readLogPage({ view, from, limits, groupsOf, previousAfter, pause });
        const deliveries = await this.#prepare(served, page.matched);
        if (this.#closed) return;
        this.#deliver(served, deliveries);
        to = page.to;
      }
      // In one turn from here on: nothing is written between the last delivery and the watchers going live.
      if (recent.covers(to + 1)) {
        for (const watcher of served) advance(watcher, to);
        this.#deliver(served, this.#deliveriesOf(match(index, recent.since(to + 1), hasBehind)));
        to = revision();
      }
      for (const watcher of served) this.#settle(watcher, to);
    } finally {
      view.release();
    }
  }

  #endCompacted(compactedRevision: number): void {
    for (const watcher of this.#ready) {
      if (watcher.next < compactedRevision) this.#options.onCompacted(watcher, compactedRevision);
    }
  }

  #longestWaiting(): Watcher | undefined {
    let longest: Watcher | undefined;
    for (const watcher of this.#ready) {
      if (longest === undefined || watcher.served < longest.served) longest = watcher;
    }
    return longest;
  }

  /** Watchers that a page from a revision on can serve, in the order in which they take shared room. */
  #servedFrom(from: number): readonly Watcher[] {
    const served = [...this.#ready].filter(({ next }) => next >= from);
    return served.sort((left, right) => left.next - right.next || left.served - right.served);
  }

  #behindAt(key: Uint8Array): readonly WatcherGroup[] {
    const groups: WatcherGroup[] = [];
    this.#options.index.visit(key, (group) => {
      if (hasBehind(group)) groups.push(group);
    });
    return groups;
  }

  /** Encodes large batches before the turn that delivers them. */
  async #prepare(served: readonly Watcher[], matched: Matched): Promise<ReadonlyMap<WatcherGroup, Deliveries>> {
    const deliveries = this.#deliveriesOf(matched);
    for (const watcher of served) {
      if (watcher.phase === 'behind') {
        await deliveries.get(watcher.group)?.batchFor(watcher)?.prepare(this.#options.pause);
      }
    }
    return deliveries;
  }

  #deliveriesOf(matched: Matched): ReadonlyMap<WatcherGroup, Deliveries> {
    const revision = this.#options.revision();
    const entries = [...matched].map(([group, events]) => [group, new Deliveries({ events, revision })] as const);
    return new Map(entries);
  }

  #deliver(served: readonly Watcher[], deliveries: ReadonlyMap<WatcherGroup, Deliveries>): void {
    for (const watcher of served) {
      if (watcher.phase !== 'behind') continue;
      const batch = deliveries.get(watcher.group)?.batchFor(watcher);
      if (batch === undefined) continue;
      if (watcher.listener.deliver(batch)) {
        watcher.served = this.#steps;
        continue;
      }
      // There is nothing for it before the first event that it could not take.
      watcher.next = batch.events[0]?.revision ?? watcher.next;
      watcher.phase = 'blocked';
      this.#ready.delete(watcher);
    }
  }

  /** Advances a watcher that has all events up to a revision. */
  #settle(watcher: Watcher, to: number): void {
    if (watcher.phase !== 'behind') return;
    if (watcher.next <= to) watcher.served = this.#steps;
    advance(watcher, to);
    if (to < this.#options.revision()) return;
    this.#ready.delete(watcher);
    this.#options.onCaughtUp(watcher);
  }
}

function advance(watcher: Watcher, to: number): void {
  if (watcher.phase === 'behind') watcher.next = Math.max(watcher.next, to + 1);
}

function hasBehind({ watchers, live }: WatcherGroup): boolean {
  return watchers.size > live;
}
