import { runOnce } from './framework/runner.js';
import { TARGETS } from './targets.js';

// A part of the runs of `make fuzz`, with fixed seeds.
describe('fuzzing', () => {
  for (const { name, run, runsInTest } of TARGETS) {
    it(`finds nothing in ${runsInTest} runs of ${name}`, async () => {
      for (let seed = 1; seed <= runsInTest; seed += 1) {
        try {
          await runOnce(run, seed);
        } catch (error) {
          throw new Error(`make fuzz ONLY=${name} SEED=${seed} RUNS=1`, { cause: error });
        }
      }
    });
  }
});
