/** An item of a list, and of one at a time. */
export interface Linked<T> {
  /** Set by the list. */
  before: T | undefined;
  after: T | undefined;
}

/** Items in the order in which they were added. Any of them is removed in the same time, without memory of its own. */
export class LinkedList<T extends Linked<T>> {
  #first: T | undefined;
  #last: T | undefined;

  get first(): T | undefined {
    return this.#first;
  }

  add(item: T): void {
    item.before = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.after = item;
    this.#last = item;
  }

  /** Does nothing if the item is not in the list. */
  remove(item: T): void {
    const { before, after } = item;
    if (before === undefined && item !== this.#first) return;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    item.before = undefined;
    item.after = undefined;
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let item = this.#first; item !== undefined; item = item.after) yield item;
  }
}
