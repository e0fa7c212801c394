import { defined } from '../util/assert.js';

/** Values that stay the same over many indexes, such as terms. Only the start of each run is kept. */
export class Runs {
  #starts: number[] = [];
  #values: number[] = [];

  /** Sets the value from `index` on. Indexes ascend. */
  append(index: number, value: number): void {
    if (this.#values.at(-1) === value) return;
    this.#starts.push(index);
    this.#values.push(value);
  }

  /** The value at an index, which must not be before the first run. */
  at(index: number): number {
    return defined(this.#values[this.#runOf(index)], 'the run of an index');
  }

  /** Removes `index` and later indexes. */
  truncate(index: number): void {
    const kept = this.#runOf(index - 1) + 1;
    this.#starts.length = kept;
    this.#values.length = kept;
  }

  /** Removes the indexes before `index`. */
  dropBefore(index: number): void {
    const run = this.#runOf(index);
    if (run <= 0) return;
    this.#starts.splice(0, run);
    this.#values.splice(0, run);
  }

  /** The last run that starts at or before the index; −1 if there is none. */
  #runOf(index: number): number {
    const newest = this.#starts.length - 1;
    if ((this.#starts[newest] ?? Infinity) <= index) return newest;
    let low = 0;
    let high = newest + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (defined(this.#starts[middle], 'run') <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
