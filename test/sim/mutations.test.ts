import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { patched } from './bundle.js';
import { SIMULATED, TESTED } from './mutations/all.js';

describe('the bugs that make mutate plants', () => {
  const all = [...SIMULATED, ...TESTED];

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
