import { expect } from 'chai';
import { expectSameData, expectStrictlySerializable } from '../support/expectations.js';
import { EtcdClient, expectOk } from '../support/etcd-client.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { Workload } from '../support/workload.js';

/** The log is cut often, so that what a table has not flushed would be missed. */
const TABLE = [
  '--engine-table-bytes',
  '1048576',
  '--snapshot-count',
  '100',
  '--snapshot-catchup-entries',
  '10',
  '--wal-flush-bytes',
  '0',
];

const PAUSES_TOO = 'with pauses';

for (const [name, flags, pauses] of [
  ['three real servers', [], PAUSES_TOO],
  ['three real servers with a table in front of the engine', TABLE, undefined],
] as const) {
  // One cluster and one workload for all cases: each leaves all members running.
  describe(name, function () {
    this.timeout(300_000);
    let cluster: ProcessCluster;
    let workload: Workload;
    let connections: EtcdClient[] = [];

    before(async () => {
      cluster = await ProcessCluster.start({ flags });
      // Two clients on each member, on connections of their own.
      connections = [...cluster.clients, ...cluster.clients].map((client) => new EtcdClient(client.endpoint));
      workload = new Workload({ clients: connections, keys: ['a', 'b', 'c', 'd', 'e', 'f'], seed: 1, paceMs: 20 });
      await workload.moreAnswers(100);
    });

    afterEach(function () {
      if (this.currentTest?.state === 'failed') console.error(cluster?.logs());
    });

    after(async () => {
      await workload?.stop();
      for (const connection of connections) connection.close();
      await cluster?.dispose();
    });

    it('continue when the leader is killed, and again once it is back', async () => {
      for (let round = 0; round < 2; round += 1) {
        const leader = await cluster.leader();
        await cluster.kill9(leader);
        await cluster.ready(cluster.others(leader));
        await workload.moreAnswers(100);
        await cluster.restart(leader);
        await workload.moreAnswers(100);
      }
      await expectSameData(cluster);
    });

    it('continue when all are killed at once', async () => {
      await cluster.kill9(...cluster.all);
      await cluster.restart(...cluster.all);
      await workload.moreAnswers(150);
      await expectSameData(cluster);
    });

    it('stop cleanly on SIGTERM under load, one after the other, and come back with everything', async () => {
      for (const index of cluster.all) {
        await cluster.stop(index);
        await cluster.restart(index);
        await workload.moreAnswers(60);
      }
      await expectSameData(cluster);
    });

    if (pauses === PAUSES_TOO) {
      it('continue while the leader is paused and continued', async () => {
        for (let round = 0; round < 2; round += 1) {
          const sleeper = await cluster.leader();
          cluster.pause(sleeper);
          await cluster.ready(cluster.others(sleeper));
          await workload.moreAnswers(100);
          cluster.resume(sleeper);
          await cluster.ready();
          await workload.moreAnswers(60);
        }
        await expectSameData(cluster);
      });
    }

    it('have lost no acknowledged write, and were strictly serializable', async () => {
      await workload.stop();
      await workload.readAll(cluster.client(0));
      expectStrictlySerializable(workload.history);
      await expectSameData(cluster);
    });

    if (pauses === PAUSES_TOO) {
      it('answer no old value at a leader that was paused through an election', async () => {
        expectOk(await cluster.client(0).put('k', 'old'));
        const sleeper = await cluster.leader();
        cluster.pause(sleeper);
        // Asked while it sleeps: it finds these requests when it wakes, before it can know of its successor.
        const asked = Array.from({ length: 8 }, () => cluster.client(sleeper).get('k', { timeoutMs: 20_000 }));
        const successor = await cluster.ready(cluster.others(sleeper));
        expectOk(await cluster.client(successor).put('k', 'new', { timeoutMs: 10_000 }));
        cluster.resume(sleeper);
        for (const answer of await Promise.all(asked)) {
          if (answer.kind === 'ok')
            expect(answer.response.kvs.map((kv) => Buffer.from(kv.value ?? []).toString())).to.deep.equal(['new']);
        }
        await cluster.ready();
        expect(expectOk(await cluster.client(sleeper).get('k')).kvs).to.have.length(1);
      });
    }
  });
}
