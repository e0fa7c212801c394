import type { Table } from '../../../bench/report/tables.js';
import type { RunSummary } from '../../history/summary.js';
import { kindOf } from '../../nemesis/registry.js';
import { count, counted, percent, quantile, short, span } from '../figures.js';
import { el, type Markup } from '../markup.js';
import { decades } from '../scales.js';
import { HEAL_TIMEOUTS } from '../sections/summary.js';
import { drawing, kindsOf, LEFT, WIDTH } from './drawing.js';

// The time from a heal to the first successful write that began after it.

/** Bars of the histogram in each factor of 10. */
const BINS_PER_DECADE = 10;
/** Shorter times count as this many election timeouts. */
const SHORTEST = 0.003;
/** Height of the highest bar of the first row, and of each further row. */
const ALL_HEIGHT = 110;
const KIND_HEIGHT = 26;
const GAP = 12;

/** Those on a busy machine included, if their times are known. */
interface Heals {
  /** In election timeouts, ascending; infinite where no write came. */
  readonly ratios: readonly number[];
  /** In ms, ascending; infinite where no write came. */
  readonly times: readonly number[];
  /** How many of them were on a busy machine, and how many of these were late. */
  readonly busy: number;
  readonly busyAndLate: number;
  /** Heals without a known time, on a busy machine. */
  readonly notMeasured: number;
}

export function healsOf(runs: readonly RunSummary[]): Heals {
  const never = runs.flatMap((run) => Array.from({ length: run.healsWithoutWrite }, () => Number.POSITIVE_INFINITY));
  const timesOf = ({ healToFirstWriteMs, busyHealToFirstWriteMs = [] }: RunSummary): number[] => [
    ...healToFirstWriteMs,
    ...busyHealToFirstWriteMs,
  ];
  const ratios = runs.flatMap((run) => timesOf(run).map((ms) => ms / run.electionTimeoutMs));
  const busy = runs.flatMap(({ busyHealToFirstWriteMs = [], electionTimeoutMs }) =>
    busyHealToFirstWriteMs.map((ms) => ms / electionTimeoutMs),
  );
  return {
    ratios: sorted([...ratios, ...never]),
    times: sorted([...runs.flatMap(timesOf), ...never]),
    busy: busy.length,
    busyAndLate: busy.filter((ratio) => ratio > HEAL_TIMEOUTS).length,
    notMeasured: runs.reduce((sum, run) => sum + (run.healsNotMeasured ?? 0), 0) - busy.length,
  };
}

/** What the heals of all runs say, in a sentence or two. */
export function healText(runs: readonly RunSummary[]): string {
  const { ratios, times, busy, busyAndLate, notMeasured } = healsOf(runs);
  const timeouts = [...new Set(runs.map(({ electionTimeoutMs }) => electionTimeoutMs))].sort((a, b) => a - b);
  const timeout = timeouts.map((ms) => span(ms * 1000)).join(' or ');
  const added =
    busy === 0
      ? ''
      : ` ${count(busy)} of them were on a machine that was busy with other work, which can only add to the time; ${count(busyAndLate)} of these were later.`;
  const left =
    notMeasured === 0 ? '' : ` ${counted(notMeasured, 'more heal')} on a busy machine have no recorded time.`;
  if (ratios.length === 0) return `No heal was measured.${left}`;
  const soon = ratios.filter((ratio) => ratio <= HEAL_TIMEOUTS).length;
  return [
    `Of ${counted(ratios.length, 'heal')} ${count(soon)} (${percent(soon, ratios.length)}) were followed by a successful write within ${HEAL_TIMEOUTS} election timeouts of ${timeout},`,
    ` half of all within ${timeText(quantile(times, 0.5))}${longestText(times)}.${added}${left}`,
  ].join('');
}

/** Quantiles by kind of fault. */
export function healTable(runs: readonly RunSummary[]): Table {
  const row = (name: string, own: readonly RunSummary[]): string[] => {
    const { ratios, times, busy, notMeasured } = healsOf(own);
    const within = (bound: number): string => percent(ratios.filter((ratio) => ratio <= bound).length, ratios.length);
    return [
      name,
      count(ratios.length),
      ...[0.5, 0.9, 0.99, 1].map((part) => timeText(quantile(times, part))),
      within(1),
      within(HEAL_TIMEOUTS),
      count(busy),
      count(notMeasured),
    ];
  };
  const kinds = kindsOf(runs).map((kind) =>
    row(
      kind,
      runs.filter(({ nemesis }) => kindOf(nemesis) === kind),
    ),
  );
  return {
    head: [
      'heals after',
      'heals',
      'median',
      '90 %',
      '99 %',
      'longest',
      'within 1 election timeout',
      `within ${HEAL_TIMEOUTS}`,
      'on a busy machine',
      'not measured',
    ],
    rows: [...kinds, row('**all**', runs)],
  };
}

/** Histograms on a scale of election timeouts: of all heals, and of those after each kind of fault. */
export function healPlot(runs: readonly RunSummary[]): string {
  const title = 'From a heal to the first successful write, in election timeouts';
  const all = healsOf(runs).ratios;
  const finite = all.filter(Number.isFinite);
  const x = decades(SHORTEST, Math.max(HEAL_TIMEOUTS, finite.at(-1) ?? 1), { from: LEFT, to: WIDTH - 100 });
  const kinds = kindsOf(runs)
    .map((kind) => ({ name: kind, ratios: healsOf(runs.filter(({ nemesis }) => kindOf(nemesis) === kind)).ratios }))
    .filter(({ ratios }) => ratios.length > 0);
  const top = 62;
  let base = top + ALL_HEIGHT;
  const rows = [{ name: 'all', ratios: all, base, height: ALL_HEIGHT }];
  for (const each of kinds) {
    base += GAP + KIND_HEIGHT;
    rows.push({ ...each, base, height: KIND_HEIGHT });
  }
  const limit = x(HEAL_TIMEOUTS);
  return drawing(
    WIDTH,
    base + 48,
    title,
    el('text', { class: 'title', x: 12, y: 22 }, title),
    el('text', { class: 'quiet', x: WIDTH - 12, y: top - 12, 'text-anchor': 'end' }, 'heals'),
    x.ticks.map((tick) => [
      el('line', { class: 'grid', x1: x(tick), x2: x(tick), y1: top, y2: base }),
      el('text', { class: 'quiet', x: x(tick), y: base + 18, 'text-anchor': 'middle' }, short(tick)),
    ]),
    rows.map((each) => histogram(each, x)),
    el('line', { class: 'limit', x1: limit, x2: limit, y1: top - 8, y2: base }),
    el(
      'text',
      { class: 'limit-text', x: limit, y: top - 12, 'text-anchor': 'middle' },
      `${HEAL_TIMEOUTS} election timeouts`,
    ),
    el(
      'text',
      { class: 'quiet', x: LEFT, y: base + 38 },
      'Each row has a scale of its own; the vertical line is the median.',
    ),
  );
}

interface Row {
  readonly name: string;
  readonly ratios: readonly number[];
  /** Coordinate of the foot of its bars. */
  readonly base: number;
  readonly height: number;
}

function histogram({ name, ratios, base, height }: Row, x: (value: number) => number): Markup[] {
  const bins = new Map<number, number>();
  for (const ratio of ratios.filter(Number.isFinite)) {
    const bin = Math.floor(Math.log10(Math.max(SHORTEST, ratio)) * BINS_PER_DECADE + 1e-9);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  const most = Math.max(...bins.values(), 1);
  const edge = (bin: number): number => x(10 ** (bin / BINS_PER_DECADE));
  const never = ratios.filter((ratio) => !Number.isFinite(ratio)).length;
  const bars = [...bins].map(([bin, heals]) => {
    const [from, to] = [edge(bin), edge(bin + 1)];
    const size = Math.max(1.5, (heals / most) * height);
    const late = 10 ** (bin / BINS_PER_DECADE) >= HEAL_TIMEOUTS ? ' late' : '';
    return el('rect', { class: `bar${late}`, x: from + 0.75, y: base - size, width: to - from - 1.5, height: size });
  });
  const middle = quantile(ratios, 0.5) ?? 0;
  const line = x(Math.max(SHORTEST, middle));
  const median = Number.isFinite(middle)
    ? [el('line', { class: 'median', x1: line, x2: line, y1: base - height, y2: base })]
    : [];
  return [
    el('text', { x: LEFT - 14, y: base - 2, 'text-anchor': 'end' }, name),
    el('line', { class: 'grid', x1: LEFT, x2: WIDTH - 100, y1: base, y2: base }),
    ...bars,
    ...median,
    el(
      'text',
      { class: 'quiet', x: WIDTH - 12, y: base - 2, 'text-anchor': 'end' },
      never === 0 ? count(ratios.length) : `${count(ratios.length)}, ${count(never)} never`,
    ),
  ];
}

/** The slow end of times. */
function longestText(times: readonly number[]): string {
  const never = times.filter((ms) => !Number.isFinite(ms)).length;
  const longest = times.at(-1 - never);
  const slow = never === 0 ? `, 99 % within ${timeText(quantile(times, 0.99))}` : '';
  const longestKnown = longest === undefined ? '' : `; the longest took ${timeText(longest)}`;
  return `${slow}${longestKnown}${never === 0 ? '' : `, and ${count(never)} had none`}`;
}

function timeText(ms: number | undefined): string {
  if (ms === undefined) return '';
  return Number.isFinite(ms) ? span(ms * 1000) : 'never';
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
