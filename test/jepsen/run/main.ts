import { runProgram } from '../../support/program.js';
import { Run } from './run.js';
import { settingsOf } from './settings.js';

// One run: `make jepsen WORKLOAD=register NEMESIS=kill-leader TIME=60 NODES=3 SEED=1`. Its last line is `valid` or `INVALID: …`.

const beganMs = performance.now();

function log(text: string): void {
  console.log(`${((performance.now() - beganMs) / 1000).toFixed(1).padStart(6)} s  ${text}`);
}

function wordOf(valid: boolean | 'unknown', operations: number): string {
  if (valid === 'unknown') return valid;
  if (!valid) return 'INVALID';
  return operations === 0 ? 'nothing to check' : 'valid';
}

await runProgram('make jepsen', async () => {
  const settings = settingsOf(process.env);
  log(`WORKLOAD=${settings.workload} NEMESIS=${settings.nemesis} TIME=${settings.seconds} SEED=${settings.seed}`);
  const { folder, summary, valid } = await new Run(settings, log).run();
  for (const { checker, valid: each, operations, ms, anomalies } of summary.verdicts) {
    log(`${checker}: ${wordOf(each, operations)} (${operations} operations, ${ms} ms)`);
    for (const { name, text } of anomalies.slice(0, 3)) log(`  ${name}: ${text}`);
  }
  log(`report: ${folder}/index.html`);
  if (valid === true) console.log('valid');
  else {
    const wrong = summary.verdicts
      .filter((each) => each.valid !== true)
      .map(({ checker, valid: each }) => {
        return each === 'unknown' ? `${checker} undecided` : checker;
      });
    console.log(`INVALID: ${[...(summary.error === undefined ? [] : ['the run failed']), ...wrong].join(', ')}`);
  }
  return valid === true ? 0 : 1;
});
