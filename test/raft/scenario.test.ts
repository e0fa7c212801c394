import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { differences, scenarioFiles } from './scenario/run.js';

const directory = process.env['RAFTKV_SCENARIOS'];

describe('raft: scenario files', () => {
  const own = scenarioFiles(join(import.meta.dirname, 'scenarios'));
  for (const file of own) {
    it(`of our own: ${file.kind}/${basename(file.path)}`, () => {
      expect(differences(file)).to.deep.equal([]);
    });
  }

  it('of the project begin with a description and the section that it comes from', () => {
    const silent = own.filter(({ path }) => {
      const story = /^(#.*\n)+/.exec(readFileSync(path, 'utf8'))?.[0] ?? '';
      return !/\b(paper|thesis)\b/.test(story) || !/\b(sections?|figure)\s(# )?\d/i.test(story);
    });
    expect(silent.map(({ path }) => basename(path))).to.deep.equal([]);
  });

  if (directory === undefined) {
    it('of etcd-io/raft are run if RAFTKV_SCENARIOS names their directory: skipped');
    return;
  }
  for (const file of scenarioFiles(directory)) {
    it(`${file.kind}/${basename(file.path)}`, () => {
      expect(differences(file)).to.deep.equal([]);
    });
  }
});
