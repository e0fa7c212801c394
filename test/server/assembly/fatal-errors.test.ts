import { expect } from 'chai';
import { EngineViewExpiredError } from '../../../src/ports/engine.js';
import { fatalErrors, type FatalErrors } from '../../../src/server/assembly/fatal-errors.js';
import { silentLogger } from '../../../src/util/logger.js';

describe('errors of the storage', () => {
  let ended: Error[];
  let isClosing: boolean;
  let fatal: FatalErrors;
  const expired = new EngineViewExpiredError('the read took too long');

  beforeEach(() => {
    ended = [];
    isClosing = false;
    fatal = fatalErrors({ fail: (error) => ended.push(error), isClosing: () => isClosing, logger: silentLogger });
  });

  it('leave the member running if the engine has given up the view of one call', () => {
    fatal.ofCall(expired);
    expect(ended).to.deep.equal([]);
  });

  it('stop the member if a call finds the storage broken', () => {
    const broken = new Error('a row does not match its checksum');
    fatal.ofCall(broken);
    expect(ended).to.deep.equal([broken]);
  });

  // Work of the store itself, as its sweep, may read an expired view too, after a pause of the process. The store then refused all
  // further work, and the member took it for a call that can be repeated: it served nothing, and did not end.
  it('stop the member if the store has failed, for whatever reason', () => {
    fatal.ofStore(expired);
    expect(ended).to.deep.equal([expired]);
  });

  it('are expected while the storage is being closed', () => {
    isClosing = true;
    fatal.ofStore(new Error('the engine is closed'));
    fatal.ofCall(new Error('the engine is closed'));
    expect(ended).to.deep.equal([]);
  });
});
