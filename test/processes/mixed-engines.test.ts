import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { expectOk } from '../support/etcd-client.js';
import { expectSameData } from '../support/expectations.js';
import { ProcessCluster } from '../support/process-cluster.js';

/** The log is cut right behind what is applied, so that a member that was away needs a snapshot. */
const SHORT_LOG = [
  '--snapshot-count=20',
  '--snapshot-catchup-entries=1',
  '--wal-segment-bytes=65536',
  '--wal-flush-bytes=0',
];
const ENGINES = ['level', 'lmdb', 'lmdb'] as const;

// Rows are the same in every engine, and so are snapshots and hashes.
describe('three real servers of which one has LevelDB and two have LMDB', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;
  let puts = 0;

  beforeEach(async () => {
    puts = 0;
    cluster = await ProcessCluster.start({
      flags: SHORT_LOG,
      flagsOf: (index) => [`--storage-engine=${ENGINES[index] ?? 'lmdb'}`],
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.error(cluster.logs());
    await cluster.dispose();
  });

  const put = async (index: number, count: number): Promise<void> => {
    for (let at = 0; at < count; at++, puts++) {
      // Some keys are longer than LMDB's.
      const key = `${String(puts % 70).padStart(3, '0')}${'k'.repeat(puts % 10 === 0 ? 3000 : 0)}`;
      expectOk(await cluster.client(index).put(key, 'v'.repeat(1000)));
    }
  };
  const pointer = (index: number): string => readFileSync(join(cluster.dataDir(index), 'engine', 'CURRENT'), 'latin1');

  it('have the same data, each in its own engine', async () => {
    await put(0, 100);
    await expectSameData(cluster);
    expect(cluster.all.map((index) => / (\w+)\n$/.exec(pointer(index))?.[1] ?? 'level')).to.deep.equal(ENGINES);
  });

  it('bring a member with LevelDB up to date by a snapshot of a member with LMDB', async () => {
    await cluster.kill9(0);
    await cluster.leader();
    const before = pointer(0);
    await put(1, 200);
    await cluster.restart(0);
    await expectSameData(cluster);
    // A snapshot is installed as another generation.
    expect(pointer(0)).not.to.equal(before);
  });
});
