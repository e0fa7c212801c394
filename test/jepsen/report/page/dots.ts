import type { RunSummary } from '../../history/summary.js';
import { quantile, short, span } from '../figures.js';
import { el } from '../markup.js';
import { decades, linear } from '../scales.js';
import { drawing, LEFT, nemesisRows, ROW, WIDTH } from './drawing.js';

export function availabilityPlot(runs: readonly RunSummary[]): string {
  return dotPlot({
    title: 'Successful calls a second while a fault is active: a dot for each run, a line for the median',
    runs,
    valueOf: ({ okPerSecondDuringFaults: rate }) => rate ?? undefined,
    logarithmic: false,
    text: short,
  });
}

export function gapPlot(runs: readonly RunSummary[]): string {
  return dotPlot({
    title: 'Longest time without a successful call: a dot for each run, a line for the median',
    runs,
    valueOf: ({ longestGapMs }) => Math.max(1, longestGapMs),
    logarithmic: true,
    text: (ms) => span(ms * 1000),
  });
}

interface DotPlot {
  readonly title: string;
  readonly runs: readonly RunSummary[];
  readonly valueOf: (run: RunSummary) => number | undefined;
  readonly logarithmic: boolean;
  readonly text: (value: number) => string;
}

function dotPlot({ title, runs, valueOf, logarithmic, text }: DotPlot): string {
  const measured = runs.filter((run) => valueOf(run) !== undefined);
  const valuesOf = (nemesis: string): number[] =>
    measured
      .filter((run) => run.nemesis === nemesis)
      .map((run) => valueOf(run) ?? 0)
      .sort((a, b) => a - b);
  const top = 48;
  const { rows, bottom } = nemesisRows(measured, top);
  const all = measured.map((run) => valueOf(run) ?? 0);
  const range = { from: LEFT, to: WIDTH - 30 };
  const high = all.reduce((most, each) => Math.max(most, each), 1);
  const low = all.reduce((least, each) => Math.min(least, each), high);
  const x = logarithmic ? decades(low, high, range) : linear(0, high, range);
  return drawing(
    WIDTH,
    bottom + 34,
    title,
    el('text', { class: 'title', x: 12, y: 22 }, title),
    x.ticks.map((tick) => [
      el('line', { class: 'grid', x1: x(tick), x2: x(tick), y1: top, y2: bottom }),
      el('text', { class: 'quiet', x: x(tick), y: bottom + 18, 'text-anchor': 'middle' }, text(tick)),
    ]),
    rows.map(({ name, y: rowTop }) => {
      const y = rowTop + ROW / 2;
      const values = valuesOf(name);
      const middle = quantile(values, 0.5) ?? 0;
      return [
        el('text', { x: LEFT - 14, y: y + 4, 'text-anchor': 'end' }, name),
        el('line', { class: 'grid', x1: LEFT, x2: WIDTH - 30, y1: y, y2: y }),
        places(values, x).map((at) => el('circle', { class: 'dot', cx: at, cy: y, r: 4.5 })),
        el('line', { class: 'median', x1: x(middle), x2: x(middle), y1: y - 8, y2: y + 8 }),
      ];
    }),
  );
}

/** Coordinates of dots, without those that would cover another. */
function places(values: readonly number[], x: (value: number) => number): number[] {
  return [...new Set(values.map((value) => Math.round(x(value) * 2) / 2))];
}
