import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import type { EngineName } from '../../src/engine/home/generations.js';

const CHILD = join(import.meta.dirname, 'write-until-killed.ts');

/** Runs the child for a time after it has opened (or after its first barrier), and kills it. */
export async function runAndKill(
  directory: string,
  {
    lifeMs,
    waitForBarrier,
    kind = 'level',
  }: { readonly lifeMs: number; readonly waitForBarrier: boolean; readonly kind?: EngineName },
): Promise<{ written: number; barrier: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, directory, '60', kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let dying = false;
  child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
    output += chunk;
    // On a busy machine the first batch may take long.
    if (dying || (waitForBarrier && !output.includes('b '))) return;
    dying = true;
    setTimeout(() => child.kill('SIGKILL'), lifeMs);
  });
  const signal = await new Promise((resolve) => child.once('close', (_code, name) => resolve(name)));
  expect(signal, 'how the child ended').to.equal('SIGKILL');
  // The last line may be truncated.
  const lines = output.split('\n').slice(0, -1);
  const newest = (kind: string): number => Number(lines.findLast((line) => line.startsWith(kind))?.slice(2) ?? 0);
  return { written: newest('w'), barrier: newest('b') };
}
