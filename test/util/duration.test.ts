import { expect } from 'chai';
import { parseDuration } from '../../src/util/duration.js';

describe('a duration', () => {
  it('is read as Go writes it', () => {
    const cases: readonly (readonly [string, number | undefined])[] = [
      ['0', 0],
      ['0s', 0],
      ['500ms', 500],
      ['1.5h', 5_400_000],
      ['1h30m', 5_400_000],
      ['10m0s', 600_000],
      ['.5s', 500],
      ['', undefined],
      ['10', undefined],
      ['s', undefined],
      ['1h 2m', undefined],
      ['-1s', undefined],
      ['1d', undefined],
    ];
    expect(cases.map(([text]) => parseDuration(text))).to.deep.equal(cases.map(([, ms]) => ms));
  });
});
