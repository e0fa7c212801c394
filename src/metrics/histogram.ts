/** A Prometheus histogram. An observation takes nanoseconds, because every write makes several. */
export class Histogram {
  /** Upper bounds, ascending; a last bucket without a bound follows. */
  readonly bounds: readonly number[];
  /** Observations in each bucket, one more than there are bounds. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** @param times how often the value was observed; a positive integer */
  observe(value: number, times = 1): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? Infinity)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times;
    this.#sum += value * times;
  }

  get sum(): number {
    return this.#sum;
  }

  /** The number of observations up to each bound, then of all. */
  cumulative(): number[] {
    let total = 0;
    return [...this.#counts].map((count) => (total += count));
  }
}

/** `count` bounds that start at `first` and grow by `factor`. */
export function exponentialBounds(first: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, power) => first * factor ** power);
}
