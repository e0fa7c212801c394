/**
 * Counts what was observed by how large it was, in Prometheus's sense. A few nanoseconds an observation: it stands on the
 * way of every write.
 */
export class Histogram {
  /** Upper bounds, ascending; what is beyond the last one counts too. */
  readonly bounds: readonly number[];
  /** Observations in each bucket alone, one more than there are bounds. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  get sum(): number {
    return this.#sum;
  }

  /** Observations up to each bound, and all of them at the end. */
  cumulative(): number[] {
    let total = 0;
    return [...this.#counts].map((count) => (total += count));
  }
}

/** `count` bounds from `first` on, each `factor` times the one before. */
export function exponentialBounds(first: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, power) => first * factor ** power);
}
