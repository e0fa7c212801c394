import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { poll } from './poll.js';

const PROGRAM = fileURLToPath(new URL('./at-exit-program.ts', import.meta.url));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a program of the tests', () => {
  // An interrupted bench left twelve members running, and their data.
  for (const [signal, wanted] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`ends its processes and removes its folders after ${signal}`, async () => {
      const program = spawn(process.execPath, ['--import', 'tsx', PROGRAM], { stdio: ['ignore', 'pipe', 'pipe'] });
      let errors = '';
      program.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      const ended = once(program, 'close');
      try {
        const [line] = (await once(program.stdout, 'data')) as [Buffer];
        const { folder, pid } = JSON.parse(line.toString()) as { readonly folder: string; readonly pid: number };
        expect([existsSync(folder), isAlive(pid)]).to.deep.equal([true, true]);
        program.kill(signal);
        const [code] = (await ended) as [number | null];
        expect(code).to.equal(wanted);
        expect(existsSync(folder)).to.equal(false);
        await poll('the end of its process', () => !isAlive(pid) || undefined);
        // An ending that failed, such as an unmount, kept all others from running.
        expect(errors).to.equal('at exit: Error: an ending that fails\n');
      } finally {
        program.kill('SIGKILL');
      }
    });
  }
});
