import fs, { renameSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect } from 'chai';
import { stub } from 'sinon';
import { TlsFileError } from '../../src/tls/files.js';
import { Reloaded } from '../../src/tls/reloaded.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

describe('a value made of files', () => {
  const folder = makeTemporaryFolder('reloaded');
  const logger = new RecordingLogger();
  const first = { setting: '--cert-file', path: join(folder, 'first') };
  const second = { setting: '--key-file', path: join(folder, 'second') };

  /** The contents, which must be equal. */
  function load(): Promise<Reloaded<string>> {
    logger.lines.length = 0;
    const build = (contents: readonly Buffer[]): string => {
      const [one = '', two] = contents.map(String);
      if (one !== two) throw new TlsFileError(second, 'does not fit');
      return one;
    };
    return Reloaded.load({ files: [first, second], build, logger });
  }

  function write(content: string, ...files: readonly { readonly path: string }[]): void {
    for (const { path } of files) writeFileSync(path, content);
  }

  after(() => removeFolder(folder));

  it('follows the files', async () => {
    write('a', first, second);
    const value = await load();
    expect(await value.current()).to.equal('a');
    expect(logger.lines, 'nothing has changed').to.deep.equal([]);
    write('b', first, second);
    expect(await value.current()).to.equal('b');
    writeFileSync(`${first.path}.new`, 'c');
    writeFileSync(`${second.path}.new`, 'c');
    for (const { path } of [first, second]) renameSync(`${path}.new`, path);
    expect([value.latest, await value.current(), value.latest]).to.deep.equal(['b', 'c', 'c']);
    expect(logger.messages('info')).to.deep.equal(['reloaded TLS files', 'reloaded TLS files']);
  });

  it('stays with the last good files, and logs once what is wrong with the others', async () => {
    write('a', first, second);
    const value = await load();
    write('b', first);
    expect([await value.current(), await value.current()]).to.deep.equal(['a', 'a']);
    write('c', first);
    expect(await value.current(), 'another one that does not fit').to.equal('a');
    expect(logger.lines).to.deep.equal([
      {
        level: 'error',
        message: 'TLS files cannot be used: staying with the last good ones',
        fields: { reason: `--key-file ${second.path} does not fit` },
      },
    ]);
    write('c', second);
    expect(await value.current()).to.equal('c');
    write('d', first);
    expect(await value.current()).to.equal('c');
    expect(logger.messages('error'), 'a new problem is logged again').to.have.length(2);
  });

  it('stays with the last good files while one is missing', async () => {
    write('a', first, second);
    const value = await load();
    rmSync(first.path);
    expect([await value.current(), await value.current()]).to.deep.equal(['a', 'a']);
    expect(logger.lines.map(({ fields }) => fields['reason'])).to.deep.equal([
      `--cert-file ${first.path} cannot be read: it does not exist`,
    ]);
    write('b', first, second);
    expect(await value.current()).to.equal('b');
  });

  // A CRL or certificate that was replaced while the process had no descriptor left was never taken over.
  it('tries files again that could not be read for a moment, and no others', async () => {
    write('a', first, second);
    const value = await load();
    write('b', first, second);
    await withoutDescriptors(async (reads) => {
      expect([await value.current(), value.currentNow(), await value.current()]).to.deep.equal(['a', 'a', 'a']);
      expect(reads(), 'each look tries, and at once the first file alone').to.equal(5);
    });
    expect(logger.messages('error')).to.have.length(1);
    expect(await value.current()).to.equal('b');
    write('c', first, second);
    await withoutDescriptors(async () => expect(await value.current()).to.equal('b'));
    expect(value.currentNow()).to.equal('c');
    write('d', first);
    expect(value.currentNow()).to.equal('c');
    await withoutDescriptors(async (reads) => {
      expect([await value.current(), value.currentNow()]).to.deep.equal(['c', 'c']);
      expect(reads(), 'contents that do not fit').to.equal(0);
    });
  });

  it('is refused at first if the files cannot be used', async () => {
    write('a', first);
    write('b', second);
    const refusal = await load().then(
      () => 'accepted',
      (error: unknown) => error,
    );
    expect(refusal).to.be.instanceOf(TlsFileError);
    expect(refusal).to.have.property('message', `--key-file ${second.path} does not fit`);
  });
});

/** Lets all reads of files fail meanwhile. @param run gets a function that returns the number of those reads */
async function withoutDescriptors(run: (reads: () => number) => Promise<unknown>): Promise<void> {
  const error = Object.assign(new Error('EMFILE: too many open files'), {
    code: 'EMFILE',
    errno: -24,
    syscall: 'open',
  });
  const stubs = [stub(fs.promises, 'readFile').rejects(error), stub(fs, 'readFileSync').throws(error)];
  syncBuiltinESMExports();
  try {
    await run(() => stubs.reduce((sum, { callCount }) => sum + callCount, 0));
  } finally {
    for (const each of stubs) each.restore();
    syncBuiltinESMExports();
  }
}
