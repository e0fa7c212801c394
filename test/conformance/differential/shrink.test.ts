import { expect } from 'chai';
import { shrink, withoutOne } from './shrink.js';

const always = (): boolean => true;
const numbers = Array.from({ length: 150 }, (_, at) => at);

describe('shrinking a run that differs', () => {
  it('keeps the few steps that the failure needs, however far apart', async () => {
    const fails = (steps: readonly number[]): Promise<string | undefined> =>
      Promise.resolve([3, 77, 140].every((needed) => steps.includes(needed)) ? `with ${steps.length}` : undefined);
    const found = { steps: numbers, failure: 'at first' };
    const shrunk = await shrink(found, { fails, simpler: () => [], goOn: always });
    expect(shrunk).to.deep.equal({ steps: [3, 77, 140], failure: 'with 3' });
  });

  it('removes the unneeded parts of a step', async () => {
    const step = { key: 'a', options: { limit: 3, sort: true }, list: [1, 2, 3] };
    type Step = Partial<typeof step>;
    const fails = (steps: readonly Step[]): Promise<string | undefined> =>
      Promise.resolve(steps[0]?.list?.includes(2) && steps[0].options?.sort === true ? 'so' : undefined);
    const shrunk = await shrink<Step>({ steps: [step], failure: 'so' }, { fails, simpler: withoutOne, goOn: always });
    expect(shrunk.steps).to.deep.equal([{ options: { sort: true }, list: [2] }]);
  });

  it('returns the best result so far at its time limit', async () => {
    let tries = 0;
    const fails = (): Promise<string> => Promise.resolve(`try ${++tries}`);
    const goOn = (): boolean => tries < 2;
    const shrunk = await shrink({ steps: numbers, failure: 'at first' }, { fails, simpler: () => [], goOn });
    expect(shrunk.steps.length).to.be.lessThan(numbers.length);
    expect(shrunk.failure).to.equal('try 2');
  });
});
