import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bundleSimulator, patched, type Bundle } from './bundle.js';
import { drawOptions } from './options.js';
import { Pool } from './pool.js';

/** Number of seeds, from 1 on, that `make test` runs. `make sim` runs others. */
const SEEDS = 3;

/** Maximum size of a trace, in bytes. */
const TRACE_BYTES_MAX = 256 * 1024 * 1024;

describe('simulated clusters', function () {
  this.timeout(600_000);
  let bundle: Bundle;

  before(async () => {
    bundle = await bundleSimulator();
  });

  after(() => bundle.remove());

  async function traceOf(...seeds: readonly number[]): Promise<string> {
    const options = JSON.stringify(seeds.map(drawOptions));
    const { stdout } = await promisify(execFile)(process.execPath, [bundle.file, options], {
      maxBuffer: TRACE_BYTES_MAX,
    });
    return stdout;
  }

  it(`keep every promise (seeds 1 to ${SEEDS}; make sim SEED=… TRACE=1 shows one)`, async () => {
    const violations: string[] = [];
    let answered = 0;
    let seed = 0;
    const pool = new Pool({ program: bundle.file, jobs: 2 });
    await pool.runAll({
      next: () => (seed < SEEDS ? drawOptions(++seed) : undefined),
      onDone: ({ seed: done, result }) => {
        answered += result.answered;
        if (result.violation !== undefined) violations.push(`SEED=${done}: ${result.violation}`);
      },
    });
    pool.close();
    expect(violations).to.deep.equal([]);
    expect(answered, 'the clusters did some work').to.be.above(SEEDS * 30);
  });

  it('do the same for the same seed, byte for byte, in another process and after other runs', async () => {
    const [alone, again, between] = await Promise.all([traceOf(14), traceOf(14), traceOf(16, 14)]);
    expect(alone.split('\n').length, 'something happens').to.be.above(1000);
    expect(again === alone, 'two processes write the same trace').to.equal(true);
    expect(between.endsWith(alone), 'a run leaves nothing behind for the next one').to.equal(true);
    expect(between.length, 'other seeds, other runs').to.be.above(alone.length);
  });

  it('can be changed for one run, in a place that is named exactly', () => {
    const patch = { file: 'a.ts', find: 'x < y', replace: 'x <= y' };
    expect(patched('if (x < y) return;', patch)).to.equal('if (x <= y) return;');
    expect(() => patched('if (x > y) return;', patch)).to.throw('fits 0 times');
    expect(() => patched('x < y && x < y', patch)).to.throw('fits 2 times');
  });
});
