import { expect } from 'chai';
import { historyOf } from '../samples.js';
import { eventsOf, namesOf, type SampleCall } from '../sequence.js';
import { checkReplay } from './check-replay.js';

const names = (...calls: readonly SampleCall[]): string[] =>
  namesOf(checkReplay(historyOf('register', eventsOf(...calls), { by: 'version' })));
const write = (from: number, value: number, revision?: number): SampleCall => ({
  from,
  to: from + 1,
  f: 'write',
  key: 'k',
  value,
  ...(revision === undefined ? { type: 'info' } : { revision }),
});
const read = (from: number, version: number, value: number | null, revision: number): SampleCall => ({
  from,
  to: from + 1,
  f: 'read',
  key: 'k',
  result: [version, value],
  revision,
});
const cas = (from: number, version: number, value: number, revision: number): SampleCall => ({
  from,
  to: from + 1,
  f: 'cas',
  key: 'k',
  value: [version, value],
  revision,
});

describe('The replay of registers by revision', () => {
  it('accepts writes, compare-and-sets and reads at their revisions', () => {
    expect(
      names(read(1, 0, null, 1), write(3, 7, 2), cas(5, 1, 8, 3), read(7, 2, 8, 3), read(9, 1, 7, 2)),
    ).to.deep.equal([]);
  });

  it('finds a lost write, a value from nowhere, and a compare-and-set that should have failed', () => {
    expect(names(write(1, 7, 2), read(3, 0, null, 2))).to.deep.equal(['wrong-version']);
    expect(names(write(1, 7, 2), read(3, 1, 8, 2))).to.deep.equal(['wrong-value']);
    expect(names(write(1, 7, 2), cas(3, 0, 8, 3))).to.deep.equal(['wrong-version']);
    expect(names(write(1, 7, 2), write(3, 8, 3), read(5, 2, 7, 3))).to.deep.equal(['wrong-value']);
  });

  it('allows writes of unknown outcome to happen once each', () => {
    expect(names(write(1, 7), read(3, 1, 7, 2), cas(5, 1, 8, 3))).to.deep.equal([]);
    expect(names(write(1, 7), write(3, 8, 3), read(5, 2, 8, 3))).to.deep.equal([]);
    expect(names(write(1, 7), read(3, 2, 7, 3))).to.deep.equal(['wrong-version']);
    expect(names(write(1, 7), read(3, 1, 9, 3))).to.deep.equal(['wrong-value']);
    // It began later.
    expect(names(read(1, 1, 7, 2), write(3, 7))).to.deep.equal(['wrong-version']);
  });
});
