import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FlushedLabels } from '../../src/engine/level/flushed-labels.js';
import { openLevelEngine } from '../../src/engine/level/level-kind.js';
import type { LevelEngine } from '../../src/engine/level/level-engine.js';
import { silentLogger } from '../../src/util/logger.js';
import { randomInteger, seededRandom } from '../../src/util/random.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { crashImage } from './crash-image.js';
import { logsIn } from './log-damage.js';
import { appliedIndex, numberedBatch } from './numbered-batches.js';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describe('labels of the batches that LevelDB has flushed', () => {
  let directory: string;

  beforeEach(() => {
    directory = makeTemporaryFolder('engine-labels');
  });

  afterEach(() => removeFolder(directory));

  const open = (folder: string): Promise<LevelEngine> =>
    openLevelEngine({ directory: folder, logger: silentLogger, writeBufferBytes: 64 * 1024 });

  it(`name only batches that are in tables, and follow the flushes of full memtables (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const running = join(directory, 'running');
    const engine = await open(running);
    const behind: number[] = [];
    let index = 0;
    for (let round = 0; round < 24; round++) {
      for (const end = index + randomInteger(random, 1, 200); index < end;) await engine.write(numberedBatch(++index));
      const durable = await engine.durableLabel(index);
      const copy = join(directory, `copy-${round}`);
      crashImage(running, copy);
      for (const log of logsIn(copy)) rmSync(log);
      const opened = await open(copy);
      expect(durable, `round ${round}`).to.be.at.most(appliedIndex(opened));
      behind.push(index - durable);
      await opened.close();
      removeFolder(copy);
    }
    await engine.close();
    // A memtable holds about 200 batches. Without flushes that are found, the distance would only grow.
    expect(Math.min(...behind.slice(12)), 'batches behind').to.be.lessThan(1000);
  }).timeout(300_000);

  it('name all batches before a barrier', async () => {
    const engine = await open(directory);
    for (let index = 1; index <= 10; index++) await engine.write(numberedBatch(index));
    expect(await engine.durableLabel(10)).to.equal(0);
    await engine.barrier();
    await engine.write(numberedBatch(11));
    expect(await engine.durableLabel(11)).to.equal(10);
    expect(await engine.durableLabel(11)).to.equal(10);
    await engine.close();
  });

  // Rows of a label can be in either of two logs: in the new one, or in that of the memtable that is being flushed.
  it('wait until all logs of their batches are gone', () => {
    const labels = new FlushedLabels();
    expect(labels.add(5, ['1.log'])).to.equal(0);
    expect(labels.add(7, ['1.log', '4.log'])).to.equal(0);
    expect(labels.add(8, ['1.log', '4.log'])).to.equal(0);
    expect(labels.add(9, ['4.log'])).to.equal(5);
    expect(labels.add(10, ['4.log', '6.log'])).to.equal(5);
    expect(labels.add(11, ['6.log'])).to.equal(9);
    expect(labels.add(12, ['9.log'])).to.equal(11);
  });
});
