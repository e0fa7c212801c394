import type { View } from '../state/view.js';
import type { LoggedChange } from '../format/change-row.js';
import type { EventBatch } from './event-batch.js';
import type { WatchLimits } from './limits.js';
import { readLogPage } from './log-page.js';
import type { RecentEvents } from './recent-events.js';
import type { Watcher, WatcherGroup } from './watcher.js';
import { ServedWatchers } from './served-watchers.js';

export interface CatchUpOptions {
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

/** Pages of events, counted for each group of watchers, that are in memory for watchers. */
const PAGES_IN_MEMORY = 16;

/**
 * Brings watchers that are behind up to date from the change log, one page at a time. A page serves all watchers that
 * need it. The next page is for the watcher that has waited longest, so none waits for the whole backlog of another.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  /** Watchers that are behind and have room, those that have waited longest first. */
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
    const { acquire, recent, revision, limits, pause } = this.#options;
    const view = acquire();
    try {
      const served = this.#nextServed(view.compactedRevision);
      if (served === undefined) return;
      const { watchers, from } = served;
      this.#steps += 1;
      let to = from - 1;
      if (!recent.covers(from)) {
        const groupsOf = ({ key }: LoggedChange): readonly WatcherGroup[] => watchers.groupsAt(key);
        const matches = watchers.matches({ events: limits.pageMatches, bytes: PAGES_IN_MEMORY * limits.pageBytes });
        const page = await readLogPage({
          view,
          from,
          limits,
          groupsOf,
          matches,
          previousAfter: view.compactedRevision,
          pause,
        });
        const batches = await this.#prepare(watchers.batches(matches, revision()));
        if (this.#closed) return;
        this.#deliver(watchers, batches);
        to = page.to;
        for (const watcher of watchers) this.#served(watcher, to);
      }
      // In one turn from here on: nothing is written between the last delivery and the watchers going live.
      if (!recent.covers(to + 1)) return;
      const ofTurn = { events: limits.liveMatches, bytes: Number.POSITIVE_INFINITY };
      const making = watchers.batches(watchers.matchesOf(recent.since(to + 1), ofTurn), revision());
      let made = making.next();
      while (made.done !== true) made = making.next();
      this.#deliver(watchers, made.value);
      for (const watcher of watchers) this.#goLive(watcher);
    } finally {
      view.release();
    }
  }

  /** The watcher that was not served for longest, and others that its page serves. */
  #nextServed(compactedRevision: number): { readonly watchers: ServedWatchers; readonly from: number } | undefined {
    const { limits, recent, onCompacted } = this.#options;
    const next: Watcher[] = [];
    for (const watcher of this.#ready) {
      if (next.length >= limits.pageWatchers) break;
      next.push(watcher);
    }
    for (const watcher of next) {
      if (watcher.next < compactedRevision && !recent.covers(watcher.next)) onCompacted(watcher, compactedRevision);
    }
    let first: Watcher | undefined;
    for (const watcher of next) {
      if (watcher.phase === 'behind' && (first === undefined || watcher.served < first.served)) first = watcher;
    }
    if (first === undefined) return undefined;
    const from = first.next;
    const all = next.filter((watcher) => watcher.phase === 'behind' && watcher.next >= from);
    all.sort((left, right) => left.next - right.next || left.served - right.served);
    return { watchers: new ServedWatchers(first, all), from };
  }

  /** Makes and encodes batches in slices, before the turn that delivers them. */
  async #prepare(
    making: Generator<undefined, ReadonlyMap<Watcher, EventBatch>, undefined>,
  ): Promise<ReadonlyMap<Watcher, EventBatch>> {
    const { pause } = this.#options;
    for (;;) {
      const { done, value } = making.next();
      if (done !== true) {
        await pause();
        continue;
      }
      for (const batch of new Set(value.values())) await batch.prepare(pause);
      return value;
    }
  }

  #deliver(served: ServedWatchers, batches: ReadonlyMap<Watcher, EventBatch>): void {
    for (const watcher of served) {
      const batch = batches.get(watcher);
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

  /** A watcher has all events up to a revision. It waits behind the others for the next ones. */
  #served(watcher: Watcher, to: number): void {
    if (watcher.next > to) return;
    watcher.served = this.#steps;
    watcher.next = to + 1;
    this.#ready.delete(watcher);
    this.#ready.add(watcher);
  }

  /** A watcher has all events. */
  #goLive(watcher: Watcher): void {
    watcher.next = Math.max(watcher.next, this.#options.revision() + 1);
    this.#ready.delete(watcher);
    this.#options.onCaughtUp(watcher);
  }
}
