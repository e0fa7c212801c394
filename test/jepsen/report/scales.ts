/** Maps values to coordinates, with the values that deserve a mark. */
export interface Scale {
  (value: number): number;
  readonly ticks: readonly number[];
}

export interface Range {
  /** Coordinates of the lowest and the highest value. */
  readonly from: number;
  readonly to: number;
}

export function linear(low: number, high: number, { from, to }: Range, tickCount = 6): Scale {
  const width = high - low || 1;
  const map = (value: number): number => from + ((value - low) / width) * (to - from);
  return Object.assign(map, { ticks: linearTicks(low, high, tickCount) });
}

/** A logarithmic scale over whole decades that cover both values, which are above 0. */
export function decades(low: number, high: number, { from, to }: Range): Scale {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
  const map = (value: number): number => from + ((Math.log10(value) - first) / (last - first)) * (to - from);
  return Object.assign(map, { ticks: Array.from({ length: last - first + 1 }, (_, at) => 10 ** (first + at)) });
}

/** Round values, at most about as many as asked for. */
function linearTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  if (!(rough > 0)) return [low];
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((times) => times * unit).find((each) => each >= rough) ?? 10 * unit;
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at += 1) {
    ticks.push(Number((at * step).toPrecision(12)));
  }
  return ticks;
}

/** Steps of time that read well on an axis, in s. */
const TIME_STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Times from 0 on, in µs. */
export function timeTicks(durationUs: number, most = 12): number[] {
  const seconds = durationUs / 1_000_000;
  const step = TIME_STEPS.find((each) => seconds / each <= most) ?? Math.ceil(seconds / most / 3600) * 3600;
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, at) => at * step * 1_000_000);
}
