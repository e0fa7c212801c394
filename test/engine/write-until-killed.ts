import { openLevelEngine } from '../../src/engine/level/level-kind.js';
import { openLmdbEngine } from '../../src/engine/lmdb/lmdb-kind.js';
import { silentLogger } from '../../src/util/logger.js';
import { appliedIndex, numberedBatch } from './numbered-batches.js';

/*
 * The process that the crash suite kills: continues the history in a directory, and prints each batch that has resolved
 * ("w 17") and each that a barrier covers ("b 17").
 */

const [directory = '', barrierEvery = '100', kind = 'level'] = process.argv.slice(2);
const engine =
  kind === 'lmdb'
    ? await openLmdbEngine({ directory })
    : await openLevelEngine({ directory, logger: silentLogger, writeBufferBytes: 64 * 1024 });
process.stdout.write('open\n');
for (let index = appliedIndex(engine) + 1; ; index++) {
  await engine.write(numberedBatch(index));
  process.stdout.write(`w ${index}\n`);
  if (index % Number(barrierEvery) !== 0) continue;
  await engine.barrier();
  process.stdout.write(`b ${index}\n`);
}
