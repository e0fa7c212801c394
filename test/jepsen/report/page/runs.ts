import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../support/program.js';
import { readHistory } from '../../history/history.js';
import { validOf, type RunSummary } from '../../history/summary.js';

/** Anomalies of a checker, and characters of each text, that are kept of a run. The report of the run has all. */
const ANOMALIES_MAX = 3;
const TEXT_MAX = 300;

/** Summaries that were kept, one a line, oldest first. @throws UsageError that names the line */
export function readKept(path: string): RunSummary[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, at) => (line === '' ? [] : [parsed(line, `${path}:${at + 1}`)]));
}

export function writeKept(path: string, runs: readonly RunSummary[]): void {
  writeFileSync(path, runs.map((run) => `${JSON.stringify(withoutStack(run))}\n`).join(''));
}

/** A stack names the folders of the machine. */
function withoutStack(run: RunSummary): RunSummary {
  return run.error === undefined ? run : { ...run, error: run.error.split('\n', 1)[0] ?? '' };
}

/** The summaries in the folders of runs, and the folders without one: their runs were interrupted, or go on. */
export function readFresh(folders: readonly string[]): { runs: RunSummary[]; unfinished: string[] } {
  const runs: RunSummary[] = [];
  const unfinished: string[] = [];
  for (const folder of folders) {
    const names = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
    for (const entry of names.filter((each) => each.isDirectory())) {
      const path = join(folder, entry.name, 'summary.json');
      if (existsSync(path))
        runs.push(withBusyHeals(parsed(readFileSync(path, 'utf8'), path), join(folder, entry.name)));
      else unfinished.push(entry.name);
    }
  }
  return { runs, unfinished };
}

/** Summaries without the times of heals on a busy machine have them in their history: each heal has a first write there. */
function withBusyHeals(run: RunSummary, folder: string): RunSummary {
  const path = join(folder, 'history.jsonl');
  if (run.healsNotMeasured === undefined || run.busyHealToFirstWriteMs !== undefined || !existsSync(path)) return run;
  const quiet = [...run.healToFirstWriteMs];
  const busy: number[] = [];
  for (const { process, f, value } of readHistory(path).events) {
    if (process !== 'cluster' || f !== 'first-write') continue;
    const { ms } = value as { readonly ms: number };
    const at = quiet.indexOf(ms);
    if (at === -1) busy.push(ms);
    else quiet.splice(at, 1);
  }
  return { ...run, busyHealToFirstWriteMs: busy };
}

function parsed(text: string, where: string): RunSummary {
  let value: Partial<RunSummary>;
  try {
    value = JSON.parse(text) as Partial<RunSummary>;
  } catch {
    throw new UsageError(`${where}: no JSON`);
  }
  if (value.format !== 'raftkv-jepsen-summary' || value.version !== 1)
    throw new UsageError(`${where}: no summary of a run`);
  return value as RunSummary;
}

/** A run of sources that are no commit, or of another program, cannot be made again, and so proves nothing to others. */
export function isOfCommit({ commit, options }: RunSummary): boolean {
  return options['program'] === undefined && /^[0-9a-f]{7,40}$/.test(commit);
}

/** Both lists without doubles, in the order of their starts. What was kept of an anomaly is cut. */
export function merged(kept: readonly RunSummary[], fresh: readonly RunSummary[]): RunSummary[] {
  const runs = new Map<string, RunSummary>();
  for (const run of [...kept, ...fresh]) runs.set(`${run.started} ${run.workload} ${run.nemesis}`, shortened(run));
  return [...runs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, run]) => run);
}

function shortened(run: RunSummary): RunSummary {
  const verdicts = run.verdicts.map((verdict) => ({
    ...verdict,
    anomalies: verdict.anomalies
      .slice(0, ANOMALIES_MAX)
      .map(({ name, text }) => ({ name, text: text.slice(0, TEXT_MAX) })),
  }));
  return { ...run, verdicts };
}

/** Cells of the matrix differ in all that a run is asked for, except for its seed and its length. */
export function cellOf({ workload, nemesis, nodes, target, net, options }: RunSummary): string {
  return JSON.stringify([
    workload,
    nemesis,
    nodes,
    target,
    net,
    Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

export interface Standing {
  /** The last run of each cell. */
  readonly last: readonly RunSummary[];
  /** Earlier runs of a cell that were not valid. */
  readonly replaced: readonly RunSummary[];
}

export function standingOf(runs: readonly RunSummary[]): Standing {
  const last = new Map<string, RunSummary>();
  for (const run of runs) last.set(cellOf(run), run);
  const current = new Set(last.values());
  return { last: [...current], replaced: runs.filter((run) => !current.has(run) && validOf(run) !== true) };
}
