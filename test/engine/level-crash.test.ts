import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLevelEngine } from '../../src/engine/level/level-kind.js';
import type { LevelEngine } from '../../src/engine/level/level-engine.js';
import { silentLogger } from '../../src/util/logger.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import type { Random } from '../../src/util/random.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { crashImage } from './crash-image.js';
import { compareWithHistory, numberedBatch } from './numbered-batches.js';
import { runAndKill } from './run-and-kill.js';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

const open = (directory: string): Promise<LevelEngine> =>
  openLevelEngine({ directory, logger: silentLogger, writeBufferBytes: 64 * 1024 });

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

describe('LevelDB after a crash', () => {
  let directory: string;

  beforeEach(() => {
    directory = makeTemporaryFolder('engine-crash');
  });

  afterEach(() => removeFolder(directory));

  it(`opens at one applied index, from the last barrier on, when killed at any moment (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    let applied = 0;
    for (let round = 0; round < 4; round++) {
      const { written, barrier } = await runAndKill(directory, {
        lifeMs: randomInteger(random, 0, 250),
        waitForBarrier: round === 3,
      });
      const opened = await checkedIndex(directory);
      expect(opened, `round ${round}`).to.be.at.least(Math.max(applied, barrier));
      // One more batch than was reported may have been written.
      expect(opened, `round ${round}`).to.be.at.most(Math.max(applied, written) + 1);
      applied = opened;
    }
    expect(applied).to.be.greaterThan(0);
  }).timeout(300_000);

  it(`opens at one applied index, from the last barrier on, with any damage to its log (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const running = join(directory, 'running');
    const engine = await open(running);
    const opened: number[] = [];
    let index = 0;
    let barrier = 0;
    for (let round = 0; round < 30; round++) {
      // Up to three memtables per round: some copies are taken while one is being flushed.
      for (const end = index + randomInteger(random, 1, 500); index < end;) await engine.write(numberedBatch(++index));
      const copy = join(directory, `copy-${round}`);
      crashImage(running, copy);
      damageLogs(copy, random);
      const applied = await checkedIndex(copy);
      expect(applied, `round ${round}`).to.be.within(barrier, index);
      opened.push(applied - barrier);
      removeFolder(copy);
      if (random.next() < 0.4) {
        await engine.barrier();
        barrier = index;
      }
    }
    await engine.close();
    expect(await checkedIndex(running)).to.equal(index);
    // If every run fell back to the barrier, flushes of full memtables would not be covered.
    expect(opened.some((ahead) => ahead > 0)).to.equal(true);
  }).timeout(300_000);

  it('holds everything before a barrier in its tables', async () => {
    const running = join(directory, 'running');
    const engine = await open(running);
    for (let index = 1; index <= 10; index++) await engine.write(numberedBatch(index));
    await engine.barrier();
    await engine.write(numberedBatch(11));
    const copy = join(directory, 'copy');
    crashImage(running, copy);
    for (const path of logsIn(copy)) rmSync(path);
    expect(await checkedIndex(copy)).to.equal(10);
    await engine.close();
    expect(await checkedIndex(running), 'a clean close loses nothing').to.equal(11);
  });

  // LevelDB replays its own log past a damaged record. Without a sync after each batch, a page that had not reached the
  // disk lost batches 3 and 4, while 5 and 6 were present.
  it('does not open with a hole after a page of the log was lost', async () => {
    const running = join(directory, 'running');
    const engine = await open(running);
    for (let index = 1; index <= 5; index++) await engine.write(numberedBatch(index));
    await engine.barrier();
    for (let index = 6; index <= 60; index++) await engine.write(numberedBatch(index));
    const copy = join(directory, 'copy');
    crashImage(running, copy);
    await engine.close();
    for (const path of logsIn(copy)) {
      const log = readFileSync(path);
      log.fill(0, 4096, 8192);
      writeFileSync(path, log);
    }
    expect(await checkedIndex(copy), 'some batches of the first page').to.be.within(6, 30);
  });
});

function logsIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\d+\.log$/.test(name))
    .sort()
    .map((name) => join(directory, name));
}

/** A power loss in a file that was never synced: it is truncated, and any of its pages may be missing. */
function damageLogs(directory: string, random: Random): void {
  for (const path of logsIn(directory)) {
    const log = readFileSync(path);
    for (let page = 0; page < log.length; page += 4096) {
      if (random.next() < 0.2) log.fill(0, page, Math.min(page + 4096, log.length));
    }
    const flips = randomInteger(random, 0, 3);
    for (let flip = 0; flip < flips && log.length > 0; flip++) {
      const at = randomInteger(random, 0, log.length);
      log.writeUInt8(log.readUInt8(at) ^ (1 << randomInteger(random, 0, 8)), at);
    }
    const end = random.next() < 0.5 ? log.length : randomInteger(random, 0, log.length + 1);
    writeFileSync(path, log.subarray(0, end));
  }
}
