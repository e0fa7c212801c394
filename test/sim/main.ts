import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { positiveNumberOf, runProgram, textOf, wholeNumberOf } from '../support/program.js';
import { bundleSimulator, type Bundle } from './bundle.js';
import { optionsOf } from './environment.js';
import { Pool } from './pool.js';
import { Tally } from './tally.js';

// `make sim SEED=… SEEDS=…`: SEEDS runs, one per seed, from SEED on. Further variables: MINUTES= runs for that time
// instead, JOBS= processes (default: one per core), TRACE=1 prints every event of one seed, OPTIONS= overrides its
// options (JSON).

interface Wanted {
  readonly seed: number;
  /** Number of runs; Infinity if the time limits them. */
  readonly seeds: number;
  readonly minutes: number | undefined;
  readonly jobs: number;
  readonly trace: boolean;
}

await runProgram('make sim', async () => {
  const wanted = whatIsWanted();
  const bundle = await bundleSimulator();
  try {
    return wanted.trace ? trace(bundle, wanted) : await many(bundle, wanted);
  } finally {
    bundle.remove();
  }
});

/** @throws UsageError */
function whatIsWanted(): Wanted {
  const given = wholeNumberOf('SEED');
  const seed = given ?? 1;
  const minutes = positiveNumberOf('MINUTES');
  const seeds = wholeNumberOf('SEEDS', 1) ?? (minutes !== undefined ? Infinity : given === undefined ? 100 : 1);
  const jobs = Math.min(wholeNumberOf('JOBS', 1) ?? availableParallelism(), seeds);
  // Invalid options are reported before anything runs.
  optionsOf(seed);
  return { seed, seeds, minutes, jobs, trace: textOf('TRACE') !== undefined };
}

async function many(bundle: Bundle, { seed, seeds, minutes, jobs }: Wanted): Promise<number> {
  const tally = new Tally();
  const endMs = minutes === undefined ? Infinity : performance.now() + minutes * 60_000;
  let next = seed;
  const pool = new Pool({ program: bundle.file, jobs });
  await pool.runAll({
    next: () => (next < seed + seeds && performance.now() < endMs ? optionsOf(next++) : undefined),
    onDone: (done) => {
      tally.add(done);
      const { violation } = done.result;
      if (violation !== undefined) console.log(failureText(done.seed, violation));
    },
  });
  pool.close();
  console.log(tally.text());
  return tally.failed === 0 ? 0 : 1;
}

function trace(bundle: Bundle, { seed }: Wanted): number {
  const { status } = spawnSync(
    process.execPath,
    ['--enable-source-maps', bundle.file, JSON.stringify([optionsOf(seed)])],
    { stdio: 'inherit' },
  );
  return status ?? 1;
}

function failureText(failed: number, violation: string): string {
  const options = textOf('OPTIONS');
  const replay = `make sim SEED=${failed} TRACE=1${options === undefined ? '' : ` OPTIONS='${options}'`}`;
  return `seed ${failed}: ${violation}\n  replay: ${replay}   (commit ${commit()})`;
}

function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ', with changes');
  } catch (error) {
    return `unknown: ${String(error)}`;
  }
}
