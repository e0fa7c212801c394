import type { Verdict } from '../../history/verdict.js';
import { count, span, valueText } from '../figures.js';
import { el, type Markup } from '../markup.js';
import type { RunData } from '../run-data.js';
import { table, type Row } from '../table.js';
import { icon } from './head.js';

const COLUMNS = [
  { name: 'checker' },
  { name: 'verdict' },
  { name: 'operations', number: true },
  { name: 'anomalies', number: true },
  { name: 'time', number: true },
  { name: 'figures' },
];

export function verdictSection({ verdicts }: RunData): Markup {
  const content =
    verdicts.length === 0
      ? el('p', { class: 'note' }, 'No checker ran.')
      : table('Verdicts', COLUMNS, verdicts.map(row));
  return el('section', { id: 'verdicts' }, el('h2', {}, 'Verdicts'), content);
}

function row({ checker, valid, operations, anomalies, ms, details }: Verdict): Row {
  const isEmpty = valid === true && operations === 0;
  const word = valid === 'unknown' ? 'could not decide' : valid ? 'accepts' : 'refuses';
  const figures = Object.entries(details ?? {}).map(([name, value]) => `${name} ${valueText(value, 40)}`);
  const found = anomalies.length === 0 ? '0' : el('a', { href: '#anomalies' }, count(anomalies.length));
  const cells = [
    checker,
    isEmpty ? 'nothing to check' : [icon(valid), ' ', word],
    count(operations),
    found,
    span(ms * 1000),
    figures.slice(0, 6).join(', '),
  ];
  return { cells };
}
