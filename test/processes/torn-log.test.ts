import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { expectSameData } from '../support/expectations.js';
import { expectOk } from '../support/etcd-client.js';
import { folderTree } from '../support/folder-tree.js';
import { ProcessCluster } from '../support/process-cluster.js';

/** The newest segment with data, and the end of the data: the rest is preallocated zeros. */
function newestSegment(cluster: ProcessCluster, index: number): { path: string; bytes: Buffer; end: number } {
  const folder = join(cluster.dataDir(index), 'wal');
  // A lock, which is a socket, lies there too.
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map(({ name }) => name);
  for (const name of names.sort().reverse()) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
    if (end > 0) return { path, bytes, end };
  }
  throw new Error(`no segment in ${folder}`);
}

describe('the log of a real server', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;
  let victim: number;

  before(async () => {
    cluster = await ProcessCluster.start({ flags: ['--wal-segment-bytes', '65536'] });
  });

  beforeEach(async () => {
    for (let i = 0; i < 60; i += 1) expectOk(await cluster.client(0).put(`k${i % 7}`, `${i}`.repeat(200)));
    const leader = await cluster.leader();
    victim = defined(cluster.others(leader)[0], 'a follower');
    await expectSameData(cluster);
    await cluster.kill9(victim);
  });

  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.error(cluster?.logs());
  });

  after(() => cluster?.dispose());

  it('is cut at a torn tail, and the member catches up', async () => {
    const { path, bytes, end } = newestSegment(cluster, victim);
    // A partly written record: its length is complete, half of its data is missing.
    bytes.fill(0xa5, Math.ceil(end / 8) * 8, Math.ceil(end / 8) * 8 + 40);
    writeFileSync(path, bytes);
    expectOk(await cluster.client(defined(cluster.others(victim)[0], 'a survivor')).put('k0', 'meanwhile'));
    await cluster.restart(victim);
    await expectSameData(cluster);
  });

  it('may lack its preallocated rest, which is not a loss', async () => {
    const { path, bytes, end } = newestSegment(cluster, victim);
    writeFileSync(path, bytes.subarray(0, Math.ceil(end / 8) * 8));
    await cluster.restart(victim);
    await expectSameData(cluster);
  });

  it('prevents the start if it is damaged in the middle, names the place, and is not changed', async () => {
    const { path, bytes, end } = newestSegment(cluster, victim);
    const middle = Math.floor(end / 2);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle);
    writeFileSync(path, bytes);
    const before = folderTree(join(cluster.dataDir(victim), 'wal'));
    const started = cluster.spawn(victim);
    expect(await started.exited).to.deep.equal({ code: 1, signal: null });
    expect(started.log()).to.include(path.split('/').at(-1));
    expect(folderTree(join(cluster.dataDir(victim), 'wal'))).to.deep.equal(before);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle);
    writeFileSync(path, bytes);
    await cluster.restart(victim);
  });

  // The last one: the member cannot be started again.
  it('stops its member if the last acknowledged record is missing', async () => {
    // No crash does this, a disk that lies about a sync does. To the log it looks like a torn tail; the leader knows better.
    const { path, bytes, end } = newestSegment(cluster, victim);
    bytes.writeUInt8(bytes.readUInt8(end - 1) ^ 0xff, end - 1);
    writeFileSync(path, bytes);
    expect(await cluster.spawn(victim).exited).to.deep.equal({ code: 1, signal: null });
    expectOk(await cluster.client(defined(cluster.others(victim)[0], 'a survivor')).put('k0', 'meanwhile'));
  });
});
