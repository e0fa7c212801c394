import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { EngineOpenError } from '../../src/engine/errors.js';
import type { LmdbEngine } from '../../src/engine/lmdb/lmdb-engine.js';
import { openLmdbEngine } from '../../src/engine/lmdb/lmdb-kind.js';
import { checkPages } from '../../src/engine/lmdb/page-check.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { makeTemporaryFolder, makeMemoryFolder, removeFolder } from '../support/temporary-folder.js';
import { get, put } from './compliance.js';
import { compareWithHistory, numberedBatch } from './numbered-batches.js';
import { runAndKill } from './run-and-kill.js';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const PAGE = 4096;

async function checkedIndex(directory: string): Promise<number> {
  const engine = await openLmdbEngine({ directory });
  try {
    const { applied, actual, expected } = await compareWithHistory(engine);
    expect(actual).to.deep.equal(expected);
    return applied;
  } finally {
    await engine.close();
  }
}

describe('LMDB after a crash', () => {
  let directory: string;

  beforeEach(() => {
    directory = makeTemporaryFolder('engine-crash');
  });

  afterEach(() => removeFolder(directory));

  it(`opens at one applied index, with every batch that had resolved, when killed at any moment (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    let applied = 0;
    for (let round = 0; round < 4; round++) {
      const { written } = await runAndKill(directory, {
        lifeMs: randomInteger(random, 0, 250),
        waitForBarrier: round === 3,
        kind: 'lmdb',
      });
      const opened = await checkedIndex(directory);
      // One more batch than was reported may have been written.
      expect(opened, `round ${round}`).to.be.within(Math.max(applied, written), Math.max(applied, written) + 1);
      applied = opened;
      const { damage } = await checkPages(join(directory, 'gen-000001'));
      expect(damage).to.deep.equal([]);
    }
    expect(applied).to.be.greaterThan(0);
  }).timeout(300_000);

  // A power loss leaves any part of the pages that a commit had not synced. None of them belongs to the state before.
  it(`keeps the state before a commit that was cut short, whatever became of its pages (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const running = join(directory, 'running');
    const file = (folder: string): string => join(folder, 'gen-000001', 'data.mdb');
    const engine = await openLmdbEngine({ directory: running });
    for (let index = 1; index <= 12; index++) {
      const before = readFileSync(file(running));
      await engine.write(numberedBatch(index));
      const after = readFileSync(file(running));
      // The meta page is written last: it still names the state before.
      const image = Buffer.from(after);
      before.copy(image, 0, 0, 2 * PAGE);
      for (let page = 2 * PAGE; page < image.length; page += PAGE) {
        const isNew =
          page >= before.length || !before.subarray(page, page + PAGE).equals(image.subarray(page, page + PAGE));
        if (!isNew || random.next() < 0.3) continue;
        if (page < before.length && random.next() < 0.5) before.copy(image, page, page, page + PAGE);
        else image.fill(randomInteger(random, 0, 256), page, page + PAGE);
      }
      const copy = join(directory, `copy-${index}`);
      mkdirSync(join(copy, 'gen-000001'), { recursive: true });
      copyFileSync(join(running, 'CURRENT'), join(copy, 'CURRENT'));
      writeFileSync(file(copy), image);
      expect(await checkedIndex(copy)).to.equal(index - 1);
    }
    await engine.close();
    expect(await checkedIndex(running)).to.equal(12);
  }).timeout(60_000);
});

describe('damage of an engine on LMDB', () => {
  const ROWS = 300;
  const key = (row: number): string => `key/${String(row).padStart(5, '0')}`;
  const value = (row: number): string => `value of row ${row} `.repeat(row === 7 ? 800 : 8);
  let folder: string;
  let sound: Buffer;

  const file = (): string => join(folder, 'sound', 'gen-000001', 'data.mdb');
  const open = (): Promise<LmdbEngine> => openLmdbEngine({ directory: join(folder, 'sound') });
  const check = async (): Promise<string> => {
    try {
      const { damage } = await checkPages(join(folder, 'sound', 'gen-000001'));
      return damage.map(String).join();
    } catch (error) {
      expect(error).to.be.instanceOf(EngineOpenError);
      return String(error);
    }
  };
  const refusal = async (): Promise<EngineOpenError> => {
    const opened = await open().catch((error: unknown) => error);
    expect(opened).to.be.instanceOf(EngineOpenError);
    return opened as EngineOpenError;
  };
  const flipped = (bit: number): Buffer => {
    const damaged = Buffer.from(sound);
    damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return damaged;
  };

  before(async () => {
    folder = makeMemoryFolder('engine-rot');
    const engine = await open();
    for (let round = 0; round < 3; round++) {
      await engine.write(Array.from({ length: ROWS }, (_, row) => put(key(row), value(row))));
    }
    await engine.close();
    sound = readFileSync(file());
  });

  beforeEach(() => writeFileSync(file(), sound));

  after(() => removeFolder(folder));

  it('is found by the check of the pages, wherever a bit that LMDB reads has flipped', async () => {
    expect(await check()).to.equal('');
    const pages = await checkPages(join(folder, 'sound', 'gen-000001'));
    expect(pages.rows).to.equal(ROWS + 1);
    let missed = 0;
    let found = 0;
    for (let at = 0; at < sound.length; at += 211) {
      writeFileSync(file(), flipped(at * 8 + (at % 8)));
      if ((await check()) === '') missed++;
      else found++;
    }
    // Free pages, free space in pages, and what was left of an older page are not read.
    expect(found).to.be.greaterThan(100);
    for (const [part, name] of [
      ['value of row 9 ', 'a value'],
      ['key/00012', 'a key'],
    ] as const) {
      for (let at = sound.indexOf(part); at >= 0; at = sound.indexOf(part, at + 1)) {
        writeFileSync(file(), flipped(at * 8 + 3));
        if ((await check()) !== '') found++;
        else missed++;
      }
      expect(missed, name).to.be.greaterThan(0);
    }
  });

  it('never makes a read return a value that was not written', async () => {
    const outcomes = { right: 0, error: 0 };
    for (let at = sound.indexOf('value of row'); at >= 0; at = sound.indexOf('value of row', at + 5000)) {
      writeFileSync(file(), flipped(at * 8));
      const engine = await open();
      for (let row = 0; row < ROWS; row++) {
        try {
          expect(get(engine, key(row))).to.equal(value(row));
          outcomes.right++;
        } catch (error) {
          expect(String(error)).to.match(/^EngineCorruptionError: the value of key 01[0-9a-f]+ fails its checksum$/);
          outcomes.error++;
        }
      }
      await engine.close();
    }
    expect(outcomes.right).to.be.greaterThan(ROWS);
    expect(outcomes.error).to.be.greaterThan(0);
  });

  it('of any field of a meta page that LMDB follows is refused before it opens the file', async () => {
    // Magic number and version, page size, roots and transaction of both pages.
    for (const page of [0, 1]) {
      for (const at of [24, 28, 48, 136, 152]) {
        for (const bit of [0, 1, 2, 5]) {
          writeFileSync(file(), flipped((page * PAGE + at) * 8 + bit));
          const error = await refusal();
          expect(error.reason).to.equal('damaged');
          expect(error.message).to.match(/^\S+ .*; remove this member from the cluster/);
        }
      }
    }
    writeFileSync(file(), sound);
    await (await open()).close();
  });

  it('such as a torn meta page, a short, foreign or missing file is refused in one line', async () => {
    const cases: [Buffer, RegExp][] = [
      [Buffer.concat([sound.subarray(0, PAGE), Buffer.alloc(PAGE), sound.subarray(2 * PAGE)]), /is no file of LMDB/],
      [sound.subarray(0, 3 * PAGE), /damaged meta page/],
      [Buffer.alloc(0), /is no file of LMDB/],
      [Buffer.from('SQLite format 3\0'.repeat(1000)), /is no file of LMDB/],
    ];
    for (const [content, reason] of cases) {
      writeFileSync(file(), content);
      const { message } = await refusal();
      expect(message).to.match(reason).and.to.not.contain('\n');
    }
    cpSync(join(folder, 'sound', 'CURRENT'), join(folder, 'lost', 'CURRENT'));
    const lost = await openLmdbEngine({ directory: join(folder, 'lost') }).catch(String);
    expect(lost).to.match(/is in use but holds no database/);
  });
});
