import { expect } from 'chai';
import { openLmdbEngine } from '../../src/engine/lmdb/lmdb-kind.js';
import { SmallDisk } from '../jepsen/cluster/small-disk.js';
import { put, scan } from '../engine/compliance.js';
import { FullLoad } from '../support/full-load.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const MIB = 1024 * 1024;
const FLAGS = ['--storage-engine=lmdb', '--wal-segment-bytes=1048576', '--engine-table-bytes=0'];

describe('On a full disk, with LMDB,', function () {
  this.timeout(180_000);
  let folder: string;
  let disk: SmallDisk;

  before(function () {
    if (process.getuid?.() !== 0 || process.platform !== 'linux') this.skip(); // it mounts a file system
  });

  beforeEach(() => {
    folder = makeTemporaryFolder('full-disk');
    disk = new SmallDisk(folder, 24 * MIB);
  });

  afterEach(() => {
    disk.close();
    removeFolder(folder);
  });

  // LMDB maps its lock file with holes in it: the process ended by SIGBUS.
  it('an engine is not created, with the reason', async () => {
    disk.fill();
    const opened = await openLmdbEngine({ directory: `${folder}/engine` }).catch(String);
    expect(opened).to.match(/^EngineOpenError: cannot open the engine in .*ENOSPC: no space left on device/);
    disk.free();
    const engine = await openLmdbEngine({ directory: `${folder}/engine` });
    await engine.write([put('key', 'value')]);
    expect(await scan(engine)).to.deep.equal([['key', 'value']]);
    await engine.close();
  });

  it('a member stops with one line, and has every acknowledged write once there is space', async () => {
    const cluster = await ProcessCluster.start({ size: 1, flags: FLAGS, parentFolder: folder });
    const endpoints = cluster.clients.map(({ endpoint }) => endpoint);
    const load = new FullLoad({ endpoints, atOnce: 20, valueBytes: 256 });
    try {
      await load.more(500);
      disk.fill();
      const { code, signal } = await cluster.process(0).exited;
      expect({ code, signal }, cluster.logs()).to.deep.equal({ code: 1, signal: null });
      const line = cluster.process(0).stderr.at(-1);
      expect(line).to.match(/no space is left on the disk .*free some space for .*acknowledged writes are not lost/);
      disk.free();
      await cluster.restart(0);
      await load.stop();
      expect(await load.contradictions(cluster.client(0))).to.deep.equal([]);
    } finally {
      await load.stop();
      await cluster.dispose();
    }
  });
});
