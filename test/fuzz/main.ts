import { positiveNumberOf, runProgram, textOf, UsageError, wholeNumberOf } from '../support/program.js';
import { Coverage } from './framework/coverage.js';
import { coverageReport } from './framework/coverage-report.js';
import { areaOf } from './framework/decoders.js';
import type { Report } from './framework/runner.js';

// `make fuzz`: feeds random input to the code that reads untrusted bytes. SEED= sets the first seed; RUNS= the number of runs
// of each target, INPUTS= the number of its inputs, or MINUTES= the processor time of all targets together; ONLY= selects some targets. COVERAGE=1 prints which code of the
// decoders was reached; it takes about twice the time.

const RUNS = 300;

await runProgram('make fuzz', async () => {
  const coverage = textOf('COVERAGE') === undefined ? undefined : new Coverage();
  await coverage?.start();
  // Only modules that are loaded from here on are recorded.
  const { TARGETS } = await import('./targets.js');
  const { limitOf, runTarget } = await import('./framework/runner.js');
  const only = textOf('ONLY')?.trim().split(/[ ,]+/);
  const unknown = only?.find((wanted) => !TARGETS.some(({ name }) => name === wanted));
  if (unknown !== undefined) {
    throw new UsageError(
      `ONLY=${unknown}: there is no such target. There are ${TARGETS.map(({ name }) => name).join(', ')}`,
    );
  }
  const targets = TARGETS.filter(({ name }) => only === undefined || only.includes(name));
  const seed = wholeNumberOf('SEED') ?? 1;
  const minutes = positiveNumberOf('MINUTES');
  const inputs = wholeNumberOf('INPUTS', 1);
  const runs = wholeNumberOf('RUNS', 1) ?? (minutes === undefined && inputs === undefined ? RUNS : undefined);
  const limit = limitOf({ runs, inputs, minutes: minutes === undefined ? undefined : minutes / targets.length });
  const reports: Report[] = [];
  for (const target of targets) {
    const report = await runTarget(target, { seed, limit });
    reports.push(report);
    console.log(textOfReport(report));
  }
  if (coverage !== undefined) console.log(coverageReport(await coverage.stop((file) => areaOf(file) !== undefined)));
  const failed = reports.filter(({ failure }) => failure !== undefined).length;
  const total = reports.reduce((sum, report) => sum + report.inputs, 0);
  console.log(`${total} inputs`);
  console.log(`${targets.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

function textOfReport({ name, seed, runs, inputs, seconds, failure }: Report): string {
  const figures = `${inputs} inputs in ${runs} runs, ${seconds.toFixed(1)} s, ${Math.round(inputs / seconds)} inputs/s`;
  if (failure === undefined) return `ok    ${name}: ${figures}`;
  return `FAIL  ${name}: make fuzz ONLY=${name} SEED=${seed + runs} RUNS=1\n${failure}`;
}
