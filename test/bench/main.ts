import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireH2load, runCommand } from './command.js';
import { selectGroups } from './groups.js';
import { commitOf, describeMachine, nodeVersion, thisMachine } from './report/machine.js';
import { writePlots } from './report/pages.js';
import { mergeResults, readResults, writeResults } from './report/results.js';
import type { Measured, Results } from './report/results.js';
import { cpuTable, plainText, valueTable } from './report/tables.js';
import { runAll } from './run.js';
import { readSettings } from './settings.js';
import type { Settings } from './settings.js';
import { findSystems } from './systems.js';
import type { System } from './systems.js';

// `make bench`: raftkv beside etcd on this machine, in turn. Its other load changes from minute to minute, so only the
// ratios of a run are meaningful. Settings are variables, see settings.ts; BENCH selects rows.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

await runCommand('bench', async () => {
  const settings = readSettings(process.env);
  const groups = selectGroups(settings.only);
  requireH2load();
  const systems = findSystems(settings);
  const node = nodeVersion(settings.node);
  print(describeMachine(thisMachine()));
  print(`${systems.map(({ label }) => label).join(', ')}; raftkv on Node ${node}, gRPC host ${settings.rpcHost}`);
  const rounds = settings.rounds === 1 ? 'one round' : `${settings.rounds} rounds`;
  const warning = settings.quick ? '; QUICK checks that the bench works, its figures mean nothing' : '';
  print(`${rounds}, loads of ${settings.seconds} s${warning}\n`);
  const measured: Measured[] = [];
  try {
    const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
    await runAll({ groups, systems, settings, onProgress, onMeasured: (row) => measured.push(row) });
  } finally {
    if (measured.length > 0) report(measured, { settings, systems, node });
  }
});

/** Prints the tables and stores the rows; also those before a failure. */
function report(
  measured: readonly Measured[],
  {
    settings,
    systems,
    node,
  }: { readonly settings: Settings; readonly systems: readonly System[]; readonly node: string },
): void {
  const names = Object.fromEntries(systems.map(({ id, label }) => [id, label]));
  print(`\n${plainText(valueTable(measured, names))}`);
  const cpu = cpuTable(measured, names);
  if (cpu.rows.length > 0) print(`\n${plainText(cpu)}`);
  const now = new Date();
  const commit = commitOf(ROOT);
  const stored = {
    at: now.toISOString(),
    ...(commit === undefined ? {} : { commit }),
    rounds: settings.rounds,
    seconds: settings.seconds,
  };
  const results: Results = {
    format: 1,
    machine: thisMachine(),
    node,
    rpcHost: settings.rpcHost,
    systems: names,
    rows: measured.map((each) => ({ ...each, ...stored })),
  };
  const folder = settings.quick ? join(tmpdir(), 'raftkv-bench') : join(ROOT, 'bench/results');
  const kind = `node${node.slice(1).split('.')[0]}${settings.rpcHost === 'native' ? '' : `-${settings.rpcHost}`}`;
  const file = join(folder, `${now.toISOString().slice(0, 10)}-${kind}.json`);
  const merged = mergeResults(readResults(file), results);
  writeResults(file, merged);
  const plots = writePlots(merged, join(folder, kind));
  print(`\nwritten: ${[file, ...plots].join(', ')}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
