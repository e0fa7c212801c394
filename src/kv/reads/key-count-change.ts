import type { PackedBytes } from '../../util/packed-bytes.js';

/** The engine key of a live key's row, or a position among them, as latin1 text. */
export type RowKey = string;

/** Rows from one key on, below another. */
export interface RowKeyRange {
  readonly from: RowKey;
  readonly to: RowKey;
}

/** Keys in ascending order, without an object or a text for each. */
export class KeyRun {
  readonly #keys: PackedBytes;
  readonly #from: number;
  readonly #to: number;
  readonly first: RowKey;
  readonly last: RowKey;

  /** @param keys engine keys; those from one position on, below another, which must not be the same */
  constructor(keys: PackedBytes, from = 0, to = keys.length) {
    this.#keys = keys;
    this.#from = from;
    this.#to = to;
    this.first = keys.textAt(from);
    this.last = keys.textAt(to - 1);
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** A key by its position, as a view. */
  at(position: number): Uint8Array {
    return this.#keys.at(this.#from + position);
  }

  /** Number of keys below a key. */
  countBelow(key: RowKey): number {
    if (this.first >= key) return 0;
    if (this.last < key) return this.length;
    let low = this.#from;
    let high = this.#to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys.textAt(middle) < key) low = middle + 1;
      else high = middle;
    }
    return low - this.#from;
  }

  /** The keys from one position on, below another; undefined if there are none. */
  part(from: number, to: number): KeyRun | undefined {
    if (from >= to) return undefined;
    if (from === 0 && to === this.length) return this;
    return new KeyRun(this.#keys, this.#from + from, this.#from + to);
  }
}

/** A key that was created (+1) or deleted (−1), or several that were. */
export interface KeyCountChange {
  readonly id: RowKey;
  readonly delta: 1 | -1;
  /** That of the user key, if it is known. */
  readonly hash?: number;
  /** If set, all keys that changed. The first is `id`. */
  readonly keys?: KeyRun;
}

/** Deletions of a run. */
export function deletionsOf(keys: KeyRun): KeyCountChange {
  return { id: keys.first, delta: -1, keys };
}

/** Number of keys that a change concerns. */
export function keysIn({ keys }: KeyCountChange): number {
  return keys?.length ?? 1;
}

/** The part of a change inside a range; undefined if there is none. */
export function changeWithin(change: KeyCountChange, { from, to }: RowKeyRange): KeyCountChange | undefined {
  const { id, delta, keys } = change;
  if (keys === undefined) return id >= from && id < to ? change : undefined;
  const part = keys.part(keys.countBelow(from), keys.countBelow(to));
  return part === keys ? change : part && { id: part.first, delta, keys: part };
}

/** The effect of a change on the number of keys in a range. */
export function effectWithin(change: KeyCountChange, { from, to }: RowKeyRange): number {
  const { id, delta, keys } = change;
  if (keys === undefined) return id >= from && id < to ? delta : 0;
  return delta * Math.max(0, keys.countBelow(to) - keys.countBelow(from));
}

/** The change that undoes a change. */
export function inverse(change: KeyCountChange): KeyCountChange {
  return { ...change, delta: change.delta === 1 ? -1 : 1 };
}

/** The last key of a change. */
export function lastOf({ id, keys }: KeyCountChange): RowKey {
  return keys?.last ?? id;
}
