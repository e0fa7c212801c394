import { expect } from 'chai';
import { nearest, suggestion } from '../../src/util/suggestion.js';

describe('A suggestion for an unknown name', () => {
  const known = ['name', 'data-dir', 'wal-dir', 'log-level'];

  it('is the known name with the fewest edits', () => {
    expect(nearest('nmae', known), 'a swap').to.equal('name');
    expect(nearest('data_dir', known), 'a replacement').to.equal('data-dir');
    expect(nearest('datadir', known), 'an omission').to.equal('data-dir');
    expect(nearest('log-levell', known), 'an insertion').to.equal('log-level');
    expect(nearest('al-dir', known), 'nearer than data-dir').to.equal('wal-dir');
  });

  it('is absent where no name is similar', () => {
    expect(nearest('nonsense', known)).to.equal(undefined);
    expect(nearest('x', known)).to.equal(undefined);
    expect(suggestion('nonsense', known)).to.equal('');
    expect(suggestion('nmae', known)).to.equal(' (did you mean name?)');
  });
});
