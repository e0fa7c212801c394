/**
 * A bounded queue between two loops, like Go's buffered channel. The sender learns at once whether there was room, and
 * the receiver takes all waiting items at once: this is how batches form.
 */
export class Channel<T> {
  readonly capacity: number;
  #items: T[] = [];
  #closed = false;
  #arrival: (() => void) | undefined;
  #room: (() => void) | undefined;

  /** @param capacity in items, at least 1 */
  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) throw new RangeError(`channel capacity ${capacity}`);
    this.capacity = capacity;
  }

  get length(): number {
    return this.#items.length;
  }

  get full(): boolean {
    return this.#items.length >= this.capacity;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** False if the channel is full or closed: the item was not taken, and the sender must report that. */
  trySend(item: T): boolean {
    if (this.#closed || this.full) return false;
    this.#items.push(item);
    this.#signalArrival();
    return true;
  }

  /** All waiting items, oldest first. */
  drain(): T[] {
    const taken = this.#items;
    if (taken.length === 0) return taken;
    this.#items = [];
    const room = this.#room;
    this.#room = undefined;
    room?.();
    return taken;
  }

  /** Removes items that are no longer wanted; the others keep their order. */
  discard(unwanted: (item: T) => boolean): void {
    const kept = this.#items.filter((item) => !unwanted(item));
    if (kept.length < this.#items.length) this.#items = kept;
  }

  /** Resolves when an item may wait, or the channel is closed; undefined if that is so now. One receiver at a time. */
  arrival(): Promise<void> | undefined {
    if (this.#items.length > 0 || this.#closed) return undefined;
    return new Promise<void>((resolve) => {
      this.#arrival = resolve;
    });
  }

  /** Calls back once, when a full channel is next drained. */
  onRoom(callback: () => void): void {
    this.#room = callback;
  }

  /** Takes no more items; waiting ones can still be drained. */
  close(): void {
    this.#closed = true;
    this.#signalArrival();
  }

  #signalArrival(): void {
    const arrival = this.#arrival;
    this.#arrival = undefined;
    arrival?.();
  }
}
