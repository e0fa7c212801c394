import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderTable } from '../../../src/cli/output/table.js';
import { atExit } from '../../support/at-exit.js';
import { positiveNumberOf, runProgram, textOf, wholeNumberOf } from '../../support/program.js';
import { validOf } from '../history/summary.js';
import type { RunSummary } from '../history/summary.js';
import { partOf, planOf, titleOf } from './plan.js';
import type { PlannedRun } from './plan.js';
import { currentCommit } from './settings.js';

// `make jepsen-all`: the matrix. Each run is a process of its own, with its output in a file. WORKLOADS='NAME NAME' and
// NEMESES='NAME NAME' run their product in place of the standing plan; RESUME=1 leaves out what was valid on this commit before;
// PART=2/3 runs every third from the second on.
// The results are in matrix.json, and each run's summary in its own folder, from which `make jepsen-faults` makes its page.

/** Start, last reads and checks of a run, in s. */
const OVERHEAD_S = 12;
const DEFAULT_SECONDS = 60;
/** A run that takes longer than its time and this is ended, in s. */
const GRACE_S = 300;
/** One that does not end then, because a checker is at work, is killed after this time, in s. */
const KILL_S = 60;

interface Result {
  readonly title: string;
  readonly folder: string | undefined;
  readonly summary: RunSummary | undefined;
  readonly seconds: number;
}

await runProgram('make jepsen-all', async () => {
  const seconds = positiveNumberOf('TIME') ?? DEFAULT_SECONDS;
  const seed = wholeNumberOf('SEED') ?? 1;
  const out = textOf('OUT') ?? 'test/jepsen/out';
  mkdirSync(out, { recursive: true });
  const { runs: planned, left } = planOf({
    workloads: textOf('WORKLOADS')?.split(' '),
    nemeses: textOf('NEMESES')?.split(' '),
    variables: sharedVariables(),
  });
  for (const { run, reason } of left) console.log(`left out: ${titleOf(run)}: ${reason}`);
  const done = textOf('RESUME') === undefined ? new Set<string>() : validBefore(out);
  const part = partOf(planned, textOf('PART') ?? '1/1');
  const runs = part.filter((run) => !done.has(titleOf(run)));
  if (done.size > 0) console.log(`${part.length - runs.length} runs were valid on this commit before`);
  console.log(`${runs.length} runs of ${seconds} s: about ${duration(runs.length * (seconds + OVERHEAD_S))}`);
  const results: Result[] = [];
  for (const [at, run] of runs.entries()) {
    const result = await runOne(run, { seconds, seed: seed + at, out });
    results.push(result);
    const left = (runs.length - at - 1) * (results.reduce((sum, each) => sum + each.seconds, 0) / results.length);
    console.log(`[${at + 1}/${runs.length}] ${lineOf(result)}; ${duration(left)} left`);
    writeFileSync(join(out, 'matrix.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  }
  console.log(tableOf(results));
  const passed = results.filter(({ summary }) => summary !== undefined && validOf(summary) === true).length;
  console.log(`${passed} passed, ${results.length - passed} failed`);
  return passed === results.length ? 0 : 1;
});

/** Variables that are given for the whole matrix. */
function sharedVariables(): Record<string, string> {
  const names = ['NODES', 'TARGET', 'ETCD', 'NET', 'TLS', 'AUTH', 'RPC_HOST', 'FLAGS'];
  return Object.fromEntries(names.flatMap((name) => (textOf(name) === undefined ? [] : [[name, textOf(name) ?? '']])));
}

async function runOne(
  run: PlannedRun,
  { seconds, seed, out }: { readonly seconds: number; readonly seed: number; readonly out: string },
): Promise<Result> {
  const beganMs = performance.now();
  const main = new URL('main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { ...process.env, ...run, TIME: String(seconds), SEED: String(seed), OUT: out },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const forget = atExit(() => child.kill('SIGTERM'));
  const timers = [
    setTimeout(() => child.kill('SIGTERM'), (seconds + GRACE_S) * 1000),
    setTimeout(() => child.kill('SIGKILL'), (seconds + GRACE_S + KILL_S) * 1000),
  ];
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  for (const timer of timers) clearTimeout(timer);
  forget();
  const folder = /^.* report: (.*)\/index\.html$/m.exec(text)?.[1];
  const title = titleOf(run);
  if (folder === undefined) console.log(`${title}:\n${text.split('\n').slice(-20).join('\n')}`);
  return { title, folder, summary: summaryIn(folder), seconds: (performance.now() - beganMs) / 1000 };
}

function summaryIn(folder: string | undefined): RunSummary | undefined {
  if (folder === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as RunSummary;
  } catch {
    return undefined; // the run did not end
  }
}

/** The titles of the runs in a folder that were valid on the present commit. */
function validBefore(out: string): Set<string> {
  const commit = currentCommit();
  const summaries = readdirSync(out).map((name) => summaryIn(join(out, name)));
  const valid = summaries.filter((each) => each?.commit === commit && validOf(each) === true);
  return new Set(valid.flatMap((each) => (each === undefined ? [] : [titleOf(variablesOf(each))])));
}

/** The variables that make a run again, apart from its time and seed. */
function variablesOf({ workload, nemesis, nodes, target, net, options }: RunSummary): PlannedRun {
  return {
    WORKLOAD: workload,
    NEMESIS: nemesis,
    ...(nodes !== 3 && { NODES: String(nodes) }),
    ...(target !== 'raftkv' && { TARGET: target }),
    ...(net !== 'proxy' && { NET: net }),
    ...(options['tls'] === true && { TLS: '1' }),
    ...(options['auth'] === true && { AUTH: '1' }),
    ...(options['rpcHost'] !== undefined && { RPC_HOST: String(options['rpcHost']) }),
    ...(options['flags'] !== undefined && { FLAGS: String(options['flags']) }),
  };
}

function lineOf({ title, summary, seconds, folder }: Result): string {
  const took = `${Math.round(seconds)} s`;
  if (summary === undefined) return `FAILED ${title}: no result (${took})`;
  const { ok, failed, unknown, faults } = summary;
  const counts = `${ok} ok, ${failed} failed, ${unknown} unknown, ${faults} faults (${took})`;
  if (validOf(summary) === true) return `valid ${title}: ${counts}`;
  return `INVALID ${title}: ${problems(summary)}; ${counts}; ${folder}`;
}

function problems({ verdicts, error }: RunSummary): string {
  const wrong = verdicts
    .filter(({ valid }) => valid !== true)
    .map(({ checker, valid }) => {
      return valid === 'unknown' ? `${checker} undecided` : checker;
    });
  return [...(error === undefined ? [] : [error.split('\n')[0]]), ...wrong].join(', ');
}

function tableOf(results: readonly Result[]): string {
  const head = ['RUN', 'VERDICT', 'OK', 'FAILED', 'UNKNOWN', 'FAULTS', 'OK/S IN FAULTS', 'LONGEST GAP', 'FIRST WRITE'];
  const rows = results.map(({ title, summary }) => {
    if (summary === undefined) return [title, 'FAILED', '', '', '', '', '', '', ''];
    const { ok, failed, unknown, faults, okPerSecondDuringFaults, longestGapMs, healToFirstWriteMs } = summary;
    const verdict = validOf(summary) === true ? 'valid' : problems(summary).slice(0, 40);
    const first = healToFirstWriteMs.length === 0 ? '' : `${Math.max(...healToFirstWriteMs)} ms`;
    const counts = [ok, failed, unknown, faults].map(String);
    return [title, verdict, ...counts, String(okPerSecondDuringFaults ?? ''), `${longestGapMs} ms`, first];
  });
  return renderTable(head, rows);
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
