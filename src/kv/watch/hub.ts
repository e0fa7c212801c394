import { assert } from '../../util/assert.js';
import type { Change } from '../commands/draft.js';
import type { View } from '../state/view.js';
import { CatchUp } from './catch-up.js';
import { Deliveries, matchLive, type Matched } from './deliveries.js';
import { FallingWatchers } from './falling-watchers.js';
import type { WatchLimits } from './limits.js';
import { RecentEvents } from './recent-events.js';
import { eventsOf } from './watch-event.js';
import { Watcher, type WatchListener, type WatchSpec } from './watcher.js';
import { WatcherIndex } from './watcher-index.js';

/** A batch that compacts its own changes is delivered in one turn even if it has so many times the matches. */
const COMPACTED_MATCHES = 4;

export interface WatchHubOptions {
  /** The newest published revision. */
  readonly revision: number;
  /** History below it is discarded; −1 before the first compaction. */
  readonly compactedRevision: () => number;
  /** The newest published state, retained until `release`. */
  readonly acquire: () => View;
  readonly onFatal: (error: unknown) => void;
  /** Awaited between slices of work. */
  readonly pause: () => Promise<void>;
  readonly limits: WatchLimits;
}

/**
 * Delivers changes to watchers: every event that they watch, in order, once, in whole revisions.
 *
 * A live watcher gets events from memory, in the turn in which readers see the batch. A watcher that begins in the past
 * or has no room is brought up to date from the change log and takes no memory for events meanwhile. So are all watchers if
 * a batch has more events for them than can be delivered in one turn.
 */
export class WatchHub {
  readonly #index = new WatcherIndex();
  readonly #recent: RecentEvents;
  readonly #catchUp: CatchUp;
  readonly #limits: WatchLimits;
  readonly #compactedRevision: () => number;
  readonly #falling: FallingWatchers;
  /** Live watchers, but those that are falling behind. */
  #live = new Set<Watcher>();
  #watchers = 0;
  #revision: number;

  constructor(options: WatchHubOptions) {
    const { limits, revision } = options;
    this.#limits = limits;
    this.#compactedRevision = options.compactedRevision;
    this.#revision = revision;
    this.#recent = new RecentEvents({ from: revision + 1, limits });
    this.#falling = new FallingWatchers({
      limits,
      onFatal: options.onFatal,
      pause: options.pause,
      fall: (watcher, from) => this.#fall(watcher, from),
    });
    this.#catchUp = new CatchUp({
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

  /** Live watchers have all events up to this revision, unless some are falling behind. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether there are watchers. Otherwise changes need not be collected. */
  get active(): boolean {
    return this.#watchers > 0;
  }

  /** Number of watchers, and of the live ones among them. */
  get counts(): { readonly watchers: number; readonly live: number } {
    return { watchers: this.#watchers, live: this.#live.size };
  }

  /** Whether a watcher has all events up to the newest revision. */
  hasAll({ phase, among }: Watcher): boolean {
    return phase === 'live' && among === this.#live;
  }

  /** Calls back once no watcher is falling behind. @returns false if that is so now, without calling back */
  whenNoneFalls(callback: () => void): boolean {
    return this.#falling.whenDone(callback);
  }

  /**
   * Begins a watch, which is live at once unless it begins in the past.
   * @throws AssertionError on a negative revision
   */
  watch(spec: WatchSpec, listener: WatchListener): Watcher {
    const { startRevision } = spec;
    assert(startRevision >= 0, 'a watch begins at a negative revision');
    const next = startRevision === 0 ? this.#revision + 1 : startRevision;
    const group = this.#index.group(spec.keys);
    const watcher = new Watcher({ spec, group, listener, phase: 'behind', next });
    group.watchers.add(watcher);
    if (spec.prevKv) group.prevKv++;
    // Changes were not collected while there was no watcher.
    if (this.#watchers++ === 0) this.#recent.restart(this.#revision + 1);
    if (next > this.#revision) this.#enterLive(watcher);
    else this.#catchUp.add(watcher);
    return watcher;
  }

  /** Ends a watch. Idempotent. */
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

  /** Called when a watcher has room again. */
  resume(watcher: Watcher): void {
    if (watcher.phase === 'blocked') this.#catchUp.add(watcher);
  }

  /**
   * Called in the turn in which readers see a batch.
   * @param batch.changes undefined if they were not collected: without watchers, and in large batches
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
    // Watchers that fall behind may miss events that are compacted, and end.
    const most = this.#limits.liveMatches * (this.#isCompacted(from) ? COMPACTED_MATCHES : 1);
    const matched = matchLive({ index: this.#index, events, most });
    if (matched === undefined) this.#fallBehind(from);
    else this.#deliver(matched, revision);
  }

  #deliver(matched: Matched, revision: number): void {
    for (const [group, watched] of matched) {
      const deliveries = new Deliveries({ events: watched, revision });
      for (const watcher of group.watchers) {
        const batchOf = this.hasAll(watcher) ? deliveries.batchFor(watcher) : undefined;
        if (batchOf === undefined || watcher.listener.deliver(batchOf)) continue;
        this.#leaveLive(watcher);
        watcher.phase = 'blocked';
        watcher.next = batchOf.events[0]?.revision ?? revision;
        watcher.listener.fellBehind();
      }
    }
  }

  /** Called when a snapshot has replaced the state. Watchers read the changes in between from its change log. */
  restored(revision: number): void {
    const from = this.#revision + 1;
    assert(revision >= this.#revision, `a restored state at ${revision} is older than ${this.#revision}`);
    this.#revision = revision;
    this.#recent.restart(revision + 1);
    if (revision >= from) this.#fallBehind(from);
  }

  /** Ends background work. No further events are delivered. */
  async close(): Promise<void> {
    await this.#falling.close();
    await this.#catchUp.close();
  }

  /** Whether the change log no longer holds a revision, for example because its own batch compacts it. */
  #isCompacted(revision: number): boolean {
    return revision < this.#compactedRevision();
  }

  /** Sends live watchers, which have all events before `from`, to the change log. */
  #fallBehind(from: number): void {
    const watchers = this.#live;
    this.#live = new Set();
    this.#falling.add({ watchers, from });
  }

  #fall(watcher: Watcher, from: number): void {
    this.#leaveLive(watcher);
    if (watcher.next > this.#revision) return this.#enterLive(watcher); // it begins later
    watcher.next = Math.max(watcher.next, from);
    this.#catchUp.add(watcher);
    watcher.listener.fellBehind();
  }

  #goLive(watcher: Watcher): void {
    this.#enterLive(watcher);
    watcher.listener.caughtUp();
  }

  #enterLive(watcher: Watcher): void {
    watcher.phase = 'live';
    watcher.group.live++;
    watcher.among = this.#live;
    this.#live.add(watcher);
  }

  #leaveLive(watcher: Watcher): void {
    watcher.group.live--;
    watcher.among?.delete(watcher);
    watcher.among = undefined;
  }
}
