import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLmdbEngine } from '../../src/engine/lmdb/lmdb-kind.js';
import { checkPages } from '../../src/engine/lmdb/page-check.js';
import { makeMemoryFolder, removeFolder } from '../support/temporary-folder.js';
import { put, scan } from './compliance.js';

const CHILD = join(import.meta.dirname, 'fail-while-writing.ts');
/** A batch of two slices and more: the thread that writes has a transaction open while the caller makes the next one. */
const ROWS = 5000;

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
}

/** Runs a program that fails in one way. @param limitKiB bounds the size of its files */
async function runChild(directory: string, how: string, limitKiB?: number): Promise<End> {
  const limit = limitKiB === undefined ? '' : `ulimit -f ${limitKiB * 2}; `; // units of 512 bytes
  const command = `${limit}exec "$0" "$@"`;
  const args = ['--import', 'tsx', CHILD, directory, how, String(ROWS)];
  const child = spawn('sh', ['-c', command, process.execPath, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...end) => resolve(end)),
  );
  return { code, signal, stdout };
}

describe('a batch on LMDB', function () {
  this.timeout(60_000);
  let directory: string;

  beforeEach(() => {
    directory = makeMemoryFolder('engine-failures');
  });

  afterEach(() => removeFolder(directory));

  const expectOnlyTheFirst = async (): Promise<void> => {
    const engine = await openLmdbEngine({ directory });
    expect(await scan(engine)).to.deep.equal([['first', '1']]);
    await engine.write([put('second', '2')]);
    await engine.close();
    expect((await checkPages(engine.folder)).damage).to.deep.equal([]);
  };

  // lmdb-js closes the database of a thread that is stopped, and waits there for the transaction that the thread has open. A member
  // that failed in the middle of a large batch neither served nor ended.
  it('does not keep a process from its end', async () => {
    expect(await runChild(directory, 'exit')).to.deep.equal({ code: 5, signal: null, stdout: 'first\n' });
    await expectOnlyTheFirst();
  });

  // The thread cannot be ended then, so the process kills itself.
  it('fails when the thread that writes is stopped in the middle of it, and the process ends', async () => {
    const { code, signal, stdout } = await runChild(directory, 'stop-thread');
    expect(stdout).to.equal('first\nthe thread that writes to the engine has ended\n');
    expect({ code, signal }).to.deep.equal({ code: null, signal: 'SIGKILL' });
    await expectOnlyTheFirst();
  });

  // The thread kept the first slices, and the close waited for them.
  it('is given up when an operation cannot be made, and the engine closes', async () => {
    const engine = await openLmdbEngine({ directory });
    await engine.write([put('first', '1')]);
    const failure = await engine
      .write(
        (function* () {
          for (let row = 0; row < ROWS; row++) yield put(`row-${row}`, 'value');
          throw new Error('no more rows');
        })(),
      )
      .catch(String);
    expect(failure).to.equal('Error: no more rows');
    expect(await engine.close().catch(String)).to.equal('Error: no more rows');
    await expectOnlyTheFirst();
  });

  // LMDB reports a write that was cut short, as the first one on a full disk is, as EIO: the advice was to check the disk.
  for (const how of ['small-batches', 'large-batch']) {
    it(`that does not fit onto the disk fails with the reason, and nothing is damaged (${how})`, async () => {
      const { code, stdout } = await runChild(directory, how, 1024);
      const [, written = '0', reason] = stdout.split('\n');
      expect(reason).to.match(/^EFBIG the engine could not write a batch: .*file too large/i);
      expect(code).to.equal(0);
      const engine = await openLmdbEngine({ directory });
      const rows = await scan(engine, { gte: Buffer.from('row'), keysOnly: true });
      expect(rows).to.have.lengthOf(Number(written));
      if (how === 'small-batches') expect(rows.length).to.be.greaterThan(500);
      await engine.write([put('second', '2')]);
      await engine.close();
      expect((await checkPages(engine.folder)).damage).to.deep.equal([]);
    });
  }
});
