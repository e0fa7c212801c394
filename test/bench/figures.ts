import { defined } from '../../src/util/assert.js';

export interface Figures {
  readonly min: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

/** Summary of a series of measurements. Each figure is one of them, without interpolation. */
export function figuresOf(measured: readonly number[]): Figures {
  const sorted = measured.toSorted((left, right) => left - right);
  /** The smallest value that this share of all does not exceed. */
  const rank = (share: number): number => {
    const at = Math.max(0, Math.ceil(share * sorted.length) - 1);
    return defined(sorted[at], 'a measurement');
  };
  return { min: rank(0), median: rank(0.5), p90: rank(0.9), max: rank(1) };
}
