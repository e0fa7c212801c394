import type { Table } from '../../../bench/report/tables.js';
import { validOf, type RunSummary } from '../../history/summary.js';
import { count, percent, quantile, short, span } from '../figures.js';
import { HEAL_TIMEOUTS } from '../sections/summary.js';

/** One row for each workload or nemesis. */
export function groupTable(runs: readonly RunSummary[], by: 'workload' | 'nemesis'): Table {
  const names = [...new Set(runs.map((run) => run[by]))].sort();
  return {
    head: [
      by,
      'runs',
      'operations',
      'ok',
      'unknown',
      'ok /s during faults',
      'longest gap',
      'heal → write: median',
      'longest',
      'anomalies',
    ],
    rows: names.map((name) =>
      groupRow(
        name,
        runs.filter((run) => run[by] === name),
      ),
    ),
  };
}

function groupRow(name: string, runs: readonly RunSummary[]): string[] {
  const sum = (field: 'operations' | 'ok' | 'unknown'): number => runs.reduce((total, run) => total + run[field], 0);
  const rates = sorted(runs.flatMap(({ okPerSecondDuringFaults: rate }) => (rate === null ? [] : [rate])));
  const heals = sorted(runs.flatMap(({ healToFirstWriteMs }) => healToFirstWriteMs));
  const [rate, typical] = [quantile(rates, 0.5), quantile(heals, 0.5)];
  return [
    name,
    count(runs.length),
    count(sum('operations')),
    percent(sum('ok'), sum('operations')),
    count(sum('unknown')),
    rate === undefined ? '' : short(rate),
    span(Math.max(...runs.map(({ longestGapMs }) => longestGapMs)) * 1000),
    typical === undefined ? '' : span(typical * 1000),
    heals.length === 0 ? '' : span((heals.at(-1) ?? 0) * 1000),
    verdictText(runs),
  ];
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

/** Shares of heals by the number of election timeouts until the first successful write. */
export function healTable(runs: readonly RunSummary[]): Table {
  const ratios = runs.flatMap((run) => run.healToFirstWriteMs.map((ms) => ms / run.electionTimeoutMs));
  const without = runs.reduce((sum, run) => sum + run.healsWithoutWrite, 0);
  const all = ratios.length + without;
  const bounds = [0.1, 0.5, 1, 2, HEAL_TIMEOUTS];
  const rows = bounds.map((bound) => {
    const own = ratios.filter((ratio) => ratio <= bound).length;
    return [`within ${bound} election timeouts`, count(own), percent(own, all)];
  });
  const late = all - ratios.filter((ratio) => ratio <= HEAL_TIMEOUTS).length;
  const busy = runs.reduce((sum, run) => sum + (run.healsNotMeasured ?? 0), 0);
  return {
    head: ['first write after a heal', 'heals', 'share'],
    rows: [
      ...rows,
      ['later, or never', count(late), percent(late, all)],
      ...(busy === 0 ? [] : [['not measured: the machine was busy with other work', count(busy), '']]),
    ],
  };
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
