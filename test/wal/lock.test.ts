import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { NodeDisk } from '../../src/wal/node-disk.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { rejection } from './fixtures.js';

const PROGRAM = new URL('../support/lock-holder.ts', import.meta.url).pathname;

describe('the lock of a folder', () => {
  const children: ChildProcess[] = [];
  let folder = '';

  /** A process that tries to take the lock, and its result. */
  async function contender(): Promise<{ child: ChildProcess; answer: string }> {
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [answer] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return { child, answer };
  }

  async function kill(child: ChildProcess): Promise<void> {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  beforeEach(() => {
    folder = makeTemporaryFolder('lock');
  });

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) await kill(child);
    }
    removeFolder(folder);
  });

  it('is refused while another process holds it, even a stopped one, and is free once that process is killed', async () => {
    const { child, answer } = await contender();
    expect(answer).to.equal('held');
    child.kill('SIGSTOP');
    const refused = await rejection(new NodeDisk(folder).lock());
    expect(refused).to.include({ name: 'LogError', code: 'locked' });
    expect(refused.message).to.equal(
      `the log in ${folder} is in use by process ${child.pid}: stop that one, or choose another data directory`,
    );
    await kill(child);
    const lock = await new NodeDisk(folder).lock();
    expect(readdirSync(folder), 'the dead one is swept away').to.have.length(1);
    await lock.release();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('goes to one of many processes that start at the same time', async () => {
    const answers = (await Promise.all(Array.from({ length: 4 }, contender))).map(({ answer }) => answer);
    expect(answers.filter((answer) => answer === 'held')).to.have.length(1);
    expect(answers.filter((answer) => answer.startsWith('refused: the log in'))).to.have.length(3);
  });

  it('goes to one of many users in one process, by whatever path', async () => {
    const alias = join(folder, 'alias');
    const real = join(folder, 'real');
    mkdirSync(real);
    symlinkSync(real, alias);
    for (let round = 0; round < 10; round += 1) {
      const attempts = Array.from({ length: 8 }, async (_, count) =>
        new NodeDisk(count % 2 === 0 ? real : alias).lock(),
      );
      const held = (await Promise.allSettled(attempts)).filter((result) => result.status === 'fulfilled');
      expect(held, `round ${round}`).to.have.length(1);
      for (const { value } of held) {
        await value.release();
        await value.release();
      }
    }
  });

  it('works in a folder whose path is longer than that of a socket may be', async () => {
    const deep = join(folder, 'x'.repeat(100), 'y'.repeat(100), 'wal');
    const lock = await new NodeDisk(deep).lock();
    expect(await rejection(new NodeDisk(deep).lock())).to.include({ code: 'locked' });
    await lock.release();
    await (await new NodeDisk(deep).lock()).release();
    expect(readdirSync(deep)).to.deep.equal([]);
  });
});
