import { expect } from 'chai';
import { seededRandom } from '../../../src/util/random.js';
import { mainThreadMs } from '../../support/turn-probe.js';
import { check } from '../check.js';
import { limitOf, runTarget } from './runner.js';
import { InputError } from './shrink.js';
import { Trial } from './trial.js';

const trialOf = (seed = 1): Trial => new Trial(seededRandom(seed));
const kept: unknown[] = [];

// Whether the fuzzer finds what it looks for.
describe('a run of a fuzzing target', () => {
  it('prints the smallest input that fails', () => {
    const input = Buffer.from('some bytes before X and some after');
    const feed = (): void => trialOf().feed(input, (bytes) => check(!bytes.includes('X'), 'an X'));
    expect(feed).to.throw(InputError, `an X\n  input: 1 bytes, ${Buffer.from('X').toString('hex')}`);
  });

  it('prints a text as its characters', () => {
    const feed = (): void => trialOf().feed('key: é', (text) => check(!text.includes('é'), 'an é'));
    expect(feed).to.throw(InputError, 'an é\n  input: 1 characters, "é"');
  });

  it('fails for an input that takes too much memory, once it is measured again', async () => {
    const trial = trialOf();
    trial.feed(Buffer.alloc(10), () => void Buffer.alloc(10_000_000));
    const error = await trial.settle().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(InputError);
    expect(String(error)).to.match(/it takes \d+ bytes of memory, where 2102272 are allowed\n {2}input: 10 bytes/);
  });

  it('fails for an input that takes too long', async function () {
    this.timeout(30_000);
    const trial = trialOf();
    // The limit grows with the time for known work, up to eight times.
    trial.feed(
      'slow',
      () => {
        for (const end = mainThreadMs() + 60; mainThreadMs() < end;);
      },
      { ms: 5 },
    );
    const error = await trial.settle().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(String(error)).to.contain('more than 5 ms in each attempt');
    trial.feed('fast', () => undefined);
    await trial.settle();
    expect(trial.inputs).to.equal(2);
  });

  // Far more than the bound: other tests in this process may free memory meanwhile.
  it('fails for a target that keeps memory between its runs', async () => {
    const run = (trial: Trial): void => void kept.push(Buffer.alloc(3_000_000, trial.inputs));
    const target = { name: 'leak', run, runsInTest: 1 };
    const limit = limitOf({ runs: 120, inputs: undefined, minutes: undefined });
    const { failure } = await runTarget(target, { seed: 1, limit });
    kept.length = 0;
    expect(failure).to.match(/it keeps \d+ bytes after all runs/);
  });

  it('names the seed of the run that failed, and counts the inputs before', async () => {
    const run = ({ random }: Trial): void => check(random.next() < 0.9, 'a large number');
    const limit = limitOf({ runs: 1_000, inputs: undefined, minutes: undefined });
    const { runs, inputs, failure } = await runTarget({ name: 'numbers', run, runsInTest: 1 }, { seed: 5, limit });
    expect(failure).to.contain('a large number');
    expect(inputs).to.equal(runs);
    expect(seededRandom(5 + runs).next()).to.be.above(0.9);
  });
});
