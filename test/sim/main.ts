import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { bundleSimulator } from './bundle.js';
import { numberOf, optionsOf } from './environment.js';
import { Pool } from './pool.js';
import { Tally } from './tally.js';

// `make sim SEED=… SEEDS=…`: so many runs, one a seed, from this seed on. Others: MINUTES= goes on so long instead, JOBS=
// processes (default: one a core), TRACE=1 shows all that happens in one seed, OPTIONS= changes its options (JSON).

const seed = numberOf('SEED') ?? 1;
const minutes = numberOf('MINUTES');
const seeds = numberOf('SEEDS') ?? (minutes !== undefined ? Infinity : numberOf('SEED') === undefined ? 100 : 1);

const bundle = await bundleSimulator();
try {
  process.exitCode = process.env['TRACE'] === undefined ? await many() : trace();
} finally {
  bundle.remove();
}

async function many(): Promise<number> {
  const tally = new Tally();
  const endMs = minutes === undefined ? Infinity : performance.now() + minutes * 60_000;
  let next = seed;
  const jobs = Math.min(numberOf('JOBS') ?? availableParallelism(), seeds);
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

function trace(): number {
  const { status } = spawnSync(
    process.execPath,
    ['--enable-source-maps', bundle.file, JSON.stringify([optionsOf(seed)])],
    { stdio: 'inherit' },
  );
  return status ?? 1;
}

function failureText(failed: number, violation: string): string {
  const options = process.env['OPTIONS'];
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
