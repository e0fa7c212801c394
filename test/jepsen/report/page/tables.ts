import type { Table } from '../../../bench/report/tables.js';
import { validOf, type RunSummary } from '../../history/summary.js';
import { count, counted, percent, quantile, short, span } from '../figures.js';
import { nemesesByKind } from './drawing.js';

/** What calls found while faults were active: a row for each fault, by kind. */
export function availabilityTable(runs: readonly RunSummary[]): Table {
  return {
    head: [
      'kind',
      'fault',
      'runs',
      'faults',
      'ok /s during faults',
      'lowest',
      'ok /s of whole runs',
      'longest gap: median',
      'longest',
      'anomalies',
    ],
    rows: nemesesByKind(runs).flatMap(({ kind, names }) =>
      names.map((name, at) => {
        const own = runs.filter(({ nemesis }) => nemesis === name);
        return [at === 0 ? `**${kind}**` : '', name, ...availabilityCells(own)];
      }),
    ),
  };
}

function availabilityCells(runs: readonly RunSummary[]): string[] {
  const during = sorted(runs.flatMap(({ okPerSecondDuringFaults: rate }) => (rate === null ? [] : [rate])));
  const whole = sorted(runs.map(({ ok, seconds }) => ok / Math.max(1, seconds)));
  const gaps = sorted(runs.map(({ longestGapMs }) => longestGapMs));
  const rate = (value: number | undefined): string => (value === undefined ? '' : short(value));
  const time = (ms: number | undefined): string => (ms === undefined ? '' : span(ms * 1000));
  return [
    count(runs.length),
    count(sumOf(runs, 'faults')),
    rate(quantile(during, 0.5)),
    rate(during[0]),
    rate(quantile(whole, 0.5)),
    time(quantile(gaps, 0.5)),
    time(gaps.at(-1)),
    verdictText(runs),
  ];
}

/** A row for each workload. */
export function workloadTable(runs: readonly RunSummary[]): Table {
  const names = [...new Set(runs.map(({ workload }) => workload))].sort();
  return {
    head: ['workload', 'runs', 'faults of', 'operations', 'ok', 'failed', 'unknown', 'anomalies'],
    rows: names.map((name) => {
      const own = runs.filter(({ workload }) => workload === name);
      const nemeses = new Set(own.map(({ nemesis }) => nemesis).filter((nemesis) => nemesis !== 'none'));
      return [
        name,
        count(own.length),
        counted(nemeses.size, 'kind'),
        count(sumOf(own, 'operations')),
        percent(sumOf(own, 'ok'), sumOf(own, 'operations')),
        percent(sumOf(own, 'failed'), sumOf(own, 'operations')),
        count(sumOf(own, 'unknown')),
        verdictText(own),
      ];
    }),
  };
}

/** What ran on which commit, a row for each sitting: target, commit, day. */
export function commitTable(runs: readonly RunSummary[]): Table {
  const sittingOf = ({ target, commit, started }: RunSummary): string =>
    `${target} ${commit.slice(0, 10)} ${started.slice(0, 10)}`;
  const sittings = [...new Set(runs.map(sittingOf))];
  return {
    head: ['system', 'commit', 'day', 'runs', 'load', 'operations', 'ok', 'unknown', 'faults', 'anomalies'],
    rows: sittings.map((sitting) => {
      const own = runs.filter((run) => sittingOf(run) === sitting);
      const [target = '', commit = '', day = ''] = sitting.split(' ');
      return [
        target,
        `\`${commit}\``,
        day,
        count(own.length),
        span(sumOf(own, 'seconds') * 1e6),
        count(sumOf(own, 'operations')),
        percent(sumOf(own, 'ok'), sumOf(own, 'operations')),
        count(sumOf(own, 'unknown')),
        count(sumOf(own, 'faults')),
        verdictText(own),
      ];
    }),
  };
}

/** `0`, or what was found. */
function verdictText(runs: readonly RunSummary[]): string {
  const names = runs.flatMap((run) => run.verdicts.flatMap(({ anomalies }) => anomalies.map(({ name }) => name)));
  const undecided = runs.filter((run) => validOf(run) === 'unknown').length;
  const failed = runs.filter(({ error }) => error !== undefined).length;
  const parts = [
    names.length === 0 ? '0' : [...new Set(names)].join(', '),
    ...(undecided === 0 ? [] : [`${undecided} undecided`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ];
  return parts.join('; ');
}

/** Runs that were not valid, each with the reason. */
export function brokenTable(runs: readonly RunSummary[]): Table {
  return {
    head: ['run', 'commit', 'seed', 'what'],
    rows: runs.map((run) => {
      const { workload, nemesis, target, commit, seed, verdicts, error } = run;
      const anomalies = verdicts.flatMap(({ checker, anomalies }) =>
        anomalies.map(({ name }) => `${checker}: ${name}`),
      );
      const undecided = verdicts
        .filter(({ valid }) => valid === 'unknown')
        .map(({ checker }) => `${checker} could not decide`);
      const reasons = [
        ...new Set([...anomalies, ...undecided, ...(error === undefined ? [] : [error.split('\n', 1)[0] ?? ''])]),
      ];
      const name = `${workload} × ${nemesis}${target === 'raftkv' ? '' : ` on ${target}`}`;
      return [name, commit.slice(0, 10), String(seed), reasons.join('; ').replaceAll('|', '\\|')];
    }),
  };
}

/** A row for each combination of members, net and options. */
export function dimensionTable(runs: readonly RunSummary[]): Table {
  const nameOf = ({ target, nodes, net, options }: RunSummary): string => {
    const extra = Object.entries(options).map(([name, value]) => `${name}=${String(value)}`);
    return [target, `${nodes} members`, net, ...extra].join(', ');
  };
  const names = [...new Set(runs.map(nameOf))].sort();
  return {
    head: ['members and settings', 'runs', 'load', 'operations', 'not valid'],
    rows: names.map((name) => {
      const own = runs.filter((run) => nameOf(run) === name);
      const seconds = own.reduce((sum, run) => sum + run.seconds, 0);
      const operations = own.reduce((sum, run) => sum + run.operations, 0);
      return [
        name,
        count(own.length),
        span(seconds * 1e6),
        count(operations),
        count(own.filter((run) => validOf(run) !== true).length),
      ];
    }),
  };
}

function sumOf(
  runs: readonly RunSummary[],
  field: 'seconds' | 'operations' | 'ok' | 'failed' | 'unknown' | 'faults',
): number {
  return runs.reduce((total, run) => total + run[field], 0);
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
