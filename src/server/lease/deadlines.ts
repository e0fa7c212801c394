import { assert, defined } from '../../util/assert.js';

/** An item with a deadline. */
export interface Ending {
  /** The deadline in ms, on the owner's clock. Only `Deadlines` changes it while it holds the item. */
  endsMs: number;
  /** Position in the heap; −1 outside of it. */
  place: number;
}

/**
 * Items by deadline: a binary heap whose items know their positions, so that one can be moved or removed without a
 * search.
 */
export class Deadlines<T extends Ending> {
  readonly #heap: T[] = [];

  get size(): number {
    return this.#heap.length;
  }

  get first(): T | undefined {
    return this.#heap[0];
  }

  add(item: T): void {
    assert(item.place === -1, 'an item is added once');
    this.#put(item, this.#heap.length);
    this.#rise(item);
  }

  /** Changes the deadline of an item. */
  move(item: T, endsMs: number): void {
    assert(this.#heap[item.place] === item, 'an item to move is in the heap');
    item.endsMs = endsMs;
    this.#rise(item);
    this.#sink(item);
  }

  /** Removes an item, if it is in the heap. */
  remove(item: T): void {
    const { place } = item;
    if (place === -1) return;
    assert(this.#heap[place] === item, 'an item to remove is in this heap');
    const last = defined(this.#heap.pop(), 'the last of the heap');
    item.place = -1;
    if (last === item) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(item: T): void {
    for (let place = item.place; place > 0;) {
      const above = (place - 1) >> 1;
      const parent = defined(this.#heap[above], 'a parent in the heap');
      if (parent.endsMs <= item.endsMs) return;
      this.#put(parent, place);
      this.#put(item, above);
      place = above;
    }
  }

  #sink(item: T): void {
    for (;;) {
      const { place } = item;
      const left = this.#heap[2 * place + 1];
      const right = this.#heap[2 * place + 2];
      const smaller = right !== undefined && left !== undefined && right.endsMs < left.endsMs ? right : left;
      if (smaller === undefined || smaller.endsMs >= item.endsMs) return;
      const below = smaller.place;
      this.#put(smaller, place);
      this.#put(item, below);
    }
  }

  #put(item: T, place: number): void {
    this.#heap[place] = item;
    item.place = place;
  }
}
