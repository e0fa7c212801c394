import { basename, join } from 'node:path';
import { expect } from 'chai';
import { comparable, parseScenario } from './scenario/language.js';
import { differences, scenarioFiles } from './scenario/run.js';

const directory = process.env['RAFTKV_SCENARIOS'];

describe('raft: scenario files', () => {
  it('are read block by block, with what is compared of each output', () => {
    const text =
      '# a story\n\nadd-nodes 2 voters=(1,2) index=3\n----\n\npropose-conf-change 1 v1=true\nv3\n----\n----\na\n\nb\n----\n----\n';
    const [first, second] = parseScenario(text);
    expect([first?.words, first?.options.get('voters'), first?.expected]).to.deep.equal([['2'], ['1', '2'], '']);
    expect([second?.input, second?.expected]).to.deep.equal([['v3'], 'a\n\nb']);
    expect(comparable('INFO a word\n  DEBUG another')).to.equal('ok');
    expect(comparable('> 1\n  INFO a word\n  kept')).to.equal('> 1\n  kept');
  });

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
