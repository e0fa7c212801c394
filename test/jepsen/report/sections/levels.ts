import { counted, quantile, span } from '../figures.js';
import { el, type Markup } from '../markup.js';
import { RESOURCES } from '../plots/resources.js';
import type { RunData } from '../run-data.js';
import { table } from '../table.js';

const COLUMNS = [
  { name: 'resource' },
  { name: 'member' },
  { name: 'early', number: true },
  { name: 'late', number: true },
  { name: 'change', number: true },
];
/** Shorter runs say nothing about a level. */
const DURATION_US_MIN = 10 * 60_000_000;

/**
 * In a long run, the medians of each resource in the second and the last quarter: whether it stays level. While caches fill, in
 * the first quarter, it does not.
 */
export function levelRows({ samples, duration }: RunData): Markup | undefined {
  if (duration < DURATION_US_MIN) return undefined;
  const rows = RESOURCES.flatMap(({ field, title, text }) =>
    [...samples].flatMap(([node, own]) => {
      const values = own.flatMap((each) =>
        each[field] === undefined ? [] : [{ time: each.time, value: each[field] }],
      );
      const between = (from: number, to: number): number | undefined => {
        const some = values.filter(({ time }) => time >= from * duration && time <= to * duration);
        return quantile(
          some.map(({ value }) => value).sort((a, b) => a - b),
          0.5,
        );
      };
      const [first, last] = [between(0.25, 0.5), between(0.75, 1)];
      if (first === undefined || last === undefined || first === 0) return [];
      const change = (100 * (last - first)) / first;
      return [
        { cells: [title, node, text(first), text(last), `${change >= 0 ? '+' : '−'}${Math.abs(change).toFixed(1)} %`] },
      ];
    }),
  );
  if (rows.length === 0) return undefined;
  return el(
    'div',
    { class: 'levels' },
    el('h3', {}, 'Levels'),
    el(
      'p',
      { class: 'note' },
      `Medians of the second and the last quarter of ${span(duration)}; ${counted(samples.size, 'member')}.`,
    ),
    table('Levels', COLUMNS, rows),
  );
}
