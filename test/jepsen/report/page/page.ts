import { markdown } from '../../../bench/report/tables.js';
import { validOf, type RunSummary } from '../../history/summary.js';
import { count, counted, span } from '../figures.js';
import { availabilityPlot, gapPlot } from './dots.js';
import { healPlot, healTable, healText, healsOf } from './heals.js';
import { matrixPlot } from './matrix.js';
import type { Standing } from './runs.js';
import { availabilityTable, brokenTable, commitTable, dimensionTable, workloadTable } from './tables.js';

/** Plots by the names of their files. */
export function plotsOf({ last }: Standing): ReadonlyMap<string, string> {
  const own = last.filter(({ target }) => target === 'raftkv');
  return new Map([
    ['matrix.svg', matrixPlot(own)],
    ...(hasHeals(own) ? [['heal.svg', healPlot(own)] as const] : []),
    ['availability.svg', availabilityPlot(own)],
    ['gaps.svg', gapPlot(own)],
  ]);
}

/** The part of docs/faults.md that is made from runs, as Markdown. */
export function pageText({ last, replaced }: Standing): string {
  const own = last.filter(({ target }) => target === 'raftkv');
  const control = last.filter(({ target }) => target !== 'raftkv');
  const broken = last.filter((run) => validOf(run) !== true);
  return [
    introduction(own, control),
    markdown(commitTable(last)),
    '## Verdicts',
    '![verdicts of workloads under nemeses](faults/matrix.svg)',
    broken.length === 0 ? 'Every run was valid.' : `Not valid:\n\n${markdown(brokenTable(broken))}`,
    ...(replaced.length === 0
      ? []
      : [`Earlier runs that were not valid, and were repeated after a mend:\n\n${markdown(brokenTable(replaced))}`]),
    '## After a heal',
    healText(own),
    ...(hasHeals(own) ? ['![time from a heal to the first successful write](faults/heal.svg)'] : []),
    ...(hasHeals(own) ? [markdown(healTable(own))] : []),
    '## Availability during faults',
    AVAILABILITY,
    '![successful calls a second while a fault is active](faults/availability.svg)',
    '![longest time without a successful call](faults/gaps.svg)',
    markdown(availabilityTable(own)),
    '## Workloads',
    markdown(workloadTable(own)),
    '## Settings',
    markdown(dimensionTable(last)),
  ].join('\n\n');
}

const AVAILABILITY = [
  'Of a fault with several runs the table has the medians, and the worst. Faults that leave a majority of the members without a',
  'connection, as `kill-all`, `kill-majority` and `power-loss` do, must stop all calls but stale reads; their gap is as long as the fault.',
  'So it is with `partition-ring` of three members, of which no two hear each other, and where `pause-random` stops a majority.',
].join(' ');

function hasHeals(runs: readonly RunSummary[]): boolean {
  return healsOf(runs).ratios.length > 0;
}

function introduction(own: readonly RunSummary[], control: readonly RunSummary[]): string {
  const sum = (runs: readonly RunSummary[], field: 'seconds' | 'operations' | 'faults'): number =>
    runs.reduce((total, run) => total + run[field], 0);
  const lines = [
    `${counted(own.length, 'run')} of raftkv with ${span(sum(own, 'seconds') * 1e6)} of load, ${count(sum(own, 'operations'))} operations and ${count(sum(own, 'faults'))} faults.`,
    control.length === 0
      ? ''
      : ` As a control, ${counted(control.length, 'run')} of etcd with ${count(sum(control, 'operations'))} operations.`,
  ];
  return lines.join('');
}
