import { expect } from 'chai';
import { NEMESES } from '../nemesis/registry.js';
import { WORKLOADS } from '../workloads/registry.js';
import { DEFECTS } from './defects.js';
import { compiled } from './planted-build.js';

describe('the bugs that make jepsen-proof plants', () => {
  it('have unique names', () => {
    expect(new Set(DEFECTS.map(({ name }) => name)).size).to.equal(DEFECTS.length);
  });

  for (const { name, patches, run } of DEFECTS) {
    it(`can be planted, and looked for: ${name}`, () => {
      for (const file of new Set(patches.map((patch) => patch.file))) {
        const own = patches.filter((patch) => patch.file === file);
        expect(compiled(file, own)).not.to.equal(compiled(file, []));
      }
      expect(WORKLOADS).to.include(run.workload);
      for (const nemesis of run.nemesis.split('+')) expect(NEMESES).to.include(nemesis);
    });
  }
});
