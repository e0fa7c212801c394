import type { View } from '../state/view.js';
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
  /** The newest published state, to be released. */
  readonly acquire: () => View;
  /** The newest published revision. */
  readonly revision: () => number;
  /** It has everything up to that revision. */
  readonly onCaughtUp: (watcher: Watcher) => void;
  /** What it misses is compacted. */
  readonly onCompacted: (watcher: Watcher, compactedRevision: number) => void;
  readonly onFatal: (error: unknown) => void;
  /** Awaited between slices of the work. */
  readonly pause: () => Promise<void>;
}

/**
 * Brings those who are behind up to date from the change log, a page at a time. A page serves all who need it. Then it is
 * the turn of the one that has waited longest, so that nobody waits for another's long way.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  /** Behind, with room. */
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

  /** Waits for the page under way; there is no other. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // Later in the turn: who comes together is served together.
    while (this.#ready.size > 0 && !this.#closed) {
      await this.#options.pause();
      if (!this.#closed) await this.#step();
    }
    // In this turn: who is added from now on needs another run.
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
        const groupsOf = (key: Uint8Array): readonly WatcherGroup[] => this.#behindAt(key);
        const page = await readLogPage({ view, from, limits, groupsOf, pause });
        const deliveries = await this.#prepare(served, page.matched);
        if (this.#closed) return;
        this.#deliver(served, deliveries);
        to = page.to;
      }
      // In one turn to the end: nothing can be written between the last that they are given and their going live.
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

  /** Those who can be served by what begins at a revision, in the order in which they may take the room that they share. */
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

  /** A revision of any size is delivered in one turn: what is large is encoded before. */
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
      // Before the first event that it could not take, there is nothing for it.
      watcher.next = batch.events[0]?.revision ?? watcher.next;
      watcher.phase = 'blocked';
      this.#ready.delete(watcher);
    }
  }

  /** They have been given all that there is up to a revision. */
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
