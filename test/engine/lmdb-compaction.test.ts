import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { LmdbEngine } from '../../src/engine/lmdb/lmdb-engine.js';
import { openLmdbEngine } from '../../src/engine/lmdb/lmdb-kind.js';
import { checkPages } from '../../src/engine/lmdb/page-check.js';
import { CHUNK_BYTES } from '../../src/engine/lmdb/stored-keys.js';
import type { EngineOperation } from '../../src/ports/engine.js';
import { poll } from '../support/poll.js';
import { makeMemoryFolder, removeFolder } from '../support/temporary-folder.js';
import { bytes, del, get, put, scan } from './compliance.js';

const ROWS = 4000;
const KEPT = 1000;
const key = (row: number): string =>
  (row % 40 === 0 ? 'l'.repeat(CHUNK_BYTES + 10) : 'k') + String(row).padStart(6, '0');
const value = (row: number): string => `value of ${row} `.repeat(row % 50 === 0 ? 1000 : 20);

describe('a compaction of everything on LMDB', () => {
  let directory: string;
  let engine: LmdbEngine;

  const isLinux = process.platform === 'linux';
  /** Replaced files that the process keeps open. */
  const oldFiles = (): string[] =>
    readdirSync('/proc/self/fd')
      .map((fd) => readlinkOf(`/proc/self/fd/${fd}`))
      .filter((path) => path === `${join(engine.folder, 'data.mdb')} (deleted)`);
  const fileBytes = (): number => statSync(join(engine.folder, 'data.mdb')).size;
  const batch = (from: number, to: number, make: (row: number) => EngineOperation): EngineOperation[] =>
    Array.from({ length: to - from }, (_, at) => make(from + at));
  const reopened = async (): Promise<void> => {
    await engine.close();
    expect((await checkPages(engine.folder)).damage).to.deep.equal([]);
    engine = await openLmdbEngine({ directory });
  };
  const kept = (): string[][] =>
    batch(0, KEPT, (row) => put(key(row), value(row))).map((_, row) => [key(row), value(row)]);
  const sorted = (rows: readonly (readonly string[])[]) =>
    [...rows].sort(([left = ''], [right = '']) => (left < right ? -1 : 1));

  beforeEach(async () => {
    directory = makeMemoryFolder('engine-compaction');
    engine = await openLmdbEngine({ directory });
    await engine.write(batch(0, ROWS, (row) => put(key(row), value(row))));
    await engine.write(batch(KEPT, ROWS, (row) => del(key(row))));
  });

  afterEach(async () => {
    await engine.close().catch(() => undefined);
    removeFolder(directory);
  });

  it('shrinks the file to the rows, which are all there, also after a restart', async () => {
    const before = fileBytes();
    expect(await engine.sizeBytes()).to.be.below(before / 3);
    expect((await engine.sizeBytes()) + engine.freeBytes()).to.be.within(before / 2, before);
    await engine.compactRange();
    expect(fileBytes()).to.be.below(before / 3);
    expect(engine.freeBytes()).to.be.below(fileBytes() / 4);
    expect(await scan(engine)).to.deep.equal(sorted(kept()));
    await engine.write([put('later', '1'), del(key(0))]);
    await reopened();
    expect(await scan(engine)).to.deep.equal(sorted([...kept().slice(1), ['later', '1']]));
    expect(existsSync(join(engine.folder, 'compacted'))).to.equal(false);
  });

  it('keeps the order of batches that are written meanwhile, and may be repeated', async () => {
    for (let round = 0; round < 3; round++) {
      const work = [
        engine.write([put('last', 'before')]),
        engine.compactRange(),
        engine.write([put('last', `${round}`)]),
      ];
      expect(get(engine, key(1))).to.equal(value(1));
      await Promise.all([...work, engine.compactRange()]);
      expect(get(engine, 'last')).to.equal(`${round}`);
      await reopened();
      expect(get(engine, 'last')).to.equal(`${round}`);
    }
  });

  it('leaves snapshots and cursors on the state that they read, and gives their file back behind them', async () => {
    const snapshot = engine.snapshot();
    const cursor = engine.cursor({ gte: bytes('k') });
    const reads = engine.getMany(batch(0, KEPT, (row) => put(key(row), '')).map((row) => row.key));
    await engine.compactRange();
    await engine.write(batch(0, KEPT, (row) => put(key(row), 'new')));
    expect(get(snapshot, key(1))).to.equal(value(1));
    expect(await scan(snapshot)).to.deep.equal(sorted(kept()));
    expect((await cursor.next(1))[0]?.value.toString()).to.equal(value(1));
    expect((await reads).map(String)).to.deep.equal(
      batch(0, KEPT, (row) => put('', value(row))).map((_, row) => value(row)),
    );
    if (isLinux) expect(oldFiles()).to.not.deep.equal([]);
    await Promise.all([snapshot.close(), cursor.close()]);
    await engine.write([put('turn', '')]);
    if (isLinux) await poll('the old file to be closed', () => (oldFiles().length === 0 ? true : undefined));
    expect(get(engine, key(1))).to.equal('new');
  });

  it('measures the size of a part of the rows meanwhile', async () => {
    const sizes = Promise.all(Array.from({ length: 20 }, () => engine.sizeBytes(bytes('l'))));
    await engine.compactRange();
    for (const size of await sizes) expect(size).to.be.within(1, ROWS * 2000);
  });

  // The limits of the process end the lock file of the copy, and the copy.
  for (const limit of [100_000, 300_000]) {
    it(`leaves everything as it was if the copy cannot be made: ${limit} bytes`, async function () {
      if (!isLinux) this.skip();
      const before = await scan(engine);
      limitFiles(String(limit));
      const failure: unknown = await engine.compactRange().then(
        () => 'done',
        (error: unknown) => error,
      );
      limitFiles('unlimited');
      expect(failure).to.have.property('name', 'EngineReclaimError');
      expect(failure)
        .to.have.property('message')
        .that.matches(/^the file of the engine could not be copied: .*file too large/i);
      expect(existsSync(join(engine.folder, 'compacted'))).to.equal(false);
      expect(await scan(engine)).to.deep.equal(before);
      await engine.write([put('later', '1')]);
      await engine.compactRange();
      expect(get(engine, 'later')).to.equal('1');
      await reopened();
    });
  }

  it('leaves the old file or the new one after a crash at any step', async () => {
    const rows = await scan(engine);
    const crashed = async (change: (folder: string) => void): Promise<void> => {
      const copy = join(directory, '..', `${directory.split('/').at(-1)}-crashed`);
      cpSync(directory, copy, { recursive: true });
      try {
        change(join(copy, 'gen-000001'));
        const opened = await openLmdbEngine({ directory: copy });
        expect(await scan(opened)).to.deep.equal(rows);
        await opened.write([put('later', '1')]);
        await opened.close();
        expect(existsSync(join(copy, 'gen-000001', 'compacted'))).to.equal(false);
        expect((await checkPages(opened.folder)).damage).to.deep.equal([]);
      } finally {
        removeFolder(copy);
      }
    };
    // A part of the copy is there; all of it; it has taken the place of the file, with the lock files of both.
    await crashed((folder) => {
      mkdirSync(join(folder, 'compacted'));
      writeFileSync(join(folder, 'compacted', 'data.mdb'), Buffer.alloc(10_000, 1));
    });
    await crashed((folder) => {
      mkdirSync(join(folder, 'compacted'));
      for (const name of ['data.mdb', 'lock.mdb']) copyFileSync(join(folder, name), join(folder, 'compacted', name));
    });
    await engine.compactRange();
    await crashed(() => undefined);
  });
});

function readlinkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // it was that of the listing
  }
}

/** Bounds the size of the files that this process writes. */
function limitFiles(bytes: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
}
