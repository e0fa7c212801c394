import type { Span } from '../format/key-range.js';
import type { EventBatch } from './event-batch.js';

/** What a watch is about. */
export interface WatchSpec {
  /** One key, or a range that is not empty. */
  readonly keys: Span;
  /** The first revision whose events are wanted; 0 for the next one. */
  readonly startRevision: number;
  /** Events carry the version before. */
  readonly prevKv: boolean;
  readonly puts: boolean;
  readonly deletes: boolean;
}

/** Whoever is told of the events. Each method is called in a turn of the hub's, and must not throw. */
export interface WatchListener {
  /** Takes all of the batch, or nothing: false means that there is no room, until `WatchHub.resume` is called. */
  deliver(batch: EventBatch): boolean;
  /** Has all events up to the newest revision, and gets the next ones as they happen. */
  caughtUp(): void;
  /** Events are missing that it will get later. */
  fellBehind(): void;
  /** Events that it misses are gone. It has ended. */
  compacted(compactedRevision: number): void;
}

/** Those who watch the same keys. */
export interface WatcherGroup {
  /** The first key, and the end of the range; undefined for one key. As text: bytes would hold on to a whole request. */
  readonly start: string;
  readonly end: string | undefined;
  readonly watchers: Set<Watcher>;
  /** How many of them are live. */
  live: number;
  /** How many of them want the version before. */
  prevKv: number;
}

/**
 * Where a watcher stands.
 * - `live`: gets events as they happen
 * - `behind`: is brought up to date from the change log
 * - `blocked`: behind, and there is no room for more
 */
export type WatcherPhase = 'live' | 'behind' | 'blocked' | 'ended';

/** One watch, as the hub keeps it. Only the hub changes it. */
export class Watcher {
  readonly group: WatcherGroup;
  readonly listener: WatchListener;
  readonly prevKv: boolean;
  readonly puts: boolean;
  readonly deletes: boolean;
  phase: WatcherPhase;
  /**
   * The first revision whose events it has not been given, or does not want to miss. While live it counts only where it
   * is above the newest revision: there the watch begins.
   */
  next: number;
  /** The step of the catching up that last brought it further. */
  served = 0;

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
