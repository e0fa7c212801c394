import { expect } from 'chai';
import { rowOrder, selectGroups } from './groups.js';
import { SettingsError } from './settings.js';

const idsOf = (only: readonly string[]): string[] =>
  selectGroups(only).flatMap(({ scenarios }) => scenarios.flatMap(({ rows }) => rows.map(({ id }) => id)));

describe('The rows of make bench', () => {
  it('have different ids, and are ordered as they are measured', () => {
    const ids = idsOf([]);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(ids.map(rowOrder)).to.deep.equal([...ids.keys()]);
    expect(rowOrder('unknown')).to.be.greaterThan(ids.length);
  });

  it('are selected by the beginnings of their ids, with all rows of the same measurement', () => {
    expect(idsOf(['put-16kb', 'failover'])).to.deep.equal(['put-16kb-10x10', 'failover']);
    expect(idsOf(['keys-disk'])).to.include.members(['keys-load', 'keys-disk']);
    expect(() => selectGroups(['put', 'scan'])).to.throw(SettingsError, 'BENCH=scan');
  });
});
