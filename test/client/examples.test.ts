import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';

const ROOT = resolve(import.meta.dirname, '../..');
const CLIENT = join(ROOT, 'src/client/index.ts');

/** The programs of a page, each with the line that it begins at. */
function examplesOf(page: string): readonly { readonly line: number; readonly program: string }[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length + 1,
    program: defined(match[1], 'a program'),
  }));
}

/** What a program of a reader has too, who is stricter than most. */
const TSCONFIG = {
  extends: join(ROOT, 'tsconfig.json'),
  compilerOptions: { rootDir: '/', allowImportingTsExtensions: true, typeRoots: [join(ROOT, 'node_modules/@types')] },
  include: ['*.mts'],
};

describe('the examples of docs/CLIENT.md', function () {
  this.timeout(60_000);
  let lone: LoneMember;
  const fileOf = (line: number): string => join(lone.folder, `example-${line}.mts`);
  const examples = examplesOf('docs/CLIENT.md');

  before(async () => {
    lone = await LoneMember.start();
    for (const { line, program } of examples) {
      const here = program.replaceAll('raftkv/client', CLIENT).replaceAll('127.0.0.1:2379', endpointOf(lone.member));
      writeFileSync(fileOf(line), here);
    }
  });

  after(() => lone.dispose());

  it('are there', () => expect(examples.length).to.be.above(3));

  it('have the types that they say', async () => {
    writeFileSync(join(lone.folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    const compiler = join(ROOT, 'node_modules/.bin/tsc');
    const outcome = promisify(execFile)(compiler, ['--noEmit', '-p', lone.folder]);
    const failure = await outcome.then(
      () => '',
      ({ stdout }: { readonly stdout: string }) => stdout,
    );
    expect(failure).to.equal('');
  });

  for (const { line, program } of examples) {
    it(`print what they say (line ${line})`, async () => {
      expect(program, 'the package by its name').to.include("from 'raftkv/client'");
      expect(program, 'a member that can be another one here').to.include('127.0.0.1:2379');
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', fileOf(line)], { cwd: ROOT });
      const promised = [...program.matchAll(/\/\/ prints (.*)$/gm)].map(([, text]) => text);
      expect(promised.length).to.be.above(0);
      expect(stdout.trimEnd().split('\n')).to.deep.equal(promised);
    });
  }
});
