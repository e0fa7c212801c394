import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '../../../..');
const FOLDERS: readonly (readonly [prefix: string, folder: string])[] = [
  ['fuzz', 'test/fuzz/fuzz'],
  ['tls', 'test/tls'],
  ['http/', 'test/http/'],
  ['', 'test/rpc/http2/'],
];
/** Fewer rows than that mean that the table was not read. */
const ROWS_MIN = 140;

interface Row {
  readonly section: string;
  readonly rule: string;
  readonly proof: string;
}

interface Listed {
  readonly tests: readonly { readonly title: string; readonly file: string }[];
}

/** Rows of the tables of docs/HTTP2.md. */
function rows(): Row[] {
  const lines = readFileSync(resolve(ROOT, 'docs/HTTP2.md'), 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| Section'))
    .map((line) => {
      const [section = '', rule = '', proof = ''] = line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim());
      return { section, rule, proof };
    });
}

/** The file and the title of a test, as a row names them. */
function named(proof: string): string {
  const at = proof.indexOf(': ');
  const [file, title] = [proof.slice(0, at), proof.slice(at + 2)];
  const folder = FOLDERS.find(([prefix]) => file.startsWith(prefix));
  return `${folder?.[1]}${file.slice(folder?.[0].length)}.test.ts: ${title}`;
}

/** All tests of the files, listed without running them; those of a section without the number of it. */
async function tests(): Promise<Set<string>> {
  const mocha = resolve(ROOT, 'node_modules/mocha/bin/mocha.js');
  const files = ['test/rpc/http2/**/*.test.ts', 'test/fuzz/fuzz.test.ts'].concat([
    'test/tls/handshakes.test.ts',
    'test/http/streams/*.test.ts',
  ]);
  const list = ['--dry-run', '--no-parallel', '--reporter', 'json', '--ignore', '**/table.test.ts', ...files];
  const { stdout } = await promisify(execFile)(process.execPath, [mocha, ...list], { cwd: ROOT, maxBuffer: 2 ** 26 });
  const listed = JSON.parse(stdout) as Listed;
  return new Set(
    listed.tests.map(({ file, title }) => `${file.slice(ROOT.length + 1)}: ${title.replace(/^section [\d.]+: /, '')}`),
  );
}

describe('docs/HTTP2.md', () => {
  it('has a test or a reason for every rule, and a row for every test of a rule', async () => {
    const table = rows();
    expect(table.length).to.be.above(ROWS_MIN);
    const proven = table.filter(({ proof }) => !proof.startsWith('—'));
    const all = await tests();
    const missing = proven.filter(({ proof }) => !all.has(named(proof)));
    expect(missing, 'rows whose test does not exist').to.deep.equal([]);
    const reasons = table.filter(({ proof }) => proof.startsWith('—') && proof.length < 20);
    expect(reasons, 'rows without a reason').to.deep.equal([]);
    const used = new Set(proven.map(({ proof }) => named(proof)));
    const unused = [...all].filter((test) => test.includes('/conformance/') && !used.has(test));
    expect(unused, 'tests that no row names').to.deep.equal([]);
  });
});
