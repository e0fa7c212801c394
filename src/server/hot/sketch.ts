import { KeySlots, type KeptRange } from './key-slots.js';

/** Half-lives after which counts are scaled down, long before their weights leave the range of a double. */
const HALF_LIVES_MAX = 64;

export interface SketchOptions {
  /** Keys that are counted at the same time. */
  readonly capacity: number;
  /** Seed of the hash: 64 random bits, as two 32-bit integers. */
  readonly seed: readonly [number, number];
  /** Time after which a call counts half, in ms. */
  readonly halfLifeMs: number;
}

/** A key or range with its count. */
export interface Counted extends KeptRange {
  /** Weighted calls, each halved with every half-life since. At least the true number. */
  readonly count: number;
  /** `count` is at most this much too large; at most the total divided by the capacity. */
  readonly error: number;
}

/**
 * The most frequent keys of a stream in a fixed amount of memory: the algorithm Space-Saving (Metwally, Agrawal and El Abbadi,
 * "Efficient computation of frequent and top-k elements in data streams", 2005) for weighted calls. A key that is not in it
 * replaces the one with the smallest count, and takes over that count as its possible error. So every key whose share of the
 * total is above 1/capacity is in it.
 *
 * Counts decay exponentially by forward decay (Cormode, Shkapenyuk, Srivastava and Xu, "Forward decay: a practical time decay
 * model for streaming systems", 2009): calls get a weight that grows with time, so that counts in place need no change and
 * keep their order. The bounds hold for decayed counts as well. A binary heap finds the smallest count. Adding allocates
 * nothing.
 */
export class Sketch {
  readonly capacity: number;
  readonly #halfLifeMs: number;
  readonly #slots: KeySlots;
  /** By slot, in units of the weight of a call at the epoch, like all counts here. */
  readonly #counts: Float64Array;
  readonly #errors: Float64Array;
  /** Slots; the smallest count first. */
  readonly #heap: Uint32Array;
  /** By slot: its place in the heap. */
  readonly #places: Uint32Array;
  #size = 0;
  #total = 0;
  #epochMs: number;
  /** The newest weight, and the time that it is for: 2 ** x takes as long as all the rest. */
  #scaledAtMs: number;
  #lastScale = 1;

  /** @param nowMs monotonic time, as in all calls */
  constructor({ capacity, seed, halfLifeMs }: SketchOptions, nowMs: number) {
    this.capacity = capacity;
    this.#halfLifeMs = halfLifeMs;
    this.#slots = new KeySlots(capacity, seed);
    this.#counts = new Float64Array(capacity);
    this.#errors = new Float64Array(capacity);
    this.#heap = new Uint32Array(capacity);
    this.#places = new Uint32Array(capacity);
    this.#epochMs = nowMs;
    this.#scaledAtMs = nowMs;
  }

  /** Memory of all arrays, in bytes; constant. */
  get sizeBytes(): number {
    return [this.#counts, this.#errors, this.#heap, this.#places].reduce(
      (sum, { byteLength }) => sum + byteLength,
      this.#slots.sizeBytes,
    );
  }

  /** Counts a call. @param rangeEnd empty for a single key @param weight the number of calls that it stands for */
  add(key: Uint8Array, rangeEnd: Uint8Array, weight: number, nowMs: number): void {
    const scaled = weight * this.#scale(nowMs);
    this.#total += scaled;
    let slot = this.#slots.find(key, rangeEnd);
    if (slot < 0) {
      slot = this.#size < this.capacity ? this.#newSlot() : this.#smallest();
      this.#slots.fill(slot, key, rangeEnd);
    }
    this.#counts[slot] = (this.#counts[slot] ?? 0) + scaled;
    this.#sink(slot);
  }

  /** All calls, with the same decay. */
  total(nowMs: number): number {
    return this.#total / this.#scale(nowMs);
  }

  /** The largest count; 0 if there is none. */
  largest(nowMs: number): number {
    const scale = this.#scale(nowMs);
    let largest = 0;
    for (let slot = 0; slot < this.#size; slot++) largest = Math.max(largest, this.#counts[slot] ?? 0);
    return largest / scale;
  }

  /** The keys with the largest counts, in descending order. */
  top(limit: number, nowMs: number): readonly Counted[] {
    const scale = this.#scale(nowMs);
    const count = (slot: number): number => this.#counts[slot] ?? 0;
    const slots = this.#heap.slice(0, this.#size).sort((left, right) => count(right) - count(left) || left - right);
    return Array.from(slots.subarray(0, limit), (slot) => ({
      ...this.#slots.at(slot),
      count: count(slot) / scale,
      error: (this.#errors[slot] ?? 0) / scale,
    }));
  }

  #newSlot(): number {
    const slot = this.#size++;
    this.#move(slot, slot);
    // Its count is 0 so far, and the smallest.
    this.#rise(slot);
    return slot;
  }

  /** Frees the slot with the smallest count, which the next key inherits. */
  #smallest(): number {
    const slot = this.#heap[0] ?? 0;
    this.#slots.free(slot);
    this.#errors[slot] = this.#counts[slot] ?? 0;
    return slot;
  }

  /** The weight of a call now. */
  #scale(nowMs: number): number {
    if (nowMs !== this.#scaledAtMs) {
      this.#scaledAtMs = nowMs;
      this.#lastScale = this.#newScale(nowMs);
    }
    return this.#lastScale;
  }

  #newScale(nowMs: number): number {
    const halfLives = (nowMs - this.#epochMs) / this.#halfLifeMs;
    if (halfLives <= HALF_LIVES_MAX) return 2 ** halfLives;
    const factor = 2 ** -halfLives;
    for (let slot = 0; slot < this.#size; slot++) {
      this.#counts[slot] = (this.#counts[slot] ?? 0) * factor;
      this.#errors[slot] = (this.#errors[slot] ?? 0) * factor;
    }
    this.#total *= factor;
    this.#epochMs = nowMs;
    return 1;
  }

  #rise(slot: number): void {
    const own = this.#counts[slot] ?? 0;
    let place = this.#places[slot] ?? 0;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.#heap[above] ?? 0;
      if ((this.#counts[other] ?? 0) <= own) break;
      this.#move(other, place);
      place = above;
    }
    this.#move(slot, place);
  }

  /** Restores the order of the heap after the count of a slot has grown. */
  #sink(slot: number): void {
    const own = this.#counts[slot] ?? 0;
    let place = this.#places[slot] ?? 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.#size) break;
      if (below + 1 < this.#size && this.#countAt(below + 1) < this.#countAt(below)) below += 1;
      if (this.#countAt(below) >= own) break;
      this.#move(this.#heap[below] ?? 0, place);
      place = below;
    }
    this.#move(slot, place);
  }

  #countAt(place: number): number {
    return this.#counts[this.#heap[place] ?? 0] ?? 0;
  }

  #move(slot: number, place: number): void {
    this.#heap[place] = slot;
    this.#places[slot] = place;
  }
}
