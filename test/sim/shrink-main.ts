import { availableParallelism } from 'node:os';
import { runProgram, UsageError, wholeNumberOf } from '../support/program.js';
import { bundleSimulator } from './bundle.js';
import { optionsOf } from './environment.js';
import { drawOptions, type SimOptions } from './options.js';
import { differences } from './overrides.js';
import { Pool } from './pool.js';
import { shrink, type Shrunk } from './shrink.js';

// `make sim-shrink SEED=…` (OPTIONS= as for `make sim`): searches for the simplest run with the same failure.

await runProgram('make sim-shrink', async () => {
  const seed = wholeNumberOf('SEED');
  if (seed === undefined) throw new UsageError('which seed? make sim-shrink SEED=…');
  const start = optionsOf(seed);
  const jobs = wholeNumberOf('JOBS', 1) ?? availableParallelism();
  const bundle = await bundleSimulator();
  const pool = new Pool({ program: bundle.file, jobs });
  try {
    const shrunk = await shrink({
      pool,
      start,
      onStep: (options, violation) => console.log(`${summary(options)}: ${violation.split('\n')[0] ?? ''}`),
    });
    if (shrunk !== undefined) return tell(shrunk);
    console.log(`seed ${seed} passes: there is nothing to shrink`);
    return 0;
  } finally {
    pool.close();
    bundle.remove();
  }
});

function tell({ options, violation, runs }: Shrunk): number {
  const overrides = JSON.stringify(differences(drawOptions(options.seed), options));
  console.log(`\nafter ${runs} runs: ${violation}\n`);
  console.log(JSON.stringify(options, undefined, 2));
  console.log(`\nreplay: make sim SEED=${options.seed} TRACE=1 OPTIONS='${overrides}'`);
  return 1;
}

function summary({ members, clients, keys, stormMs, faults, operations }: SimOptions): string {
  const kinds = [...Object.keys(faults), ...Object.keys(operations)];
  return `${members} members, ${clients} clients, ${keys} keys, ${stormMs} ms, ${kinds.join(' ') || 'no faults'}`;
}
