import type { Span } from '../format/key-range.js';
import type { EventBatch } from './event-batch.js';

/** The keys and events of a watch. */
export interface WatchSpec {
  /** One key, or a non-empty range. */
  readonly keys: Span;
  /** The first revision to watch; 0 for the next one. Not negative. */
  readonly startRevision: number;
  /** Whether events carry the previous version. */
  readonly prevKv: boolean;
  readonly puts: boolean;
  readonly deletes: boolean;
}

/** Receives the events of a watcher. The hub calls the methods, which must not throw. */
export interface WatchListener {
  /** Takes a whole batch, or returns false if there is no room until `WatchHub.resume` is called. */
  deliver(batch: EventBatch): boolean;
  /** The watcher has all events up to the newest revision and is live. */
  caughtUp(): void;
  /** The watcher misses events that it will get later. */
  fellBehind(): void;
  /** The watcher misses compacted events and has ended. */
  compacted(compactedRevision: number): void;
}

/** Watchers of the same keys. */
export interface WatcherGroup {
  /** The first key as latin1 text: bytes would keep a whole request in memory. */
  readonly start: string;
  readonly end: string | undefined;
  readonly watchers: Set<Watcher>;
  /** Number of live watchers. */
  live: number;
  /** Number of watchers that want the previous version. */
  prevKv: number;
}

/**
 * The state of a watcher.
 * - `live`: gets events as they happen
 * - `behind`: is brought up to date from the change log
 * - `blocked`: behind, and without room for more
 */
export type WatcherPhase = 'live' | 'behind' | 'blocked' | 'ended';

/** The hub's record of one watch. Only the hub changes it. */
export class Watcher {
  readonly group: WatcherGroup;
  readonly listener: WatchListener;
  readonly prevKv: boolean;
  readonly puts: boolean;
  readonly deletes: boolean;
  phase: WatcherPhase;
  /**
   * The first revision whose events the watcher has not received. While it is live, this matters only if it is above
   * the newest revision: the watch begins there.
   */
  next: number;
  /** The last catch-up step that served it. */
  served = 0;
  /** While it is live: the set of live watchers that holds it. Those of an older set get no more events there. */
  among: Set<Watcher> | undefined;

  constructor(options: {
    readonly spec: WatchSpec;
    readonly group: WatcherGroup;
    readonly listener: WatchListener;
    readonly phase: WatcherPhase;
    readonly next: number;
  }) {
    const { spec } = options;
    this.group = options.group;
    this.listener = options.listener;
    this.prevKv = spec.prevKv;
    this.puts = spec.puts;
    this.deletes = spec.deletes;
    this.phase = options.phase;
    this.next = options.next;
  }

  get isLive(): boolean {
    return this.phase === 'live';
  }
}
