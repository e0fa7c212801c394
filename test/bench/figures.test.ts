import { expect } from 'chai';
import { figuresOf } from './figures.js';

describe('the figures of a benchmark', () => {
  it('are actual measurements, in any order and number', () => {
    const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => count - at);
    expect(figuresOf(upTo(20))).to.deep.equal({ min: 1, median: 10, p90: 18, max: 20 });
    expect(figuresOf([3, 1, 200])).to.deep.equal({ min: 1, median: 3, p90: 200, max: 200 });
    expect(figuresOf([7])).to.deep.equal({ min: 7, median: 7, p90: 7, max: 7 });
    expect(() => figuresOf([])).to.throw('a measurement');
  });
});
