import { assert } from '../../util/assert.js';
import { bytesToLatin1, EMPTY, latin1ToBytes } from '../../util/bytes.js';
import { visitHolding, withInterval, withoutInterval, type IntervalMap } from './interval-map.js';
import type { Span } from '../format/key-range.js';
import type { WatcherGroup } from './watcher.js';

/** Greater than every latin1 text: the end of a range without an upper bound. */
const NO_END = '\u0100';
const OPEN_END = Buffer.of(0);

/** Finds the watchers of a key: a map look-up for single keys, an interval tree for ranges. */
export class WatcherIndex {
  readonly #byKey = new Map<string, WatcherGroup>();
  readonly #byRange = new Map<string, WatcherGroup>();
  #ranges: IntervalMap<WatcherGroup>;

  /** The group that watches these keys; created on first use. */
  group(keys: Span): WatcherGroup {
    const { start, end } = textOf(keys);
    const known = this.#find(start, end);
    if (known !== undefined) return known;
    const group: WatcherGroup = { start, end, watchers: new Set(), live: 0, prevKv: 0 };
    this.add(group);
    return group;
  }

  /** Adds a group; the same one again changes nothing. */
  add(group: WatcherGroup): void {
    const { start, end } = group;
    if (end === undefined) {
      this.#byKey.set(start, group);
    } else if (!this.#byRange.has(rangeId(start, end))) {
      this.#byRange.set(rangeId(start, end), group);
      this.#ranges = withInterval(this.#ranges, { start, end, value: group });
    }
  }

  /** Removes an empty group. */
  remove(group: WatcherGroup): void {
    assert(group.watchers.size === 0, 'a group of watchers is removed with watchers in it');
    this.leaveOut(group);
  }

  /** Removes a group whose watchers are no longer to be found here, but elsewhere. */
  leaveOut({ start, end }: WatcherGroup): void {
    const known = end === undefined ? this.#byKey.delete(start) : this.#byRange.delete(rangeId(start, end));
    assert(known, 'a group of watchers is removed twice');
    if (end !== undefined) this.#ranges = withoutInterval(this.#ranges, { start, end });
  }

  visit(key: Uint8Array, visitor: (group: WatcherGroup) => void): void {
    const text = bytesToLatin1(key);
    const exact = this.#byKey.get(text);
    if (exact !== undefined) visitor(exact);
    visitHolding(this.#ranges, text, visitor);
  }

  #find(start: string, end: string | undefined): WatcherGroup | undefined {
    return end === undefined ? this.#byKey.get(start) : this.#byRange.get(rangeId(start, end));
  }
}

/** The bounds as latin1 text. */
function textOf(keys: Span): { readonly start: string; readonly end: string | undefined } {
  if (keys.kind === 'key') return { start: bytesToLatin1(keys.key), end: undefined };
  const { start, end } = keys.range;
  return { start: bytesToLatin1(start), end: end === undefined ? NO_END : bytesToLatin1(end) };
}

/** The keys of a group, in etcd's form of a range. */
export function keysOf({ start, end }: Pick<WatcherGroup, 'start' | 'end'>): {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
} {
  const rangeEnd = end === undefined ? EMPTY : end === NO_END ? OPEN_END : latin1ToBytes(end);
  return { key: latin1ToBytes(start), rangeEnd };
}

function rangeId(start: string, end: string): string {
  return `${start.length} ${start}${end}`;
}
