import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import { encode, Fixture } from '../kv/support/fixture.js';
import { archiveBytes } from '../support/archive.js';
import { EtcdClient, expectOk, revisionOf } from '../support/etcd-client.js';
import { expectSameData, expectStrictlySerializable } from '../support/expectations.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { RAFTKV, ServerProcess } from '../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { Workload } from '../support/workload.js';

/** The flags of a member's identity. */
const IDENTITY = [
  '--name',
  '--data-dir',
  '--initial-cluster',
  '--initial-cluster-token',
  '--initial-advertise-peer-urls',
];
const ALL = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };

describe('a snapshot of three real servers', function () {
  this.timeout(300_000);
  let folder: string;
  let file: string;
  const clusters: ProcessCluster[] = [];
  const connections: EtcdClient[] = [];

  beforeEach(() => {
    folder = makeTemporaryFolder('snapshot');
    file = join(folder, 'backup');
  });

  afterEach(async function () {
    for (const connection of connections.splice(0)) connection.close();
    for (const cluster of clusters.splice(0)) {
      if (this.currentTest?.state === 'failed') console.error(cluster.logs());
      await cluster.dispose();
    }
    removeFolder(folder);
  });

  const command = async (...args: readonly string[]): Promise<string> => {
    const running = new ServerProcess([...RAFTKV, 'snapshot', ...args], folder);
    const { code } = await running.exited;
    expect(code, running.log()).to.equal(0);
    return running.stdout.join('\n');
  };

  const startWorkload = (cluster: ProcessCluster, seed: number): Workload => {
    const clients = cluster.clients.map((client) => new EtcdClient(client.endpoint));
    connections.push(...clients);
    return new Workload({ clients, keys: ['a', 'b', 'c'], seed });
  };

  /** The flags of a restore for a member that will be started. */
  const identityOf = (cluster: ProcessCluster, index: number): string[] => {
    const line = cluster.command(index);
    return IDENTITY.flatMap((flag) => [flag, defined(line[line.indexOf(flag) + 1], flag)]);
  };

  const restored = async (...flags: readonly string[]): Promise<ProcessCluster> => {
    const cluster = await ProcessCluster.start({
      prepare: async (made) => {
        await Promise.all(made.all.map((index) => command('restore', file, ...identityOf(made, index), ...flags)));
      },
    });
    clusters.push(cluster);
    return cluster;
  };

  /** Keys, values and versions at a revision. */
  const dataAt = async (client: EtcdClient, revision: number): Promise<unknown> => {
    const { kvs } = expectOk(await client.range({ ...ALL, revision, serializable: true }));
    return kvs.map(({ key, value, version, createRevision, modRevision }) => [
      String(key),
      String(value),
      ...[version, createRevision, modRevision].map(clampInteger),
    ]);
  };

  it('is taken under writes, and starts another cluster with its data', async () => {
    const first = await ProcessCluster.start();
    clusters.push(first);
    const workload = startWorkload(first, 1);
    await workload.moreAnswers(60);
    const compaction = revisionOf(expectOk(await first.client(0).get('a'))) - 10;
    expectOk(await first.client(0).compact(compaction));
    const follower = defined(first.others(await first.leader())[0], 'a follower');
    await command('save', file, '--endpoints', first.client(follower).endpoint);
    await workload.moreAnswers(60);
    await workload.stop();
    expectStrictlySerializable(workload.history);

    const status = JSON.parse(await command('status', file, '-w', 'json')) as { hash: number; revision: number };
    const { hash, revision } = status;
    expect(revision).to.be.greaterThan(compaction);
    // The writes did go on behind it.
    expect(revisionOf(expectOk(await first.client(0).get('a')))).to.be.greaterThan(revision);
    for (const client of first.clients) expect(expectOk(await client.hashKv(revision)).hash).to.equal(hash);
    const data = await dataAt(first.client(0), revision);
    const { clusterId } = expectOk(await first.client(0).status()).header ?? {};
    await first.kill9(...first.all);

    const second = await restored();
    for (const client of second.clients) {
      const answer = expectOk(await client.hashKv(0));
      expect([answer.hash, revisionOf(answer), clampInteger(answer.compactRevision)]).to.deep.equal([
        hash,
        revision,
        compaction,
      ]);
      expect(await dataAt(client, 0)).to.deep.equal(data);
    }
    const restoredId = expectOk(await second.client(0).status()).header?.clusterId;
    expect(String(restoredId)).to.not.equal(String(clusterId));
    expect(revisionOf(expectOk(await second.client(0).put('d', 'new')))).to.equal(revision + 1);

    const goingOn = startWorkload(second, 2);
    await goingOn.moreAnswers(30);
    const leader = await second.leader();
    await second.kill9(leader);
    await second.ready(second.others(leader));
    await goingOn.moreAnswers(30);
    await second.restart(leader);
    await goingOn.stop();
    await expectSameData(second);
  });

  it('starts a cluster whose revisions exceed all of the first with --bump-revision', async () => {
    const first = await ProcessCluster.start({ size: 1 });
    clusters.push(first);
    expectOk(await first.client(0).put('a', '1'));
    await command('save', file, '--endpoints', first.client(0).endpoint);
    const lost = revisionOf(expectOk(await first.client(0).put('a', 'not in it')));

    const second = await restored('--bump-revision', '1000000', '--mark-compacted');
    const bumped = 1_000_002;
    const compacted = 'etcdserver: mvcc: required revision has been compacted';
    for (const client of second.clients) {
      const old = await client.range({ ...ALL, revision: lost, serializable: true });
      expect(old.kind === 'error' ? old.details : 'answered').to.equal(compacted);
      expect(await dataAt(client, 0)).to.deep.equal([['a', '1', 1, 2, 2]]);
    }
    expect(revisionOf(expectOk(await second.client(0).put('a', '2')))).to.equal(bumped + 1);
    await expectSameData(second);
  });

  it('is restored whole or not at all, although the restore is killed', async () => {
    const source = await Fixture.open();
    const value = 'v'.repeat(100_000);
    for (let at = 0; at < 1000; at += 100) {
      await source.apply(Array.from({ length: 100 }, (_, index) => encode.put(`key ${at + index}`, value)));
    }
    writeFileSync(file, await archiveBytes(source.store));
    await source.remove();
    const data = join(folder, 'data');
    const killed = new ServerProcess([...RAFTKV, 'snapshot', 'restore', file, '--data-dir', data], folder);
    const begun = (): boolean => readdirSync(folder).some((name) => name.startsWith('data.restoring-'));
    await poll('the restore to be under way', () => (begun() ? true : undefined));
    await killed.kill();
    expect((await killed.exited).signal).to.equal('SIGKILL');
    expect(readdirSync(folder)).to.not.include('data');
    await command('restore', file, '--data-dir', data);
    expect(readdirSync(data).sort()).to.deep.equal(['engine', 'restored-from', 'wal']);
  });
});
