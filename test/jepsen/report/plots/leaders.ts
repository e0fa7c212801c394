import { moment, span } from '../figures.js';
import { el, type Markup } from '../markup.js';
import { officesOf, type Sample } from '../members.js';
import type { RunData } from '../run-data.js';
import { LEFT, plot, timeScale } from './frame.js';

const ROW = 26;
/** Longest time between two samples that are joined, µs. */
const GAP_US_MAX = 3_000_000;
/** Room that the text of a term needs. */
const DIGIT = 7;

/** A row for each member: a thin line while it answers, a bar while it takes itself for the leader, with the term. */
export function leaderPlot({ samples, faults, duration }: RunData): Markup | undefined {
  if (samples.size === 0) return undefined;
  const nodes = [...samples.keys()];
  const offices = officesOf(samples);
  const x = timeScale(duration);
  const middle = (node: string): number => 8 + nodes.indexOf(node) * ROW + ROW / 2;
  const terms = offices.map(({ term }) => term);
  const last = terms.reduce((most, each) => Math.max(most, each), 0);
  return plot(
    {
      id: 'leaders',
      title: 'Leaders and terms',
      description: `${offices.length} terms of office were seen; the last term is ${last}.`,
      height: nodes.length * ROW,
      duration,
      faults,
    },
    nodes.map((node) => [
      el('text', { class: 'row-name', x: LEFT - 10, y: middle(node) + 4, 'text-anchor': 'end' }, node.slice(0, 14)),
      spans(samples.get(node) ?? []).map(([start, end]) =>
        el('line', {
          class: 'alive',
          x1: x(start),
          x2: Math.max(x(end), x(start) + 1),
          y1: middle(node),
          y2: middle(node),
        }),
      ),
    ]),
    offices.map(({ node, term, start, end }) => {
      const [from, to] = [x(start), Math.max(x(end), x(start) + 2)];
      const y = middle(node);
      const box = { x: from, y: y - 9, width: to - from, height: 18, rx: 3 };
      const fits = to - from > String(term).length * DIGIT + 6;
      return el(
        'g',
        {},
        el(
          'rect',
          { class: term % 2 === 0 ? 'office even' : 'office odd', ...box },
          el('title', {}, `${node} leads in term ${term}, from ${moment(start)} for ${span(end - start)}`),
        ),
        fits ? el('text', { class: 'term', x: (from + to) / 2, y: y + 4, 'text-anchor': 'middle' }, term) : undefined,
      );
    }),
  );
}

/** Times in which a member answered. */
function spans(samples: readonly Sample[]): [number, number][] {
  const found: [number, number][] = [];
  for (const { time } of samples) {
    const last = found.at(-1);
    if (last !== undefined && time - last[1] <= GAP_US_MAX) last[1] = time;
    else found.push([time, time]);
  }
  return found;
}
