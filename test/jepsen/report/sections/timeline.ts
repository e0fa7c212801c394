import { binsOf, type Bin } from '../bins.js';
import { count, moment, short, span } from '../figures.js';
import { el, type Child, type Markup } from '../markup.js';
import { faultPlot } from '../plots/fault-rows.js';
import { latencyPlot } from '../plots/latency.js';
import { leaderPlot } from '../plots/leaders.js';
import { resourcePlots } from '../plots/resources.js';
import { throughputPlot } from '../plots/throughput.js';
import type { RunData } from '../run-data.js';
import { table } from '../table.js';

/** Intervals of the curves, and rows of the table. */
const BINS_MAX = 240;
const ROWS_MAX = 30;

export interface Timeline {
  readonly section: Markup;
  /** For the script that shows what was at a time. */
  readonly data: unknown;
}

export function timeline(data: RunData): Timeline {
  const { operations, duration, faults, samples, kinds } = data;
  const bins = binsOf(operations, duration, BINS_MAX);
  const leaders = leaderPlot(data);
  const nodes = [...samples.keys()];
  const section = el(
    'section',
    { id: 'timeline' },
    el('h2', {}, 'Timeline'),
    el('p', { class: 'note' }, 'All plots share the axis of time. Shaded: a fault is active.'),
    el('div', { id: 'readout', class: 'readout', hidden: true }),
    faults.length + data.heals.length === 0 ? undefined : figure('Faults', faultPlot(data)),
    operations.length === 0
      ? el('p', { class: 'note' }, 'The history has no calls.')
      : [
          figure('Latency', latencyPlot(data, bins), kindLegend(kinds), latencyLegend()),
          figure('Throughput', throughputPlot(data, bins), outcomeLegend()),
        ],
    leaders === undefined ? undefined : figure('Leaders and terms', leaders),
    resourcePlots(data).map(({ title, drawing }) => figure(title, drawing, memberLegend(nodes))),
    operations.length === 0 ? undefined : binTable(data),
  );
  const readout = {
    bins: bins.map(({ start, end, served, failed, unknown, median, p99 }) =>
      [start, end, served, failed, unknown, median ?? 0, p99 ?? 0].map(Math.round),
    ),
    faults: faults.slice(0, 2000).map(({ kind, start, end }) => [kind, Math.round(start), Math.round(end)]),
  };
  return { section, data: readout };
}

function figure(title: string, drawing: Markup, ...legends: readonly Child[]): Markup {
  return el('figure', {}, el('figcaption', {}, el('h3', {}, title), el('div', { class: 'legends' }, legends)), drawing);
}

/** Buttons that hide and show the calls of a kind. They do nothing without the script, and stay hidden. */
function kindLegend(kinds: readonly string[]): Markup {
  return el(
    'div',
    { class: 'legend', role: 'group', 'aria-label': 'Kinds of call' },
    kinds.map((kind, at) =>
      el(
        'button',
        { type: 'button', class: `c${at % 8}`, 'data-toggle': kind, 'aria-pressed': 'true' },
        sample('dot'),
        kind,
      ),
    ),
  );
}

function latencyLegend(): Markup {
  return el(
    'div',
    { class: 'legend' },
    el('span', {}, symbol('failed', 'M3 3l6 6m0-6l-6 6'), 'failed'),
    el('span', {}, symbol('unknown', 'M3 6a3 3 0 1 0 6 0a3 3 0 1 0-6 0'), 'unknown'),
    el('span', {}, symbol('median', 'M0 6h12'), 'median'),
  );
}

function outcomeLegend(): Markup {
  const names = ['served', 'failed', 'unknown'];
  return el(
    'div',
    { class: 'legend' },
    names.map((name) => el('span', {}, sample(`box rate ${name}`), name)),
  );
}

function memberLegend(nodes: readonly string[]): Markup {
  return el(
    'div',
    { class: 'legend' },
    nodes.map((node, at) => el('span', { class: `c${at % 8}` }, sample('stroke'), node)),
  );
}

function sample(shape: string): Markup {
  return el('i', { class: `sample ${shape}`, 'aria-hidden': 'true' });
}

function symbol(name: string, d: string): Markup {
  return el('svg', { class: 'symbol', viewBox: '0 0 12 12', 'aria-hidden': 'true' }, el('path', { class: name, d }));
}

const COLUMNS = ['from', 'served', 'failed', 'unknown', 'served a second', 'median', '99 %', 'faults'];

function binTable({ operations, duration, faults }: RunData): Markup {
  const cells = ({ start, end, served, failed, unknown, median, p99 }: Bin): Child[] => {
    const active = [...new Set(faults.filter((each) => each.start < end && each.end > start).map(({ kind }) => kind))];
    const rate = short((served * 1_000_000) / (end - start));
    return [
      moment(start),
      count(served),
      count(failed),
      count(unknown),
      rate,
      time(median),
      time(p99),
      active.join(', '),
    ];
  };
  const bins = binsOf(operations, duration, ROWS_MAX).filter(({ start, end }) => end > start);
  const columns = COLUMNS.map((name) => ({ name, number: name !== 'faults' }));
  const name = 'The timeline as a table';
  return el(
    'details',
    {},
    el('summary', {}, name),
    table(
      name,
      columns,
      bins.map((bin) => ({ cells: cells(bin) })),
    ),
  );
}

function time(us: number | undefined): string {
  return us === undefined ? '–' : span(us);
}
