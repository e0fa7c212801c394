import { quantile } from './figures.js';
import type { Operation } from './operations.js';

/** Calls that completed in one interval of the run. */
export interface Bin {
  /** µs since the start of the run. */
  readonly start: number;
  readonly end: number;
  readonly served: number;
  readonly failed: number;
  readonly unknown: number;
  /** Latency of served calls, µs; undefined without any. */
  readonly median: number | undefined;
  readonly p99: number | undefined;
}

/** Widths that read well, in µs. */
const WIDTHS = [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300].map((seconds) => seconds * 1_000_000);

/** Divides a run into at most `most` intervals of a round width. Calls without a completion count where they began. */
export function binsOf(operations: readonly Operation[], duration: number, most: number): Bin[] {
  const width = WIDTHS.find((each) => duration / each <= most) ?? Math.ceil(duration / most);
  const bins = Array.from({ length: Math.max(1, Math.ceil(duration / width)) }, (_, at) => ({
    start: at * width,
    end: Math.min(duration, (at + 1) * width),
    latencies: [] as number[],
    failed: 0,
    unknown: 0,
  }));
  for (const { start, end, outcome, served } of operations) {
    const bin = bins[Math.min(bins.length - 1, Math.floor((end ?? start) / width))];
    if (bin === undefined) continue;
    if (served && end !== undefined) bin.latencies.push(end - start);
    else if (outcome === 'fail') bin.failed += 1;
    else bin.unknown += 1;
  }
  return bins.map(({ start, end, latencies, failed, unknown }) => {
    const sorted = latencies.sort((a, b) => a - b);
    return {
      start,
      end,
      served: sorted.length,
      failed,
      unknown,
      median: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
    };
  });
}
