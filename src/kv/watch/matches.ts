import type { WatchEvent } from './watch-event.js';

/** Bounds on what is matched before groups are dropped. */
export interface MatchBounds {
  /** Events, counted for each group that wants them. */
  readonly events: number;
  /** Their bytes, counted in the same way. */
  readonly bytes: number;
}

interface Matched {
  readonly events: WatchEvent[];
  bytes: number;
}

/**
 * The events that each group wants, in order. Ranges of watches may overlap without bound: thousands of groups may want the same
 * thousands of events. Beyond its bounds the groups with the most events are dropped, and wait for another step.
 */
export class Matches<Group> {
  readonly bounds: MatchBounds;
  readonly #kept: Group;
  readonly #onDropped: (group: Group) => void;
  readonly #matched = new Map<Group, Matched>();
  readonly #dropped = new Set<Group>();
  #events = 0;
  #bytes = 0;

  /** @param options.kept never dropped, so that each step gets on */
  constructor(options: {
    readonly bounds: MatchBounds;
    readonly kept: Group;
    readonly onDropped: (group: Group) => void;
  }) {
    this.bounds = options.bounds;
    this.#kept = options.kept;
    this.#onDropped = options.onDropped;
  }

  add(event: WatchEvent, groups: readonly Group[]): void {
    for (const group of groups) {
      if (this.#dropped.has(group)) continue;
      let matched = this.#matched.get(group);
      if (matched === undefined) this.#matched.set(group, (matched = { events: [], bytes: 0 }));
      matched.events.push(event);
      matched.bytes += event.bytes;
      this.#bytes += event.bytes;
      this.#events += 1;
    }
    if (this.#isFull(this.bounds)) this.#dropSome();
  }

  eventsOf(group: Group): readonly WatchEvent[] {
    return this.#matched.get(group)?.events ?? [];
  }

  isDropped(group: Group): boolean {
    return this.#dropped.has(group);
  }

  #isFull({ events, bytes }: MatchBounds): boolean {
    return this.#events > events || this.#bytes > bytes;
  }

  /** Down to half of the bounds, so that it is seldom necessary. */
  #dropSome(): void {
    const { events, bytes } = this.bounds;
    const half = { events: events / 2, bytes: bytes / 2 };
    const others = [...this.#matched].filter(([group]) => group !== this.#kept);
    others.sort(([, left], [, right]) => right.events.length - left.events.length || right.bytes - left.bytes);
    for (const [group, matched] of others) {
      if (!this.#isFull(half)) return;
      this.#events -= matched.events.length;
      this.#bytes -= matched.bytes;
      this.#matched.delete(group);
      this.#dropped.add(group);
      this.#onDropped(group);
    }
  }
}
