import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { MemoryStorage, RawNode, seededRandom } from '../../src/raft/index.js';
import { defined } from '../../src/util/assert.js';

// A new user of raftkv/raft found an essay on the duties of an embedder, but no instructions for creating a node:
// neither that `random` is required, nor where the members come from. Therefore the example in the documentation runs
// as a test.
describe('the example of docs/RAFT.md', () => {
  const example = join(import.meta.dirname, 'example.ts');
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'RAFT.md'), 'utf8');
  const block = (language: string): string =>
    defined(page.split(`\`\`\`${language}\n`)[1]?.split('```')[0], `a block of ${language}`);

  it('equals example.ts, which is compiled and linted', () => {
    expect(block('ts').replaceAll("'raftkv/raft'", "'../../src/raft/index.js'")).to.equal(
      readFileSync(example, 'utf8'),
    );
  });

  it('prints the output on the page', () => {
    const output = execFileSync(process.execPath, ['--import', 'tsx', example], { encoding: 'utf8' });
    expect(output).to.equal(block('text'));
  });
});

describe('a MemoryStorage of voters', () => {
  it('equals one of a configuration without learners', () => {
    const confState = { voters: [1, 2, 10], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
    const storage = new MemoryStorage({ voters: [10, 2, 1] });
    expect(storage.initialState()).to.deep.equal(new MemoryStorage({ confState }).initialState());
    expect(storage.snapshot()).to.deep.equal(new MemoryStorage({ confState }).snapshot());
    expect(new RawNode({ id: 1, storage, random: seededRandom(1) }).confState).to.deep.equal(confState);
    expect(() => new MemoryStorage({ voters: [1], confState })).to.throw(RangeError, 'exclude each other');
  });
});
