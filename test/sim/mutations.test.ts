import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { patched } from './bundle.js';
import { ENGINE_LOG } from './mutations/engine-log.js';
import { HOST } from './mutations/host.js';
import { CONSENSUS } from './mutations/consensus.js';
import { LEASES } from './mutations/leases.js';
import { MEMBERSHIP } from './mutations/membership.js';
import { STORAGE } from './mutations/storage.js';
import { TABLES } from './mutations/tables.js';
import { WATCHES } from './mutations/watches.js';

describe('the bugs that make mutate plants', () => {
  const all = [...CONSENSUS, ...LEASES, ...MEMBERSHIP, ...STORAGE, ...TABLES, ...WATCHES, ...ENGINE_LOG, ...HOST];

  it('have unique names', () => {
    expect(new Set(all.map(({ name }) => name)).size).to.equal(all.length);
  });

  for (const { name, patches } of all) {
    it(`can be planted: ${name}`, () => {
      for (const patch of patches) {
        const source = readFileSync(resolve(import.meta.dirname, '../..', patch.file), 'utf8');
        expect(patched(source, patch)).not.to.equal(source);
      }
    });
  }
});
