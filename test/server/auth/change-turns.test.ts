import { expect } from 'chai';
import { ChangeTurns } from '../../../src/server/auth/change-turns.js';

describe('ChangeTurns', () => {
  it('run one change at a time, in order, and refuse those beyond their bound', () => {
    const turns = new ChangeTurns();
    const began: number[] = [];
    const ends: (() => void)[] = [];
    let taken = 0;
    const add = (name: number): boolean =>
      turns.add((done) => {
        began.push(name);
        ends.push(done);
      });
    while (taken < 2_000 && add(taken)) taken += 1;
    expect([taken, began]).to.deep.equal([1025, [0]]);
    ends.shift()?.();
    expect(began).to.deep.equal([0, 1]);
    expect([add(2_000), add(2_001)]).to.deep.equal([true, false]);
    while (ends.length > 0) ends.shift()?.();
    expect(began).to.deep.equal([...Array.from({ length: 1025 }, (_, at) => at), 2_000]);
    expect(add(3_000)).to.equal(true);
    expect(began.at(-1)).to.equal(3_000);
  });
});
