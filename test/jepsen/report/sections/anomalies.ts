import type { Anomaly, Verdict } from '../../history/verdict.js';
import { count, counted, moment, span } from '../figures.js';
import { laneDiagram } from '../lanes/diagram.js';
import { textOf } from '../lanes/label.js';
import { select, type Selection } from '../lanes/select.js';
import { el, type Child, type Markup } from '../markup.js';
import type { Operation } from '../operations.js';
import type { RunData } from '../run-data.js';
import { table } from '../table.js';

/** Anomalies of a checker that get a diagram, and those that get a line. */
const DRAWN_MAX = 5;
const LISTED_MAX = 50;

/** For each anomaly, what is wrong and the calls around it; undefined if no checker found one. */
export function anomalySection({ verdicts, operations }: RunData): Markup | undefined {
  const found = verdicts.filter(({ anomalies }) => anomalies.length > 0);
  if (found.length === 0) return undefined;
  return el(
    'section',
    { id: 'anomalies' },
    el('h2', {}, 'Anomalies'),
    el(
      'p',
      { class: 'note' },
      'Each bar is a call from its start to its completion. Filled bars show the anomaly, outlined ones are other calls on the same keys. Order is exact across processes; distances are not to scale. ',
      '✗: certainly without effect. ?: outcome unknown.',
    ),
    found.map((verdict, at) => anomaliesOf(verdict, operations, `v${at}`)),
  );
}

function anomaliesOf({ checker, anomalies }: Verdict, operations: readonly Operation[], id: string): Markup {
  const listed = anomalies.slice(DRAWN_MAX, LISTED_MAX);
  const rest = anomalies.length - DRAWN_MAX - listed.length;
  return el(
    'div',
    { class: 'checker' },
    el('h3', {}, checker, el('span', { class: 'quiet' }, ` ${counted(anomalies.length, 'anomaly', 'anomalies')}`)),
    anomalies.slice(0, DRAWN_MAX).map((each, at) => drawnAnomaly(each, operations, `${id}-${at}`)),
    listed.length === 0
      ? undefined
      : el(
          'details',
          {},
          el('summary', {}, `${counted(listed.length, 'more anomaly', 'more anomalies')} of ${checker}`),
          el(
            'ul',
            {},
            listed.map(({ name, text }) => el('li', {}, el('b', {}, name), ` ${valueLine(text)}`)),
            rest > 0 ? el('li', {}, `and ${count(rest)} more`) : undefined,
          ),
        ),
  );
}

function drawnAnomaly({ name, text, events }: Anomaly, operations: readonly Operation[], id: string): Markup {
  const selection = select(operations, events);
  const shown = selection.emphasised.size > 0;
  return el(
    'article',
    { class: 'anomaly' },
    el('h4', {}, name),
    el('pre', { class: 'story' }, text.length <= 4000 ? text : `${text.slice(0, 4000)}…`),
    shown ? laneDiagram(selection, `lanes-${id}`) : undefined,
    shown ? leftOut(selection) : undefined,
    shown ? callTable(selection) : undefined,
  );
}

function leftOut({ leftOut, emphasisedLeftOut }: Selection): Markup | undefined {
  const parts = [
    emphasisedLeftOut > 0
      ? counted(emphasisedLeftOut, 'further call of the anomaly', 'further calls of the anomaly')
      : '',
    leftOut > 0 ? counted(leftOut, 'other call on these keys', 'other calls on these keys') : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? undefined : el('p', { class: 'note' }, `Not shown: ${parts.join(', ')}.`);
}

const COLUMNS = [
  { name: 'event', number: true },
  { name: 'process', number: true },
  { name: 'node' },
  { name: 'call', long: true },
  { name: 'outcome', long: true },
  { name: 'start', number: true },
  { name: 'duration', number: true },
  { name: 'revision', number: true },
];

function callTable({ operations, emphasised }: Selection): Markup {
  const rows = operations.map((each) => ({ cells: callCells(each), emphasised: emphasised.has(each) }));
  const name = 'The calls as a table';
  return el('details', {}, el('summary', {}, name), table(name, COLUMNS, rows));
}

function callCells(operation: Operation): Child[] {
  const { invoked, process, call, answer, outcome, start, end } = operation;
  const error = answer?.error === undefined ? '' : ` (${valueLine(answer.error)})`;
  const duration = end === undefined ? '–' : span(end - start);
  const node = call.node ?? answer?.node;
  return [invoked, process, node, textOf(operation), outcome + error, moment(start), duration, answer?.revision];
}

function valueLine(text: string): string {
  const line = text.replaceAll('\n', ' ');
  return line.length <= 300 ? line : `${line.slice(0, 299)}…`;
}
