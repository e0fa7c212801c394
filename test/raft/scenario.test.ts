import { basename, join } from 'node:path';
import { expect } from 'chai';
import { differences, scenarioFiles } from './scenario/run.js';

const directory = process.env['RAFTKV_SCENARIOS'];

describe('raft: scenario files', () => {
  for (const file of scenarioFiles(join(import.meta.dirname, 'scenarios'))) {
    it(`of our own: ${file.kind}/${basename(file.path)}`, () => {
      expect(differences(file)).to.deep.equal([]);
    });
  }

  if (directory === undefined) {
    it('of others are run where RAFTKV_SCENARIOS names their directory: skipped');
    return;
  }
  for (const file of scenarioFiles(directory)) {
    it(`${file.kind}/${basename(file.path)}`, () => {
      expect(differences(file)).to.deep.equal([]);
    });
  }
});
