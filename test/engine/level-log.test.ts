import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { openLevelEngine } from '../../src/engine/level/level-kind.js';
import type { LevelEngine } from '../../src/engine/level/level-engine.js';
import type { EngineOperation } from '../../src/ports/engine.js';
import { silentLogger } from '../../src/util/logger.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { rowsOf } from './compliance.js';
import { crashImage } from './crash-image.js';
import { contentOf, DAMAGES, damageLog, logsIn } from './log-damage.js';
import { compareWithHistory, numberedBatch } from './numbered-batches.js';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const BLOCK_BYTES = 32 * 1024;

const open = (directory: string, writeBufferBytes = 64 * 1024): Promise<LevelEngine> =>
  openLevelEngine({ directory, logger: silentLogger, writeBufferBytes });

/** Opens, checks that the whole state is that of one applied index, and closes. */
async function checkedIndex(directory: string): Promise<number> {
  const engine = await open(directory);
  try {
    const { applied, actual, expected } = await compareWithHistory(engine);
    expect(actual).to.deep.equal(expected);
    return applied;
  } finally {
    await engine.close();
  }
}

/*
 * Batches of one size that cover several blocks: all logs have the same layout, so that a block of an earlier log fits
 * into a later one. Batch n sets all rows to n.
 */
const WIDE_ROWS = 400;
const wideBatch = (index: number): EngineOperation[] =>
  Array.from({ length: WIDE_ROWS }, (_, row) => ({
    type: 'put',
    key: Buffer.from(`row/${String(row).padStart(5, '0')}`),
    value: Buffer.from(String(index).padStart(8, '0').repeat(37)),
  }));

/** Opens an engine of wide batches, checks that all rows are of one batch, and closes. */
async function checkedWideIndex(directory: string): Promise<number> {
  const engine = await open(directory);
  try {
    const cursor = engine.cursor({});
    const rows = await rowsOf(cursor, 1000);
    await cursor.close();
    const values = new Set(rows.map(([, value]) => value));
    expect(values.size, 'batches that are mixed').to.be.at.most(1);
    const [value] = values;
    if (value !== undefined) expect(rows.length).to.equal(WIDE_ROWS);
    return Number(value?.slice(0, 8) ?? 0);
  } finally {
    await engine.close();
  }
}

describe("LevelDB's own log after a crash", () => {
  let directory: string;
  let running: string;
  let images = 0;

  beforeEach(() => {
    directory = makeTemporaryFolder('engine-log');
    running = join(directory, 'running');
  });

  afterEach(() => removeFolder(directory));

  const image = (): string => imageOf(running);

  const imageOf = (source: string): string => {
    const copy = join(directory, `image-${++images}`);
    crashImage(source, copy);
    return copy;
  };

  const overwrite = (image: string, change: (log: Buffer) => void): void => {
    for (const path of logsIn(image)) {
      const log = readFileSync(path);
      change(log);
      writeFileSync(path, log);
    }
  };

  /** Writes batches of the numbered history. */
  const write = async (engine: LevelEngine, from: number, to: number): Promise<void> => {
    for (let index = from; index <= to; index++) await engine.write(numberedBatch(index));
  };

  it('is replayed to its last batch if nothing of it is missing', async () => {
    let engine = await open(running);
    await write(engine, 1, 20);
    expect(await checkedIndex(image()), 'first start').to.equal(20);
    await engine.barrier();
    await write(engine, 21, 40);
    expect(await checkedIndex(image()), 'after a barrier').to.equal(40);
    // Several memtables are filled and flushed.
    await write(engine, 41, 900);
    expect(await checkedIndex(image()), 'after flushes').to.equal(900);
    await engine.close();
    engine = await open(running);
    await write(engine, 901, 910);
    const killed = image();
    await engine.close();
    expect(await checkedIndex(killed), 'after a clean start').to.equal(910);
  });

  it(`opens at one applied index, from the last barrier on, with any damage (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    let engine = await open(running);
    const old = new Map<string, Buffer>();
    let index = 0;
    let barrier = 0;
    let kept = 0;
    for (let round = 0; round < Number(process.env['ROUNDS'] ?? 30); round++) {
      const count = randomInteger(random, 1, 400);
      await write(engine, index + 1, index + count);
      index += count;
      const copy = image();
      for (const [name, content] of contentOf(logsIn(copy))) old.set(name, content);
      const done: string[] = [];
      for (const path of logsIn(copy)) {
        const damage = DAMAGES[randomInteger(random, 0, DAMAGES.length * 2)];
        if (damage === undefined) continue;
        done.push(`${basename(path)}: ${damage}`);
        damageLog(path, damage, { random, old });
      }
      const applied = await checkedIndex(copy);
      expect(applied, `round ${round}: ${done.join()}`).to.be.within(barrier, index);
      if (applied > barrier) kept++;
      removeFolder(copy);
      const next = random.next();
      if (next < 0.3) await engine.barrier();
      else if (next < 0.4) {
        await engine.close();
        engine = await open(running);
      } else continue;
      barrier = index;
    }
    await engine.close();
    expect(kept, 'rounds in which batches after the barrier were kept').to.be.greaterThan(5);
  }).timeout(300_000);

  it(`opens at one applied index if it is damaged again and again (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const old = new Map<string, Buffer>();
    let index = 0;
    for (let life = 0; life < 10; life++) {
      const engine = await open(running);
      const count = randomInteger(random, 1, 300);
      await write(engine, index + 1, index + count);
      const copy = image();
      await engine.close();
      for (const path of logsIn(copy)) {
        const damage = DAMAGES[randomInteger(random, 0, DAMAGES.length)] ?? 'cut';
        damageLog(path, damage, { random, old });
        // Both the lost batches and those that take their sequences are old content of the next life.
        for (const [name, content] of contentOf(logsIn(copy))) old.set(name, content);
      }
      removeFolder(running);
      crashImage(copy, running);
      const applied = await checkedIndex(copy);
      expect(applied, `life ${life}`).to.be.within(index === 0 ? 0 : 1, index + count);
      removeFolder(copy);
      index = applied;
    }
    expect(index).to.be.greaterThan(0);
  }).timeout(300_000);

  it('does not replay a log after one that lost its end or all of it', async () => {
    const engine = await open(running, 1024 * 1024);
    await write(engine, 1, 50);
    await engine.barrier();
    await write(engine, 51, 100);
    const during = image();
    await engine.barrier();
    await write(engine, 101, 150);
    // A flush that has not ended leaves two logs.
    for (const log of logsIn(running)) copyFileSync(log, join(during, log.slice(running.length)));
    await engine.close();
    expect(logsIn(during)).to.have.length(2);
    expect(await checkedIndex(imageOf(during))).to.equal(150);
    const openedAfter = (change: (first: string, content: Buffer) => void): Promise<number> => {
      const damaged = imageOf(during);
      const [first = ''] = logsIn(damaged);
      change(first, readFileSync(first));
      return checkedIndex(damaged);
    };
    expect(await openedAfter((first) => rmSync(first)), 'missing').to.equal(50);
    expect(await openedAfter((first) => writeFileSync(first, '')), 'empty').to.equal(50);
    for (const part of [0.1, 0.5, 0.9, 0.999]) {
      const cut = (first: string, log: Buffer): void => writeFileSync(first, log.subarray(0, log.length * part));
      expect(await openedAfter(cut), `${part} of it`).to.be.within(50, 99);
    }
    const flip = (first: string, log: Buffer): void => {
      log.writeUInt8(log.readUInt8(log.length - 1) ^ 1, log.length - 1);
      writeFileSync(first, log);
    };
    expect(await openedAfter(flip), 'its last bit').to.equal(99);
  });

  // LevelDB replays a batch with the sequence that is stored in it. An old first page in a log makes it replay batches
  // that the tables hold, into a newer table, where reads find the old values first.
  it('does not replay an earlier log in place of its first block', async () => {
    const engine = await open(running, 1024 * 1024);
    await write(engine, 1, 200);
    const first = contentOf(logsIn(running));
    await engine.barrier();
    await write(engine, 201, 300);
    const second = contentOf(logsIn(running));
    await engine.barrier();
    await write(engine, 301, 400);
    const copy = image();
    await engine.close();
    for (const [name, old] of [...first, ...second]) {
      for (const bytes of [BLOCK_BYTES, Infinity]) {
        const damaged = imageOf(copy);
        overwrite(damaged, (log) => old.subarray(0, bytes).copy(log));
        expect(await checkedIndex(damaged), `${bytes} bytes of ${name}`).to.equal(300);
      }
    }
  });

  // A fragment has a checksum, a record has none: of two logs with the same layout, the middle of a batch can be of one,
  // and its start and end of the other.
  it('does not join the fragments of two batches', async () => {
    const engine = await open(running, 16 * 1024 * 1024);
    for (let index = 1; index <= 6; index++) await engine.write(wideBatch(index));
    const [old = Buffer.alloc(0)] = [...contentOf(logsIn(running)).values()];
    await engine.barrier();
    for (let index = 7; index <= 12; index++) await engine.write(wideBatch(index));
    const copy = image();
    await engine.close();
    expect(await checkedWideIndex(imageOf(copy))).to.equal(12);
    for (let at = 0; at < old.length; at += BLOCK_BYTES) {
      const damaged = imageOf(copy);
      overwrite(damaged, (log) => old.subarray(at, at + BLOCK_BYTES).copy(log, at));
      expect(await checkedWideIndex(damaged), `the block at ${at} is old`).to.be.within(6, 11);
      removeFolder(damaged);
    }
  }).timeout(300_000);
});
