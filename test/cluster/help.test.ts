import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';

const ROOT = join(import.meta.dirname, '..', '..');

describe('make help', () => {
  const lines = execHelp();

  it('aligns the descriptions of the targets', () => {
    const columns = lines.map((line) => /^ {2}make [a-z-]+ +/.exec(line)?.[0].length);
    expect(columns).to.have.length.above(5);
    expect(new Set(columns), lines.join('\n')).to.have.property('size', 1);
  });

  it('mentions CLUSTER=--no-restart', () => {
    expect(lines.find((line) => line.startsWith('  make cluster '))).to.include('CLUSTER=--no-restart');
  });
});

/** As in a fresh shell: a make around the tests passes its own flags on. */
function execHelp(): string[] {
  const { MAKEFLAGS: _flags, MAKELEVEL: _level, ...env } = process.env;
  return execFileSync('make', ['help'], { cwd: ROOT, env, encoding: 'utf8' }).trimEnd().split('\n');
}
