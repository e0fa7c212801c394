import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import { expectOk } from '../support/etcd-client.js';
import { expectSameData } from '../support/expectations.js';
import { ProcessCluster } from '../support/process-cluster.js';

describe('A server whose log folder is lost', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;

  beforeEach(async () => {
    cluster = await ProcessCluster.start();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.error(cluster?.logs());
    await cluster?.dispose();
  });

  // It started as a new member, and voted for the member that had been away: 21 acknowledged writes were lost.
  it('does not start, so that acknowledged writes are not lost', async () => {
    const leader = await cluster.leader();
    const [follower, away] = cluster.others(leader).map((index) => defined(index, 'a follower'));
    await cluster.kill9(defined(away, 'the member away'));
    for (let i = 0; i < 21; i += 1) expectOk(await cluster.client(leader).put(`key ${i}`, 'value'));
    await cluster.kill9(leader, defined(follower, 'the follower'));
    rmSync(join(cluster.dataDir(defined(follower, 'the follower')), 'wal'), { recursive: true });

    cluster.spawn(defined(away, 'the member away'));
    const refused = cluster.spawn(defined(follower, 'the follower'));
    expect(await refused.exited).to.deep.equal({ code: 1, signal: null });
    expect(refused.stderr.length, refused.log()).to.equal(1);
    expect(refused.stderr[0]).to.match(/holds no log.*remove this member from the cluster.*add it again/);

    // Leader and member away are a majority that knows all writes.
    cluster.spawn(leader);
    await cluster.ready([leader, defined(away, 'the member away')]);
    expectOk(await cluster.client(leader).put('key 21', 'value'));
    await expectSameData(cluster);
    const found = expectOk(await cluster.client(defined(away, 'the member away')).get('key 20'));
    expect(clampInteger(found.count)).to.equal(1);
  });
});
