import { seededRandom } from '../../src/util/random.js';
import { positiveNumberOf, runProgram, textOf, UsageError, wholeNumberOf } from '../support/program.js';
import { TARGETS, type Target } from './targets.js';

// `make fuzz`: feeds random input to the code that reads untrusted bytes. SEED= sets the first seed; RUNS= the number of runs
// of each target, or MINUTES= the time of all targets together; ONLY= selects one target.

const RUNS = 300;

await runProgram('make fuzz', async () => {
  const only = textOf('ONLY');
  const targets = TARGETS.filter(({ name }) => only === undefined || name === only);
  if (targets.length === 0) {
    throw new UsageError(
      `ONLY=${only}: there is no such target. There are ${TARGETS.map(({ name }) => name).join(', ')}`,
    );
  }
  const seed = wholeNumberOf('SEED') ?? 1;
  const minutes = positiveNumberOf('MINUTES');
  const runs = wholeNumberOf('RUNS', 1) ?? (minutes === undefined ? RUNS : Infinity);
  const limitMs = minutes === undefined ? Infinity : (minutes * 60_000) / targets.length;
  let failures = 0;
  for (const target of targets) if (!(await isSound(target, { seed, runs, limitMs }))) failures += 1;
  console.log(`${targets.length - failures} passed, ${failures} failed`);
  return failures === 0 ? 0 : 1;
});

interface Range {
  readonly seed: number;
  readonly runs: number;
  readonly limitMs: number;
}

async function isSound({ name, run }: Target, { seed, runs, limitMs }: Range): Promise<boolean> {
  const began = performance.now();
  let done = 0;
  for (; done < runs && performance.now() - began < limitMs; done += 1) {
    try {
      await run(seededRandom(seed + done));
    } catch (error) {
      console.log(`FAIL  ${name}: make fuzz ONLY=${name} SEED=${seed + done} RUNS=1`);
      console.log(error instanceof Error ? error.stack : String(error));
      return false;
    }
  }
  console.log(`ok    ${name}: ${done} runs, ${Math.round((performance.now() - began) / 1000)} s`);
  return true;
}
