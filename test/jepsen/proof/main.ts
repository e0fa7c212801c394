import { runProgram, textOf, UsageError, wholeNumberOf } from '../../support/program.js';
import type { RunSummary } from '../history/summary.js';
import { Run } from '../run/run.js';
import { settingsOf, type RunSettings } from '../run/settings.js';
import { runKey, type Defect, type ProvingRun } from './defect.js';
import { DEFECTS } from './defects.js';
import { plant, removePlanted, runsOf } from './planted-build.js';

// `make jepsen-proof`: starts servers with one planted bug each, and checks that the workload that is meant for it finds it. First
// the same run with the plain build, whose anomalies would prove nothing. ONLY='NAME NAME' selects some bugs, SEED= sets the
// first seed, SEEDS= how many a bug may survive; KEEP=1 keeps builds and runs in .tmp/jepsen-planted; VERBOSE=1 shows each run.

const SEEDS = 3;
const PLAIN = 'none';
/** Checkers whose verdict depends on the speed of the machine. The proof is not about them. */
const TIMED: readonly string[] = ['recovery'];

await runProgram('make jepsen-proof', async () => {
  const defects = chosen(textOf('ONLY')?.split(' '));
  const first = wholeNumberOf('SEED') ?? 1;
  const seeds = wholeNumberOf('SEEDS', 1) ?? SEEDS;
  const clean = new Map<string, boolean>();
  let missed = 0;
  for (const defect of defects) {
    const key = runKey(defect.run);
    if (!clean.has(key)) clean.set(key, await isClean(defect.run, first));
    const found = clean.get(key) === true && (await isFound(defect, { first, seeds }));
    if (!found) missed += 1;
  }
  console.log(`${defects.length - missed} of ${defects.length} planted bugs found`);
  return missed === 0 ? 0 : 1;
});

function chosen(only: readonly string[] | undefined): readonly Defect[] {
  const names = DEFECTS.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown === undefined) return DEFECTS.filter(({ name }) => only?.includes(name) !== false);
  throw new UsageError(`ONLY=${unknown}: there is no such bug. These can be planted: ${names.join(' ')}`);
}

/** Whether the plain build is valid in the run in which a bug is to be found. */
async function isClean(run: ProvingRun, seed: number): Promise<boolean> {
  try {
    const { summary, seconds } = await outcome(PLAIN, run, { seed, program: plant(PLAIN, []) });
    const wrong = problemsOf(summary, TIMED);
    if (wrong.length === 0)
      console.log(`ok    plain build: ${titleOf(run)}: ${summary.operations} operations, ${seconds} s`);
    else console.log(`FAIL  plain build: ${titleOf(run)}, seed ${seed}: ${wrong.join('; ')}`);
    return wrong.length === 0;
  } finally {
    clear(PLAIN);
  }
}

async function isFound(defect: Defect, range: { readonly first: number; readonly seeds: number }): Promise<boolean> {
  const { name, story, patches, run } = defect;
  const others: string[] = [];
  try {
    const program = plant(name, patches);
    for (let seed = range.first; seed < range.first + range.seeds; seed += 1) {
      const { summary, seconds } = await outcome(name, run, { seed, program });
      const caught = anomalyOf(summary, run);
      if (caught !== undefined) {
        console.log(`ok    ${name}: ${titleOf(run)}, seed ${seed}, ${seconds} s: ${caught}`);
        return true;
      }
      others.push(...problemsOf(summary).map((problem) => `seed ${seed}: ${problem}`));
    }
    const seen = others.length === 0 ? '' : ` (other problems: ${others.slice(0, 3).join('; ')})`;
    console.log(`FAIL  ${name} survives ${range.seeds} runs of ${titleOf(run)}: ${story}${seen}`);
    return false;
  } finally {
    clear(name);
  }
}

async function outcome(
  build: string,
  { workload, nemesis, seconds, auth, nodes = 3, flags = [] }: ProvingRun,
  { seed, program }: { readonly seed: number; readonly program: string },
): Promise<{ readonly summary: RunSummary; readonly seconds: number }> {
  const settings: RunSettings = {
    ...settingsOf({}),
    ...{ workload, nemesis, seconds, nodes, seed, program, flags },
    auth: auth === true,
    out: runsOf(build),
  };
  const began = performance.now();
  const verbose = textOf('VERBOSE') !== undefined;
  const { summary } = await new Run(settings, (line) => void (verbose && console.log(`      ${line}`))).run();
  return { summary, seconds: Math.round((performance.now() - began) / 1000) };
}

/** The first anomaly of a checker that is meant for the bug. */
function anomalyOf({ verdicts, error }: RunSummary, { checkers, failure }: ProvingRun): string | undefined {
  if (error !== undefined && failure?.test(error) === true) return `the run fails: ${firstLine(error)}`;
  const [found] = verdicts.filter(({ checker, valid }) => valid === false && checkers.includes(checker));
  if (found === undefined) return undefined;
  const [anomaly] = found.anomalies;
  return `${found.checker} finds ${anomaly === undefined ? 'an anomaly' : `${anomaly.name}: ${firstLine(anomaly.text)}`}`;
}

function problemsOf({ verdicts, error }: RunSummary, except: readonly string[] = []): string[] {
  const wrong = verdicts
    .filter(({ checker, valid }) => valid !== true && !except.includes(checker))
    .map(({ checker, valid, anomalies }) => {
      const what =
        valid === 'unknown' ? 'could not decide' : anomalies.map(({ name, text }) => `${name}: ${firstLine(text)}`)[0];
      return `${checker}: ${what ?? 'invalid'}`;
    });
  return error === undefined ? wrong : [`the run failed: ${firstLine(error)}`, ...wrong];
}

function titleOf({ workload, nemesis }: ProvingRun): string {
  return `${workload} × ${nemesis}`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 200) ?? '';
}

function clear(name: string): void {
  if (textOf('KEEP') === undefined) removePlanted(name);
}
