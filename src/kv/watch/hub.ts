import { assert } from '../../util/assert.js';
import type { Change } from '../commands/draft.js';
import type { View } from '../state/view.js';
import { CatchUp } from './catch-up.js';
import { Deliveries, match } from './deliveries.js';
import type { WatchLimits } from './limits.js';
import { RecentEvents } from './recent-events.js';
import { eventsOf } from './watch-event.js';
import { Watcher, type WatcherGroup, type WatchListener, type WatchSpec } from './watcher.js';
import { WatcherIndex } from './watcher-index.js';

export interface WatchHubOptions {
  /** The newest published revision. */
  readonly revision: number;
  /** History below it is gone; −1 while it never was compacted. */
  readonly compactedRevision: () => number;
  /** The newest published state, to be released. */
  readonly acquire: () => View;
  readonly onFatal: (error: unknown) => void;
  /** Awaited between slices of the work that brings watchers up to date. */
  readonly pause: () => Promise<void>;
  readonly limits: WatchLimits;
}

/**
 * Tells watchers what is written: every event that they want, in order, each once, whole revisions at a time.
 *
 * A watcher that is up to date gets the events from memory, in the turn in which readers see the batch. One that begins
 * in the past, or has no room, is brought up to date from the change log, and holds nothing in memory meanwhile.
 */
export class WatchHub {
  readonly #index = new WatcherIndex();
  readonly #recent: RecentEvents;
  readonly #catchUp: CatchUp;
  readonly #limits: WatchLimits;
  readonly #compactedRevision: () => number;
  readonly #live = new Set<Watcher>();
  #watchers = 0;
  #revision: number;

  constructor(options: WatchHubOptions) {
    const { limits, revision } = options;
    this.#limits = limits;
    this.#compactedRevision = options.compactedRevision;
    this.#revision = revision;
    this.#recent = new RecentEvents({ from: revision + 1, limits });
    this.#catchUp = new CatchUp({
      index: this.#index,
      recent: this.#recent,
      limits,
      acquire: options.acquire,
      revision: () => this.#revision,
      onCaughtUp: (watcher) => this.#goLive(watcher),
      onCompacted: (watcher, compactedRevision) => {
        this.cancel(watcher);
        watcher.listener.compacted(compactedRevision);
      },
      onFatal: options.onFatal,
      pause: options.pause,
    });
  }

  /** Up to this revision everything has been handed to those who are live. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether anybody watches: otherwise nobody needs the changes. */
  get active(): boolean {
    return this.#watchers > 0;
  }

  /** How many watch, and how many of them are up to date. */
  get counts(): { readonly watchers: number; readonly live: number } {
    return { watchers: this.#watchers, live: this.#live.size };
  }

  /** Begins a watch. It is live at once, unless it begins in the past. */
  watch(spec: WatchSpec, listener: WatchListener): Watcher {
    const { startRevision } = spec;
    assert(startRevision >= 0, 'a watch begins at a negative revision');
    const next = startRevision === 0 ? this.#revision + 1 : startRevision;
    const group = this.#index.group(spec.keys);
    const watcher = new Watcher({ spec, group, listener, phase: 'behind', next });
    group.watchers.add(watcher);
    if (spec.prevKv) group.prevKv++;
    // What was written while nobody watched is not here.
    if (this.#watchers++ === 0) this.#recent.restart(this.#revision + 1);
    if (next > this.#revision) this.#enterLive(watcher);
    else this.#catchUp.add(watcher);
    return watcher;
  }

  /** Ends a watch. Ending it again changes nothing. */
  cancel(watcher: Watcher): void {
    if (watcher.phase === 'ended') return;
    if (watcher.phase === 'live') this.#leaveLive(watcher);
    this.#catchUp.remove(watcher);
    watcher.phase = 'ended';
    const { group } = watcher;
    group.watchers.delete(watcher);
    if (watcher.prevKv) group.prevKv--;
    if (group.watchers.size === 0) this.#index.remove(group);
    this.#watchers--;
  }

  /** There is room for events again. */
  resume(watcher: Watcher): void {
    if (watcher.phase === 'blocked') this.#catchUp.add(watcher);
  }

  /**
   * Readers see a batch from this turn on.
   * @param batch.changes undefined where they were not collected, because nobody watched when the batch began
   */
  published(batch: { readonly revision: number; readonly changes: readonly Change[] | undefined }): void {
    const { revision, changes } = batch;
    const from = this.#revision + 1;
    assert(revision >= this.#revision, `the store went back from ${this.#revision} to ${revision}`);
    this.#revision = revision;
    if (revision < from || !this.active) return;
    if (changes === undefined || (changes.length > this.#limits.liveChanges && !this.#isCompacted(from))) {
      this.#recent.restart(revision + 1);
      this.#fallBehind(from);
      return;
    }
    const events = eventsOf(changes);
    this.#recent.push(revision, events);
    for (const [group, watched] of match(this.#index, events, hasLive)) {
      const deliveries = new Deliveries({ events: watched, revision });
      for (const watcher of group.watchers) {
        const batchOf = watcher.phase === 'live' ? deliveries.batchFor(watcher) : undefined;
        if (batchOf === undefined || watcher.listener.deliver(batchOf)) continue;
        this.#leaveLive(watcher);
        watcher.phase = 'blocked';
        watcher.next = batchOf.events[0]?.revision ?? revision;
        watcher.listener.fellBehind();
      }
    }
  }

  /** Another state has taken the place of the one in force: what lies between them is read from its change log. */
  restored(revision: number): void {
    const from = this.#revision + 1;
    assert(revision >= this.#revision, `a restored state at ${revision} is older than ${this.#revision}`);
    this.#revision = revision;
    this.#recent.restart(revision + 1);
    if (revision >= from) this.#fallBehind(from);
  }

  /** Ends the work in the background. Nothing is handed out any more. */
  async close(): Promise<void> {
    await this.#catchUp.close();
  }

  /** What a revision did cannot be read from the change log any more, as where a batch compacts what is in it. */
  #isCompacted(revision: number): boolean {
    return revision < this.#compactedRevision();
  }

  /** All who are live have what was before `from`, and nothing since. */
  #fallBehind(from: number): void {
    for (const watcher of this.#live) {
      if (watcher.next > this.#revision) continue; // it begins later
      this.#leaveLive(watcher);
      watcher.next = Math.max(watcher.next, from);
      this.#catchUp.add(watcher);
      watcher.listener.fellBehind();
    }
  }

  #goLive(watcher: Watcher): void {
    this.#enterLive(watcher);
    watcher.listener.caughtUp();
  }

  #enterLive(watcher: Watcher): void {
    watcher.phase = 'live';
    watcher.group.live++;
    this.#live.add(watcher);
  }

  #leaveLive(watcher: Watcher): void {
    watcher.group.live--;
    this.#live.delete(watcher);
  }
}

function hasLive({ live }: WatcherGroup): boolean {
  return live > 0;
}
