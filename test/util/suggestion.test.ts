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

  // `--config` got no suggestion, because --config-file is five letters away.
  it('is the first name that the name abbreviates, unless another is one edit away', () => {
    expect(nearest('data', known)).to.equal('data-dir');
    expect(nearest('log', known)).to.equal('log-level');
    expect(nearest('nam', [...known, 'name-space'])).to.equal('name');
    expect(nearest('conf', ['cors', 'config-file']), 'cors is two edits away').to.equal('config-file');
    expect(nearest('da', known)).to.equal(undefined);
  });

  it('is absent where no name is similar', () => {
    expect(nearest('nonsense', known)).to.equal(undefined);
    expect(nearest('x', known)).to.equal(undefined);
    expect(suggestion('nonsense', known)).to.equal('');
    expect(suggestion('nmae', known)).to.equal(' (did you mean name?)');
  });
});
