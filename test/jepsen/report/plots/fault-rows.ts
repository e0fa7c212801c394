import type { Fault } from '../faults.js';
import { moment, span, valueText } from '../figures.js';
import { el, type Markup } from '../markup.js';
import type { RunData } from '../run-data.js';
import { LEFT, plot, timeScale } from './frame.js';

const ROW = 24;
/** Bars that are drawn one by one; among more, only the longest are. */
const BARS_MAX = 2000;

/** A row of bars for each kind of fault, and the heals as marks. */
export function faultPlot({ faults, heals, duration }: RunData): Markup {
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  const rows = heals.length > 0 ? [...kinds, 'heal'] : kinds;
  const x = timeScale(duration);
  const middle = (at: number): number => 8 + at * ROW + ROW / 2;
  return plot(
    {
      id: 'faults',
      title: 'Faults',
      description: kinds
        .map((kind) => `${kind}: ${faults.filter((each) => each.kind === kind).length} times`)
        .join('; '),
      height: rows.length * ROW,
      duration,
    },
    rows.map((kind, at) => [
      el('text', { class: 'row-name', x: LEFT - 10, y: middle(at) + 4, 'text-anchor': 'end' }, valueTextOf(kind)),
      el('line', { class: 'grid', x1: LEFT, x2: x(duration), y1: middle(at), y2: middle(at) }),
    ]),
    drawn(faults).map((fault) => {
      const at = rows.indexOf(fault.kind);
      const [from, to] = [x(fault.start), x(fault.end)];
      const box = { x: from, y: middle(at) - 7, width: Math.max(1.5, to - from), height: 14, rx: 2 };
      return el('rect', { class: fault.undone ? 'fault' : 'fault open', ...box }, el('title', {}, describe(fault)));
    }),
    heals.map((time) => {
      const y = middle(rows.length - 1);
      const d = `M${x(time).toFixed(1)} ${y - 6}l6 6l-6 6l-6-6z`;
      return el('path', { class: 'heal', d }, el('title', {}, `healed at ${moment(time)}`));
    }),
  );
}

export function describe({ kind, targets, start, end, undone }: Fault): string {
  const what = targets === undefined ? kind : `${kind} ${valueText(targets, 200)}`;
  return `${what}, from ${moment(start)} ${undone ? `for ${span(end - start)}` : 'to the end of the run'}`;
}

function valueTextOf(kind: string): string {
  return kind.length <= 14 ? kind : `${kind.slice(0, 13)}…`;
}

function drawn(faults: readonly Fault[]): readonly Fault[] {
  if (faults.length <= BARS_MAX) return faults;
  return [...faults].sort((a, b) => b.end - b.start - (a.end - a.start)).slice(0, BARS_MAX);
}
