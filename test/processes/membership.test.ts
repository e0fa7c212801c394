import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { runCommand } from '../cli/run-command.js';
import { EtcdClient, expectOk } from '../support/etcd-client.js';
import { expectSameData, expectStrictlySerializable } from '../support/expectations.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { Workload } from '../support/workload.js';

const LEARNER = 'etcdserver: rpc not supported for learner';

describe('real servers whose members change', function () {
  this.timeout(240_000);
  let cluster: ProcessCluster;
  let workload: Workload;
  let connections: EtcdClient[] = [];

  /** The steps of the one test below. Each builds on those before it. */
  const steps: { readonly title: string; readonly run: () => Promise<void> }[] = [];
  const step = (title: string, run: () => Promise<void>): void => void steps.push({ title, run });

  before(async () => {
    cluster = await ProcessCluster.start({ size: 1 });
    await cluster.addSlots(3);
    connections = [0, 0, 1, 2].map((index) => new EtcdClient(cluster.client(index).endpoint));
    workload = new Workload({ clients: connections, keys: ['a', 'b', 'c'], seed: 1, paceMs: 10 });
    await workload.moreAnswers(30);
  });

  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.error(cluster?.logs());
  });

  after(async () => {
    await workload?.stop();
    for (const connection of connections) connection.close();
    await cluster?.dispose();
  });

  const endpointsOf = (indexes: readonly number[]): string =>
    indexes.map((index) => cluster.client(index).endpoint).join(',');

  const tryCommand = async (args: readonly string[], at = endpointsOf(cluster.running)) =>
    await runCommand(['--endpoints', at, '--timeout', '20s', ...args]);

  async function raftkv(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await tryCommand(args);
    expect([code, stderr], args.join(' ')).to.deep.equal([0, '']);
    return stdout;
  }

  /** Adds a member, and starts it with the settings that the command printed. */
  async function join(index: number, ...flags: readonly string[]): Promise<void> {
    const printed = await raftkv('member', 'add', `n${index + 1}`, '--peer-urls', cluster.peerUrl(index), ...flags);
    const variables = [...printed.matchAll(/^(RAFTKV_\w+)="(.*)"$/gm)].map(([, name, value]) => [name, value] as const);
    expect(variables.length).to.equal(4);
    cluster.join(index, Object.fromEntries(variables));
    // A cluster that grows from one member to two has no leader until the second runs.
    await poll(`n${index + 1} to be known as started`, async () => {
      const { stdout } = await tryCommand(['member', 'list']);
      return stdout.includes(`, started, n${index + 1}, `) ? true : undefined;
    });
  }

  async function idOf(index: number): Promise<string> {
    const line = (await raftkv('member', 'list')).split('\n').find((each) => each.includes(cluster.peerUrl(index)));
    return defined(line?.split(', ')[0], `the id of n${index + 1}`);
  }

  async function staleValue(index: number, key: string): Promise<string> {
    const { kvs } = expectOk(await cluster.client(index).get(key, { level: 'stale' }));
    return kvs.map(({ value }) => Buffer.from(value ?? []).toString()).join();
  }

  async function holds(index: number, key: string, value: string): Promise<void> {
    await poll(`n${index + 1} to hold ${key}`, async () =>
      (await staleValue(index, key)) === value ? true : undefined,
    );
  }

  step('grow from one to three members, and continue without any one of them', async () => {
    expectOk(await cluster.client(0).put('before', 'one'));
    await join(1);
    await join(2);
    await cluster.ready([0, 1, 2]);
    for (const index of [1, 2]) await holds(index, 'before', 'one');
    await workload.moreAnswers(30);
    // Story: a new member whose engine had not flushed yet could not start again after kill -9, because the others reported
    // that it had been a member before.
    await cluster.kill9(2);
    cluster.spawn(2);
    await cluster.ready([0, 1, 2]);
    await holds(2, 'before', 'one');
    await cluster.kill9(0);
    await cluster.ready([1, 2]);
    await workload.moreAnswers(30);
    cluster.spawn(0);
    await cluster.ready([0, 1, 2]);
  });

  step(
    'add a learner, which serves only stale reads and its status, and promote it when it has caught up',
    async () => {
      const added = await raftkv('member', 'add', 'never', '--peer-urls', 'http://127.0.0.1:1', '--learner');
      const never = defined(/Member (\w+) added/.exec(added)?.[1], 'its id');
      // Every member knows the learner's progress within a heartbeat.
      const refused = await poll('the progress to be known', async () => {
        const { stderr } = await tryCommand(['member', 'promote', never]);
        return stderr.includes('0 of') ? stderr : undefined;
      });
      expect(refused).to.match(/in sync with leader \(the learner has 0 of \d+ entries, 0 %\)\n$/);
      await raftkv('member', 'remove', never);

      await join(3, '--learner');
      await holds(3, 'before', 'one');
      const learner = cluster.client(3);
      expect(expectOk(await learner.status()).isLearner).to.equal(true);
      for (const refusal of [
        await learner.put('a learner', 'writes'),
        await learner.get('before'),
        await learner.get('before', { level: 'consistent' }),
        await learner.hashKv(0),
      ]) {
        expect(refusal).to.deep.include({ kind: 'error', details: LEARNER });
      }
      // A client that is given the learner too finds the others.
      await raftkv('put', 'through', 'voters');
      const { code, stderr } = await tryCommand(['put', 'through', 'the learner'], endpointsOf([3]));
      const hint = '(a learner answers only get and member list, with --consistency stale; otherwise ask a voter)';
      expect([code, stderr]).to.deep.equal([1, `raftkv: ${learner.endpoint}: ${LEARNER} ${hint}\n`]);
      expect((await tryCommand(['member', 'list'], endpointsOf([3]))).stderr).to.contain(hint);
      const stale = await tryCommand(['member', 'list', '--consistency', 'stale'], endpointsOf([3]));
      expect([stale.code, stale.stdout]).to.deep.equal([0, await raftkv('member', 'list')]);
      const id = await idOf(3);
      await poll('the learner to be promoted', async () =>
        (await tryCommand(['member', 'promote', id])).code === 0 ? true : undefined,
      );
      await poll('it to take writes', async () => ((await learner.put('by', 'n4')).kind === 'ok' ? true : undefined));
      expect(expectOk(await learner.status()).isLearner).to.equal(false);
    },
  );

  step('continue when the leader is removed, which exits with code 0 and logs the reason', async () => {
    const id = await idOf(3);
    expect(await raftkv('move-leader', id)).to.match(new RegExp(`^Leadership transferred from \\w+ to ${id}\n$`));
    expect(await cluster.ready([0, 1, 2, 3])).to.equal(3);
    const removed = cluster.process(3);
    expect(await raftkv('member', 'remove', id)).to.match(new RegExp(`^Member ${id} removed from cluster \\w+\n$`));
    expect(await removed.exited).to.deep.equal({ code: 0, signal: null });
    expect(removed.log()).to.contain('this member was removed from the cluster');
    await cluster.ready([0, 1, 2]);
    await workload.moreAnswers(30);
    // Nor does it come back.
    const again = cluster.spawn(3);
    expect((await again.exited).code).to.equal(1);
    expect(again.stderr.join('\n')).to.match(
      /^raftkv: this member was removed from the cluster: remove its data directory, and add it as a new one$/m,
    );
  });

  step('accept a wiped member only as a new one, which gets all data', async () => {
    const old = await idOf(1);
    await cluster.kill9(1);
    rmSync(cluster.dataDir(1), { recursive: true });
    const amnesiac = cluster.spawn(1);
    expect((await amnesiac.exited).code).to.equal(1);
    expect(amnesiac.stderr.join('\n')).to.match(
      new RegExp(`^raftkv: member ${old} has already been bootstrapped`, 'm'),
    );
    await cluster.ready([0, 2]);
    await raftkv('member', 'remove', old);
    await join(1);
    expect(await idOf(1)).to.not.equal(old);
    await cluster.ready([0, 1, 2]);
    await holds(1, 'through', 'voters');
    await workload.moreAnswers(30);
  });

  // One line printed a configuration with its ids in decimal, of which no other line and no command knew.
  step('log member ids in hexadecimal only', async () => {
    const ids = (await raftkv('member', 'list')).split('\n').flatMap((line) => line.split(', ', 1).filter(Boolean));
    expect(ids).to.have.length(3);
    const lines = cluster.running.flatMap((index) => cluster.process(index).stderr);
    expect(lines.some((line) => /configuration changed .*"voters":"[0-9a-f]{16}/.test(line))).to.equal(true);
    const decimals = ids.map((id) => String(BigInt(`0x${id}`)));
    expect(lines.filter((line) => decimals.some((id) => line.includes(id)))).to.deep.equal([]);
  });

  step('answer as a single server would have, without losing a write', async () => {
    await workload.stop();
    await workload.readAll(cluster.client(1));
    expectStrictlySerializable(workload.history);
    await expectSameData(cluster);
  });

  it('lose nothing while members are added, promoted, removed and replaced under load', async () => {
    for (const { title, run } of steps) {
      await run().catch((error: unknown) => {
        throw new Error(`they did not ${title}`, { cause: error });
      });
    }
  });
});
