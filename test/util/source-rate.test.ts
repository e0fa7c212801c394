import { expect } from 'chai';
import { SourceRate } from '../../src/util/source-rate.js';

describe('A SourceRate', () => {
  it('admits a burst, then the rate, for each source by itself', () => {
    const rate = new SourceRate({ perSecond: 10, burst: 3 });
    const admitted = (source: string, nowMs: number): number => {
      let count = 0;
      while (rate.admits(source, nowMs)) count += 1;
      return count;
    };
    expect(admitted('a', 0)).to.equal(3);
    expect(admitted('a', 99)).to.equal(0);
    expect(admitted('a', 100)).to.equal(1);
    expect(admitted('b', 100)).to.equal(3);
    expect(admitted('a', 10_000)).to.equal(3);
    expect(admitted('a', 9_000), 'a clock that goes back').to.equal(0);
  });

  it('forgets the source that has been quiet longest', () => {
    const rate = new SourceRate({ perSecond: 1, burst: 1 });
    for (const source of ['a', 'b']) expect(rate.admits(source, 0)).to.equal(true);
    expect(rate.admits('a', 0)).to.equal(false);
    for (let at = 0; at < 4095; at++) rate.admits(`other ${at}`, 0);
    expect(rate.admits('a', 0), 'remembered').to.equal(false);
    expect(rate.admits('b', 0), 'forgotten').to.equal(true);
  });
});
