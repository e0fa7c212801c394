import { defined } from '../util/assert.js';
import type { Stretch } from './stretch.js';

/** Dropped stretches whose slots are kept, so that the array is seldom compacted. */
const DROPPED_MAX = 1024;

/** Stretches in the order of their entries, without gaps; both ends move without copying. */
export class Stretches {
  /** Those before `#head` are dropped. */
  #stretches: (Stretch | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#stretches.length - this.#head;
  }

  get first(): Stretch | undefined {
    return this.#stretches[this.#head];
  }

  get last(): Stretch | undefined {
    return this.#stretches.at(-1);
  }

  push(stretch: Stretch): void {
    this.#stretches.push(stretch);
  }

  /** Removes the first one. */
  shift(): Stretch {
    const first = defined(this.#stretches[this.#head], 'the first stretch');
    this.#stretches[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#stretches.length) this.clear();
    else if (this.#head >= DROPPED_MAX && this.#head * 2 >= this.#stretches.length) {
      this.#stretches = this.#stretches.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  /** Removes the last one. */
  pop(): Stretch {
    const last = defined(this.#stretches.pop(), 'the last stretch');
    if (this.#head === this.#stretches.length) this.clear();
    return last;
  }

  clear(): void {
    this.#stretches = [];
    this.#head = 0;
  }

  /** The stretch that holds an entry, and those after it. */
  *from(index: number): Generator<Stretch, void, undefined> {
    for (let at = this.#positionOf(index); at < this.#stretches.length; at++) yield this.#at(at);
  }

  #positionOf(index: number): number {
    let low = this.#head;
    let high = this.#stretches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle).next <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #at(position: number): Stretch {
    return defined(this.#stretches[position], 'a stretch of cached entries');
  }
}
