import { availableParallelism } from 'node:os';
import { bundleSimulator } from './bundle.js';
import { numberOf, optionsOf } from './environment.js';
import { drawOptions, type SimOptions } from './options.js';
import { differences } from './overrides.js';
import { Pool } from './pool.js';
import { shrink } from './shrink.js';

// `make sim-shrink SEED=…` (OPTIONS= as for `make sim`): looks for the simplest run that fails like this one.

const seed = numberOf('SEED');
if (seed === undefined) throw new RangeError('which seed? make sim-shrink SEED=…');

const bundle = await bundleSimulator();
const pool = new Pool({ program: bundle.file, jobs: numberOf('JOBS') ?? availableParallelism() });
try {
  const shrunk = await shrink({
    pool,
    start: optionsOf(seed),
    onStep: (options, violation) => console.log(`${summary(options)}: ${violation.split('\n')[0] ?? ''}`),
  });
  if (shrunk === undefined) {
    console.log(`seed ${seed} passes: there is nothing to shrink`);
  } else {
    const { options, violation, runs } = shrunk;
    const overrides = JSON.stringify(differences(drawOptions(options.seed), options));
    console.log(`\nafter ${runs} runs: ${violation}\n`);
    console.log(JSON.stringify(options, undefined, 2));
    console.log(`\nreplay: make sim SEED=${options.seed} TRACE=1 OPTIONS='${overrides}'`);
    process.exitCode = 1;
  }
} finally {
  pool.close();
  bundle.remove();
}

function summary({ members, clients, keys, stormMs, faults, operations }: SimOptions): string {
  const kinds = [...Object.keys(faults), ...Object.keys(operations)];
  return `${members} members, ${clients} clients, ${keys} keys, ${stormMs} ms, ${kinds.join(' ') || 'no faults'}`;
}
