const CAPACITY_MIN = 16;
/** Slots for each value, at least: fuller tables have long runs of neighbours. */
const SLOTS_PER_VALUE = 2;
/** With more slots for each value, a table of more than SLOTS_KEPT shrinks. */
const SLOTS_PER_VALUE_MAX = 32;
/** Smaller tables do not shrink: where a hundred values come and go together, each time would cost. */
const SLOTS_KEPT = 1024;
/** 2^32 divided by the golden ratio: spreads integers that follow one another. */
const SPREAD = 0x9e3779b1;

/**
 * Values by integer, for tables in which values come and go at a high rate. A Map replaces its inner table all the time then, and
 * V8's collector keeps what dead tables refer to: the values would reach the old generation, where removing them is dear.
 */
export class IntegerTable<T extends object> {
  /** A key counts if there is a value in its slot. */
  #keys = new Float64Array(CAPACITY_MIN);
  #values: (T | undefined)[] = emptySlots<T>(CAPACITY_MIN);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: number): T | undefined {
    return this.#values[this.#find(key)];
  }

  has(key: number): boolean {
    return this.get(key) !== undefined;
  }

  set(key: number, value: T): void {
    let slot = this.#find(key);
    if (this.#values[slot] === undefined) {
      this.#size += 1;
      if (this.#size * SLOTS_PER_VALUE > this.#values.length) {
        this.#resize(this.#values.length * 2);
        slot = this.#find(key);
      }
    }
    this.#keys[slot] = key;
    this.#values[slot] = value;
  }

  /** @returns the value; undefined if there was none */
  delete(key: number): T | undefined {
    const slot = this.#find(key);
    const value = this.#values[slot];
    if (value === undefined) return undefined;
    this.#size -= 1;
    this.#close(slot);
    const capacity = this.#values.length;
    if (capacity > SLOTS_KEPT && this.#size * SLOTS_PER_VALUE_MAX < capacity) this.#resize(capacity / 2);
    return value;
  }

  /** All values, in no particular order. */
  values(): T[] {
    return this.#values.filter((value) => value !== undefined);
  }

  clear(): void {
    this.#keys = new Float64Array(CAPACITY_MIN);
    this.#values = emptySlots<T>(CAPACITY_MIN);
    this.#size = 0;
  }

  /** The slot of a key, or the free one where it belongs. */
  #find(key: number): number {
    const keys = this.#keys;
    const values = this.#values;
    const mask = values.length - 1;
    let slot = this.#home(key);
    while (values[slot] !== undefined && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #home(key: number): number {
    return Math.imul(key, SPREAD) >>> (Math.clz32(this.#values.length) + 1);
  }

  /** Frees a slot, and moves what follows it to where it is found. */
  #close(slot: number): void {
    const keys = this.#keys;
    const values = this.#values;
    const mask = values.length - 1;
    let free = slot;
    for (let at = (free + 1) & mask; values[at] !== undefined; at = (at + 1) & mask) {
      const key = keys[at] ?? 0;
      if (((at - this.#home(key)) & mask) < ((at - free) & mask)) continue;
      keys[free] = key;
      values[free] = values[at];
      free = at;
    }
    values[free] = undefined;
  }

  #resize(capacity: number): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Float64Array(capacity);
    this.#values = emptySlots<T>(capacity);
    for (let from = 0; from < values.length; from += 1) {
      const value = values[from];
      if (value === undefined) continue;
      const key = keys[from] ?? 0;
      const slot = this.#find(key);
      this.#keys[slot] = key;
      this.#values[slot] = value;
    }
  }
}

function emptySlots<T>(count: number): (T | undefined)[] {
  return Array<T | undefined>(count).fill(undefined);
}
