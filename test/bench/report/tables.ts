import { format } from '../run.js';
import type { Sample } from '../scenario.js';
import { medianOf, type Measured } from './results.js';
import { boundText, judge } from './verdict.js';

/** A head and rows of the same length. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const MET = { aim: 'aim', must: 'must', no: 'NO' } as const;

/** Values, ratios and targets. @param systems names by id */
export function valueTable(measured: readonly Measured[], systems: Readonly<Record<string, string>>): Table {
  const ids = Object.keys(systems);
  return {
    head: ['work', ...ids.map((id) => systems[id] ?? id), 'ratio', 'must', 'aim', 'met?'],
    rows: measured.map((each) => {
      const { row, samples } = each;
      const { ratio, met } = judge(each);
      return [
        row.title,
        ...ids.map((id) => valueText(samples[id], row.unit)),
        ratio === undefined ? '' : ratio.toFixed(2),
        boundText(row, row.must),
        boundText(row, row.aim),
        met === undefined ? '' : MET[met],
      ];
    }),
  };
}

/** Processor time of an operation, for the rows that have it. */
export function cpuTable(measured: readonly Measured[], systems: Readonly<Record<string, string>>): Table {
  const ids = Object.keys(systems);
  const rows = measured.filter(({ samples }) => samples['raftkv']?.some(({ cpu }) => cpu !== undefined) === true);
  return {
    head: ['CPU, µs an operation', ...ids.flatMap((id) => [`${systems[id] ?? id}: leader`, 'a follower'])],
    rows: rows.map(({ row, samples }) => [
      row.title,
      ...ids.flatMap((id) => {
        const cpu = samples[id] === undefined ? undefined : medianOf(samples[id]).cpu;
        return [cpu?.leaderUs, cpu?.followerUs].map((us) => us?.toFixed(1) ?? '');
      }),
    ]),
  };
}

function valueText(samples: readonly Sample[] | undefined, unit: string): string {
  if (samples === undefined) return '';
  return `${format(medianOf(samples).value)}${unit === '/s' || unit === '×' ? '' : ' '}${unit}`;
}

/** For a terminal: the first column to the left, the others to the right. */
export function plainText({ head, rows }: Table): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => (cells[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('──'), ...rows.map(line)].join('\n');
}

/** For a page. */
export function markdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = line(head.map((_, column) => (column === 0 ? '---' : '--:')));
  return [line(head), rule, ...rows.map(line)].join('\n');
}
