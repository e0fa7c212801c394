import { span } from '../figures.js';
import { el, tenths, type Markup } from '../markup.js';
import type { Operation } from '../operations.js';
import type { RunData } from '../run-data.js';
import { decades } from '../scales.js';
import type { Bin } from '../bins.js';
import { linePath, plot, timeScale } from './frame.js';

const HEIGHT = 300;
/** Side of a cell in which calls share a dot. So the size of a plot is bounded, and no outlier is lost. */
const CELL = 2.5;

/** Latency of each call on a logarithmic scale: a dot if it was served, a cross for failure, a ring for an unknown outcome. */
export function latencyPlot({ operations, kinds, faults, duration }: RunData, bins: readonly Bin[]): Markup {
  const timed = operations.filter(({ end }) => end !== undefined);
  const latencies = timed.map(latencyOf);
  const low = latencies.reduce((least, each) => Math.min(least, each), 1000);
  const high = latencies.reduce((most, each) => Math.max(most, each), 10_000);
  const y = decades(low, high, { from: HEIGHT + 8, to: 18 });
  const x = timeScale(duration);
  const median = bins.map(({ start, end, median: value }) => ({
    x: x((start + end) / 2),
    y: value === undefined ? undefined : y(Math.max(1, value)),
  }));
  const marks = kinds.map((kind, at) => {
    const own = timed.filter(({ f }) => f === kind);
    const place = (each: Operation): [number, number] => [x(each.end ?? each.start), y(latencyOf(each))];
    return el(
      'g',
      { 'data-kind': kind, class: `kind c${at % 8}` },
      dots(own.filter(({ served }) => served).map(place)),
      symbols(
        own.filter(({ outcome, served }) => outcome === 'fail' && !served).map(place),
        'failed',
        'm-3-3l6 6m0-6l-6 6',
      ),
      symbols(
        own.filter(({ outcome }) => outcome === 'unknown').map(place),
        'unknown',
        'm-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0',
      ),
    );
  });
  return plot(
    {
      id: 'latency',
      title: 'Latency of calls',
      description: 'Each call at the time of its completion, on a logarithmic scale. The table below has the figures.',
      height: HEIGHT,
      duration,
      faults,
      vertical: y,
      tickText: span,
    },
    marks,
    el('path', { class: 'median', d: linePath(median) }),
  );
}

/** µs, at least 1. */
function latencyOf({ start, end }: Operation): number {
  return Math.max(1, (end ?? start) - start);
}

type Place = readonly [number, number];

/** Dots in three strengths, by the number of calls in a cell. Each is a stroke of length 0 with a round cap. */
function dots(places: readonly Place[]): Markup[] {
  const cells = counted(places);
  return [
    ['few', 1, 3],
    ['some', 3, 12],
    ['many', 12, Infinity],
  ].flatMap(([name, from, below]) => {
    const path = cells.filter(({ calls }) => calls >= Number(from) && calls < Number(below)).map(({ d }) => `${d}h0`);
    return path.length === 0 ? [] : [el('path', { class: `dots ${String(name)}`, d: path.join('') })];
  });
}

function symbols(places: readonly Place[], name: string, shape: string): Markup[] {
  const path = counted(places).map(({ d }) => `${d}${shape}`);
  return path.length === 0 ? [] : [el('path', { class: name, d: path.join('') })];
}

/** One place for each cell with calls, that of its first one, and the number of calls. */
function counted(places: readonly Place[]): { d: string; calls: number }[] {
  const cells = new Map<number, { d: string; calls: number }>();
  for (const [x, y] of places) {
    const number = Math.floor(x / CELL) * 10_000 + Math.floor(y / CELL);
    const cell = cells.get(number);
    if (cell === undefined) cells.set(number, { d: `M${tenths(x)} ${tenths(y)}`, calls: 1 });
    else cell.calls += 1;
  }
  return [...cells.values()];
}
