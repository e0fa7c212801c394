import { defined } from '../util/assert.js';

/** Values that stay the same over many indexes, such as terms: only where one begins is kept. */
export class Runs {
  #starts: number[] = [];
  #values: number[] = [];

  /** The value from `index` on. Indexes come in ascending order. */
  append(index: number, value: number): void {
    if (this.#values.at(-1) === value) return;
    this.#starts.push(index);
    this.#values.push(value);
  }

  /** The value at an index, which must not lie before the first run. */
  at(index: number): number {
    return defined(this.#values[this.#runOf(index)], `the run of index ${index}`);
  }

  /** Forgets what lies at `index` and behind. */
  truncate(index: number): void {
    const kept = this.#runOf(index - 1) + 1;
    this.#starts.length = kept;
    this.#values.length = kept;
  }

  /** Forgets what lies before `index`. */
  dropBefore(index: number): void {
    const run = this.#runOf(index);
    if (run <= 0) return;
    this.#starts.splice(0, run);
    this.#values.splice(0, run);
  }

  /** The last run that begins at or before the index; −1 before the first. */
  #runOf(index: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (defined(this.#starts[middle], 'run') <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
