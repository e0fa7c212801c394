import { constants, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { DirectMemory } from '../../src/wal/direct-memory.js';
import { peekIdentity } from '../../src/wal/log.js';
import { NodeDisk } from '../../src/wal/node-disk.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { IDENTITY, append, contentsOf, entriesOf, entry, open, plain, rejection } from './fixtures.js';

/** What a descriptor of this process refers to; empty if it is closed. */
function linkOf(descriptor: string): string {
  try {
    return readlinkSync(join('/proc/self/fd', descriptor));
  } catch {
    return '';
  }
}

describe('NodeDisk', () => {
  let folder = '';

  beforeEach(() => {
    folder = join(makeTemporaryFolder('wal'), 'member', 'wal');
  });

  afterEach(() => {
    removeFolder(join(folder, '..', '..'));
  });

  it('reads and writes files at any offset', async () => {
    const disk = new NodeDisk(folder);
    expect(await disk.list()).to.deep.equal([]);
    const lock = await disk.lock();
    const file = await disk.open('a', 'create');
    await file.write(5, Buffer.from('hello'));
    await file.datasync();
    await file.sync();
    expect([...file.readSync(3, 4)]).to.deep.equal([0, 0, 104, 101]);
    expect(Buffer.from(await file.read(8, 100)).toString()).to.equal('lo');
    expect(await file.size()).to.equal(10);
    await file.truncate(6);
    expect(await file.size()).to.equal(6);
    await file.close();
    expect(await rejection(disk.open('a', 'create'))).to.include({ code: 'EEXIST' });
    expect(await rejection(disk.open('b', 'write'))).to.include({ code: 'ENOENT' });
    await disk.rename('a', 'b');
    await disk.syncFolder();
    expect((await disk.list()).filter((name) => !name.startsWith('lock.'))).to.deep.equal(['b']);
    await disk.remove('b');
    await lock.release();
    expect(await disk.list()).to.deep.equal([]);
  });

  // A long log under a small descriptor limit ended its member: every segment kept its file open.
  it('keeps few files open, closes none with unsynced writes, and opens them again under their names', async () => {
    const descriptors = (): number => readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(folder)).length;
    const disk = new NodeDisk(folder, { openFilesMax: 3 });
    const lock = await disk.lock();
    const files = [];
    for (let at = 0; at < 10; at += 1) {
      const file = await disk.open(`spare-${at}`, 'create');
      await file.write(0, Buffer.from(`content ${at}`));
      await file.datasync();
      await disk.rename(`spare-${at}`, `file-${at}`);
      files.push(file);
    }
    if (process.platform === 'linux') expect(descriptors()).to.be.at.most(4);
    for (const [at, file] of files.entries()) {
      expect(Buffer.from(file.readSync(0, 100)).toString()).to.equal(`content ${at}`);
      expect(Buffer.from(await file.read(8, 100)).toString()).to.equal(String(at));
    }
    for (const file of files) await file.write(0, Buffer.from('C'));
    if (process.platform === 'linux') expect(descriptors()).to.be.at.least(10);
    for (const file of files) await file.sync();
    for (const file of files) expect((await file.read(0, 1))[0]).to.equal(67);
    if (process.platform === 'linux') expect(descriptors()).to.be.at.most(4);
    for (const file of files) await file.close();
    await lock.release();
  });

  for (const [way, options] of Object.entries({
    'past the page cache': { dsync: true, direct: true },
    'with O_DSYNC': { dsync: true, direct: false },
    'without O_DSYNC': { dsync: false },
  })) {
    it(`writes durably ${way}, in a turn and in the thread pool`, async () => {
      const disk = new NodeDisk(folder, { ...options, openFilesMax: 1 });
      const lock = await disk.lock();
      const files = [await disk.open('a', 'create'), await disk.open('b', 'create')];
      for (const file of files) {
        await file.writeThrough(0, new Uint8Array(8192));
        await file.appendThrough(3, Buffer.from('pool'));
        file.appendThroughSync(7, Buffer.from('turn'));
        expect(Buffer.from(file.readSync(0, 13)).toString()).to.equal('\0\0\0poolturn\0\0');
        expect(await file.size()).to.equal(8192);
      }
      if (process.platform === 'linux') {
        const open = readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(folder));
        const flags = open.map((fd) => /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]);
        for (const each of flags) {
          expect((Number.parseInt(each ?? '', 8) & constants.O_DSYNC) !== 0).to.equal(options.dsync);
        }
        const isDirect = flags.map((each) => (Number.parseInt(each ?? '', 8) & constants.O_DIRECT) !== 0);
        const hasDirect = way === 'past the page cache' && DirectMemory.find(folder) !== undefined;
        expect(isDirect).to.have.members(hasDirect ? [false, true] : [false]);
      }
      for (const file of files) await file.close();
      await lock.release();
    });

    it(`appends ${way}, mixed with other writes, reads and rests, keep every byte`, async () => {
      const random = seededRandom(1);
      const disk = new NodeDisk(folder, { ...options, openFilesMax: 1 });
      const lock = await disk.lock();
      const names = ['a', 'b'];
      const models = names.map(() => Buffer.alloc(4 * 1024 * 1024));
      const ends = names.map(() => 0);
      const files = await Promise.all(names.map((name) => disk.open(name, 'create')));
      for (const file of files) await file.writeThrough(0, new Uint8Array(4 * 1024 * 1024));
      for (let step = 0; step < 400; step += 1) {
        const at = randomInteger(random, 0, 1);
        const file = defined(files[at], 'file');
        const model = defined(models[at], 'model');
        const offset = defined(ends[at], 'end');
        const largest = randomInteger(random, 0, 9) === 0 ? 300_000 : 2000;
        const data = Buffer.alloc(randomInteger(random, 0, largest), step + 1);
        if (offset + data.length > model.length) continue;
        const kind = randomInteger(random, 0, 9);
        if (kind < 4) file.appendThroughSync(offset, data);
        else if (kind < 8) await file.appendThrough(offset, data);
        else if (kind === 8) await file.write(offset, data);
        else await file.writeThrough(offset, data);
        data.copy(model, offset);
        ends[at] = offset + data.length;
        const seen = await file.read(Math.max(0, offset - 600), data.length + 1200);
        expect(Buffer.compare(seen, model.subarray(Math.max(0, offset - 600)).subarray(0, seen.length))).to.equal(0);
      }
      for (const file of files) await file.close();
      for (const [at, name] of names.entries()) {
        expect(Buffer.compare(readFileSync(join(folder, name)), defined(models[at], 'model'))).to.equal(0);
      }
      await lock.release();
    });
  }

  it('leaves nothing of the trial of direct writes in the folder', async () => {
    const lock = await new NodeDisk(folder).lock();
    await lock.release();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('holds a log through segments, cuts and restarts', async () => {
    const options = { segmentBytes: 64 * 1024, cacheBytes: 4096 };
    const disk = new NodeDisk(folder, { openFilesMax: 2 });
    const log = await open(disk, options);
    const hardState = { term: 3, vote: 2, commit: 500 };
    for (let index = 1; index <= 600; index += 20) await append(log, entriesOf(index, index + 20, 3, 500), hardState);
    await log.compact(450);
    const expected = { first: 451, last: 600, cutTerm: 3, hardState, entries: plain(entriesOf(451, 601, 3, 500)) };
    expect(contentsOf(log)).to.deep.equal(expected);
    expect(await rejection(open(new NodeDisk(folder), options))).to.include({ code: 'locked' });
    await log.close();
    expect(readdirSync(folder).every((name) => name.endsWith('.wal'))).to.equal(true);
    expect(await peekIdentity(new NodeDisk(folder))).to.deep.equal(IDENTITY);
    const again = await open(new NodeDisk(folder), options);
    expect(contentsOf(again)).to.deep.equal(expected);
    await again.close();
  });

  it('starts with little space, whatever the segment size, and leaves other files alone', async () => {
    const log = await open(new NodeDisk(folder), { segmentBytes: 64 * 1024 * 1024 });
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    await append(log, [entry(1)]);
    expect(log.sizeBytes()).to.be.at.most(1024 * 1024);
    await log.close();
    expect(readdirSync(folder).sort()).to.deep.equal(['0000000000000001.wal', 'notes.txt']);
  });

  it('does not create a folder that is only read', async () => {
    expect(await peekIdentity(new NodeDisk(folder))).to.equal(undefined);
    expect(await new NodeDisk(join(folder, '..')).list()).to.deep.equal([]);
  });
});
