import { validOf, type RunSummary } from '../../history/summary.js';
import { el, type Markup } from '../markup.js';
import { drawing, LEFT, nemesisRows, ROW, WIDTH } from './drawing.js';

const SIGNS = { valid: '✓', invalid: '✗', undecided: '?' } as const;
const TOP = 118;

/** The verdict of every workload under every nemesis; several runs of a cell share it, and the worst counts. */
export function matrixPlot(runs: readonly RunSummary[]): string {
  const workloads = [...new Set(runs.map(({ workload }) => workload))].sort();
  const column = Math.min(72, (WIDTH - LEFT - 40) / workloads.length);
  const { rows, bottom } = nemesisRows(runs, TOP);
  return drawing(
    WIDTH,
    bottom + 34,
    'Verdicts of workloads under nemeses',
    workloads.map((name, at) => {
      const x = LEFT + (at + 0.5) * column;
      return el('text', { x, y: TOP - 10, transform: `rotate(-40 ${x.toFixed(1)} ${TOP - 10})` }, name);
    }),
    rows.map(({ name, y }) => [
      el('text', { x: LEFT - 12, y: y + 15, 'text-anchor': 'end' }, name),
      workloads.map((workload, at) => {
        const own = runs.filter((run) => run.workload === workload && run.nemesis === name);
        return cell(own, LEFT + at * column, y, column);
      }),
    ]),
    el(
      'text',
      { class: 'quiet', x: LEFT, y: bottom + 24 },
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
    el('text', { x: x + width / 2, y: y + 15, 'text-anchor': 'middle' }, sign),
  );
}
