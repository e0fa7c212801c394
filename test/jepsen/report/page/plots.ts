import { validOf, type RunSummary } from '../../history/summary.js';
import { short, span } from '../figures.js';
import { el, textOf, trusted, type Child, type Markup } from '../markup.js';
import { decades, linear } from '../scales.js';
import { HEAL_TIMEOUTS } from '../sections/summary.js';

/** A drawing for a page of the documentation, readable on a light and on a dark ground. */
const STYLE = `text { font: 12px system-ui, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; fill: #1b2026 }
.title { font-weight: 600; font-size: 13.5px } .quiet { fill: #59636e } .grid { stroke: #dfe2e5 } .limit { stroke: #c22f12; stroke-width: 1.5; stroke-dasharray: 5 3 }
.limit-text { fill: #c22f12 } .dot { fill: #0068ad; fill-opacity: .45 } .median { stroke: #1b2026; stroke-width: 2 }
.valid { fill: #cfe8de } .invalid { fill: #f2b8a8 } .undecided { fill: #f3dfae } .none { fill: none; stroke: #dfe2e5 } .ground { fill: #ffffff }
@media (prefers-color-scheme: dark) { text { fill: #e5e8eb } .quiet { fill: #9ba6b1 } .grid { stroke: #30363d } .limit { stroke: #ff8060 }
.limit-text { fill: #ff8060 } .dot { fill: #5aaeee } .median { stroke: #e5e8eb } .valid { fill: #1d4f3e } .invalid { fill: #7a2f1d }
.undecided { fill: #5d4a17 } .none { stroke: #30363d } .ground { fill: #121518 } }`;

const WIDTH = 1000;
const LEFT = 190;
const ROW = 24;

function drawing(width: number, height: number, title: string, ...content: readonly Child[]): string {
  const size = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' };
  const svg = el(
    'svg',
    size,
    el('title', {}, title),
    trusted(`<style>${STYLE}</style>`),
    el('rect', { class: 'ground', width, height }),
    content,
  );
  return `${textOf(svg).replaceAll('><', '>\n<')}\n`;
}

const SIGNS = { valid: '✓', invalid: '✗', undecided: '?' } as const;

/** The verdict of every workload under every nemesis; several runs of a cell share it, and the worst counts. */
export function matrixPlot(runs: readonly RunSummary[]): string {
  const workloads = [...new Set(runs.map(({ workload }) => workload))].sort();
  const nemeses = [...new Set(runs.map(({ nemesis }) => nemesis))].sort();
  const column = Math.min(72, (WIDTH - LEFT - 10) / workloads.length);
  const top = 118;
  const height = top + nemeses.length * ROW + 34;
  return drawing(
    WIDTH,
    height,
    'Verdicts of workloads under nemeses',
    workloads.map((name, at) => {
      const x = LEFT + (at + 0.5) * column;
      return el('text', { x, y: top - 10, transform: `rotate(-40 ${x.toFixed(1)} ${top - 10})` }, name);
    }),
    nemeses.map((nemesis, row) => [
      el('text', { x: LEFT - 12, y: top + row * ROW + 16, 'text-anchor': 'end' }, nemesis),
      workloads.map((workload, at) => {
        const own = runs.filter((run) => run.workload === workload && run.nemesis === nemesis);
        return cell(own, LEFT + at * column, top + row * ROW, column);
      }),
    ]),
    el(
      'text',
      { class: 'quiet', x: LEFT, y: height - 10 },
      '✓ no anomaly · ✗ anomaly, or the run failed · ? undecided · 2 or more: number of runs',
    ),
  );
}

function cell(runs: readonly RunSummary[], x: number, y: number, width: number): Markup {
  const box = { x: x + 1.5, y: y + 1.5, width: width - 3, height: ROW - 3, rx: 3 };
  if (runs.length === 0) return el('rect', { class: 'none', ...box });
  const valid = runs.map(validOf);
  const word = valid.includes(false) ? 'invalid' : valid.includes('unknown') ? 'undecided' : 'valid';
  const sign = `${SIGNS[word]}${runs.length > 1 ? ` ${runs.length}` : ''}`;
  return el(
    'g',
    {},
    el('rect', { class: word, ...box }),
    el('text', { x: x + width / 2, y: y + 16, 'text-anchor': 'middle' }, sign),
  );
}

/** A dot for each heal: election timeouts until the first write that began after it succeeded, by nemesis. */
export function healPlot(runs: readonly RunSummary[]): string {
  const ratios = (own: readonly RunSummary[]): number[] =>
    own.flatMap((run) => run.healToFirstWriteMs.map((ms) => Math.max(0.001, ms / run.electionTimeoutMs)));
  return dotPlot({
    title: 'From a heal to the first successful write, in election timeouts',
    runs,
    valuesOf: ratios,
    logarithmic: true,
    limit: { value: HEAL_TIMEOUTS, text: `${HEAL_TIMEOUTS} election timeouts` },
    text: (value) => short(value),
  });
}

export function availabilityPlot(runs: readonly RunSummary[]): string {
  return dotPlot({
    title: 'Successful calls a second while a fault is active, a dot for each run',
    runs,
    valuesOf: (own) => own.flatMap(({ okPerSecondDuringFaults: rate }) => (rate === null ? [] : [rate])),
    logarithmic: false,
    text: short,
  });
}

export function gapPlot(runs: readonly RunSummary[]): string {
  return dotPlot({
    title: 'Longest time without a successful call, a dot for each run',
    runs,
    valuesOf: (own) => own.map(({ longestGapMs }) => Math.max(1, longestGapMs)),
    logarithmic: true,
    text: (ms) => span(ms * 1000),
  });
}

interface DotPlot {
  readonly title: string;
  readonly runs: readonly RunSummary[];
  readonly valuesOf: (runs: readonly RunSummary[]) => readonly number[];
  readonly logarithmic: boolean;
  readonly limit?: { readonly value: number; readonly text: string };
  readonly text: (value: number) => string;
}

function dotPlot({ title, runs, valuesOf, logarithmic, limit, text }: DotPlot): string {
  const nemeses = [...new Set(runs.map(({ nemesis }) => nemesis))].sort();
  const rows = nemeses
    .map((name) => ({
      name,
      values: [...valuesOf(runs.filter(({ nemesis }) => nemesis === name))].sort((a, b) => a - b),
    }))
    .filter(({ values }) => values.length > 0);
  const all = [...rows.flatMap(({ values }) => values), ...(limit === undefined ? [] : [limit.value])];
  const range = { from: LEFT, to: WIDTH - 30 };
  const high = all.reduce((most, each) => Math.max(most, each), 1);
  const low = all.reduce((least, each) => Math.min(least, each), high);
  const x = logarithmic ? decades(low, high, range) : linear(0, high, range);
  const top = 48;
  const bottom = top + rows.length * ROW;
  return drawing(
    WIDTH,
    bottom + 34,
    title,
    el('text', { class: 'title', x: 12, y: 22 }, title),
    x.ticks.map((tick) => [
      el('line', { class: 'grid', x1: x(tick), x2: x(tick), y1: top, y2: bottom }),
      el('text', { class: 'quiet', x: x(tick), y: bottom + 18, 'text-anchor': 'middle' }, text(tick)),
    ]),
    rows.map(({ name, values }, row) => {
      const y = top + (row + 0.5) * ROW;
      const middle = values[Math.floor(values.length / 2)] ?? 0;
      return [
        el('text', { x: LEFT - 14, y: y + 4, 'text-anchor': 'end' }, name),
        el('line', { class: 'grid', x1: LEFT, x2: WIDTH - 30, y1: y, y2: y }),
        places(values, x).map((at) => el('circle', { class: 'dot', cx: at, cy: y, r: 4.5 })),
        el('line', { class: 'median', x1: x(middle), x2: x(middle), y1: y - 8, y2: y + 8 }),
      ];
    }),
    limit === undefined
      ? undefined
      : [
          el('line', { class: 'limit', x1: x(limit.value), x2: x(limit.value), y1: top - 8, y2: bottom }),
          el('text', { class: 'limit-text', x: x(limit.value), y: top - 12, 'text-anchor': 'middle' }, limit.text),
        ],
  );
}

/** Coordinates of dots, without those that would cover another. */
function places(values: readonly number[], x: (value: number) => number): number[] {
  return [...new Set(values.map((value) => Math.round(x(value) * 2) / 2))];
}
