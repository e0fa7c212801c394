import { assert, defined } from '../../util/assert.js';

/** Something that ends at a time. */
export interface Ending {
  /** On the clock of whoever keeps it, in ms. Changed through `Deadlines` alone while it is in there. */
  endsMs: number;
  /** Its place in the heap; −1 while it is in none. */
  place: number;
}

/**
 * What ends first: a binary heap whose items know their places, so that one which is put off or taken out leaves nothing
 * behind.
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
    assert(item.place === -1, 'an item is added twice');
    this.#put(item, this.#heap.length);
    this.#rise(item);
  }

  /** Gives an item another end. */
  move(item: T, endsMs: number): void {
    assert(this.#heap[item.place] === item, 'an item that is not there is moved');
    item.endsMs = endsMs;
    this.#rise(item);
    this.#sink(item);
  }

  /** Takes an item out, if it is there. */
  remove(item: T): void {
    const { place } = item;
    if (place === -1) return;
    assert(this.#heap[place] === item, 'an item of another heap is removed');
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
