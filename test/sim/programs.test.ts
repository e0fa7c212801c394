import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { UsageError } from '../support/program.js';
import { bundleSimulator } from './bundle.js';
import { checkOverrides } from './check-overrides.js';
import { drawOptions } from './options.js';
import { differences } from './overrides.js';

/** Mistyped variables were answered with a stack trace, or not at all. */
describe('make sim, sim-shrink and mutate', function () {
  this.timeout(300_000);

  const run = async (program: string, variables: Readonly<Record<string, string>>) => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, program)], {
      // make passes all its variables, empty or not.
      env: { ...process.env, SEED: '', SEEDS: '', MINUTES: '', JOBS: '', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = once(child, 'exit');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = (await exit) as [number | null];
    return { code, stdout, stderr };
  };

  it('report invalid variables in one line, with exit code 1', async () => {
    const cases = [
      ['main.ts', { SEED: 'abc' }, 'make sim: SEED=abc: a whole number from 0 on is needed\n'],
      ['main.ts', { OPTIONS: '{"membrs":3}' }, 'make sim: OPTIONS: there is no membrs, only seed, members, node,'],
      ['shrink-main.ts', {}, 'make sim-shrink: which seed? make sim-shrink SEED=…\n'],
      ['mutate.ts', { ONLY: 'no-sync', SEEDS: '0' }, 'make mutate: SEEDS=0: a whole number from 1 on is needed\n'],
    ] as const;
    const finished = await Promise.all(cases.map(async ([program, variables]) => await run(program, variables)));
    for (const [index, { code, stdout, stderr }] of finished.entries()) {
      expect([code, stdout], stderr).to.deep.equal([1, '']);
      expect(stderr.startsWith(cases[index]?.[2] ?? 'nothing'), stderr).to.equal(true);
      expect(stderr.match(/\n/g)).to.have.length(1);
    }
  });

  it('end quietly when the reader of a trace closes the pipe', async () => {
    const bundle = await bundleSimulator();
    try {
      const tracing = spawn(process.execPath, [bundle.file, JSON.stringify([drawOptions(7)])], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const exit = once(tracing, 'exit');
      tracing.stdout.once('data', () => tracing.stdout.destroy());
      expect(await text(tracing.stderr)).to.equal('');
      expect(await exit).to.deep.equal([0, null]);
    } finally {
      bundle.remove();
    }
  });

  describe('take OPTIONS', () => {
    const drawn = drawOptions(1);

    it('that override drawn options, in part and as a whole', () => {
      const good = [
        {},
        { members: 3, node: { preVote: true }, network: { delayMs: [1, 2] } },
        { faults: { kill: { everyMs: 100, lastsMs: 5 } }, operations: { remove: 100 } },
        // The overrides that replay a shrunk run.
        differences(drawn, drawOptions(2)),
      ];
      for (const overrides of good) expect(checkOverrides(overrides, drawn)).to.equal(overrides);
    });

    const refusals: readonly [unknown, RegExp][] = [
      [[], /^OPTIONS: an object is needed, as in \{"seed":1,"members":\d\}$/],
      [{ members: 'three' }, /^OPTIONS, members: "three" is not a number from 0 on$/],
      [{ members: -1 }, /^OPTIONS, members: -1 is not a number/],
      [{ node: { preVot: true } }, /^OPTIONS, node: there is no preVot, only .*preVote/],
      [{ node: { preVote: 1 } }, /^OPTIONS, node.preVote: 1 is not a boolean$/],
      [{ node: 1 }, /^OPTIONS, node: an object is needed/],
      [{ network: { delayMs: [1] } }, /^OPTIONS, network.delayMs: 2 values are needed$/],
      [{ faults: { kil: { everyMs: 1, lastsMs: 1 } } }, /^OPTIONS, faults: there is no kil, only .*kill-leader/],
      [{ faults: { kill: { everyMs: 1 } } }, /^OPTIONS, faults.kill: lastsMs is missing$/],
      [{ operations: { remove: { everyMs: 1 } } }, /^OPTIONS, operations.remove: \{"everyMs":1\} is not a number/],
    ];
    for (const [overrides, why] of refusals) {
      it(`but not ${JSON.stringify(overrides)}`, () => {
        expect(() => checkOverrides(overrides, drawn)).to.throw(UsageError, why);
      });
    }
  });
});
