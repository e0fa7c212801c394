import { bytes, count, quantile } from '../figures.js';
import { el, type Markup } from '../markup.js';
import type { Sample } from '../members.js';
import type { RunData } from '../run-data.js';
import { linear } from '../scales.js';
import { linePath, plot, timeScale } from './frame.js';

const HEIGHT = 110;
/** Points of one line; more could not be told apart. */
const POINTS_MAX = 1000;
/** Least time without a sample that interrupts a line, µs. */
const GAP_US_MIN = 2_000_000;

interface Resource {
  readonly field: 'rss' | 'fds' | 'disk';
  readonly title: string;
  readonly text: (value: number) => string;
}

export const RESOURCES: readonly Resource[] = [
  { field: 'rss', title: 'Resident memory', text: bytes },
  { field: 'fds', title: 'Open files', text: count },
  { field: 'disk', title: 'Size of the data folder', text: bytes },
];

/** A line for each member, for each resource that was sampled. */
export function resourcePlots({ samples, faults, duration }: RunData): { title: string; drawing: Markup }[] {
  const x = timeScale(duration);
  return RESOURCES.flatMap(({ field, title, text }) => {
    let highest = 0;
    for (const own of samples.values()) for (const each of own) highest = Math.max(highest, each[field] ?? 0);
    if (highest === 0) return [];
    const y = linear(0, highest, { from: HEIGHT + 8, to: 14 }, 4);
    const lines = [...samples.values()].map((own, at) => {
      const points = withGaps(thinned(own.filter((each) => each[field] !== undefined)), field);
      const d = linePath(points.map(({ time, value }) => ({ x: x(time), y: value === undefined ? value : y(value) })));
      return el('path', { class: `member c${at % 8}`, d });
    });
    const description = `${title} of each member over time, at most ${text(highest)}.`;
    const vertical =
      field === 'fds'
        ? y
        : Object.assign(linear(0, highest, { from: HEIGHT + 8, to: 14 }), { ticks: binaryTicks(highest) });
    const drawing = plot(
      { id: `resource-${field}`, title, description, height: HEIGHT, duration, faults, vertical, tickText: text },
      lines,
    );
    return [{ title, drawing }];
  });
}

/** Round values of bytes: a power of two, and a few of its multiples. */
function binaryTicks(highest: number): number[] {
  const step = 2 ** Math.ceil(Math.log2(highest / 4));
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, at) => at * step);
}

function thinned(samples: readonly Sample[]): readonly Sample[] {
  const step = Math.ceil(samples.length / POINTS_MAX);
  return step <= 1 ? samples : samples.filter((_, at) => at % step === 0 || at === samples.length - 1);
}

/** Values over time, with one that is undefined where a member gave none for long: it was down. */
function withGaps(
  samples: readonly Sample[],
  field: Resource['field'],
): { readonly time: number; readonly value: number | undefined }[] {
  const steps = samples.map(({ time }, at) => time - (samples[at - 1]?.time ?? time)).sort((a, b) => a - b);
  const gap = Math.max(GAP_US_MIN, 3 * (quantile(steps, 0.5) ?? 0));
  return samples.flatMap((each, at) => {
    const before = samples[at - 1];
    const value = { time: each.time, value: each[field] };
    if (before === undefined || each.time - before.time <= gap) return [value];
    return [{ time: each.time, value: undefined }, value];
  });
}
