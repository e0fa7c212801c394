import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { addMember, get, put } from '../support/virtual-calls.js';
import type { VirtualMember } from '../support/virtual-member.js';

for (const asyncStorage of [false, true]) {
  describe(`a member whose next entry was cut from the log, ${asyncStorage ? 'with asynchronous storage' : 'by default'}`, function () {
    this.timeout(300_000);
    let cluster: VirtualCluster;

    afterEach(async () => {
      cluster.heal();
      await cluster.stop();
    });

    async function begin(members: number, seed = 5, options: { maxLearners?: number } = {}): Promise<VirtualMember> {
      cluster = new VirtualCluster({
        members,
        seed,
        ...options,
        node: { snapshotCount: 20, logTailEntries: 5, logFlushBytes: 0, asyncStorage },
      });
      await cluster.start();
      return await cluster.leader();
    }

    async function write(through: VirtualMember, count: number, valueBytes = 2000): Promise<void> {
      for (let at = 0; at < count; at++) {
        const { kind } = await cluster.time.wait(put(through, `key ${at % 7}`, `${'v'.repeat(valueBytes)} ${at}`));
        expect(kind).to.equal('ok');
      }
    }

    /** Cuts one member off, and writes until the log is larger than the state and is cut. */
    async function leaveBehind(leader: VirtualMember, valueBytes?: number): Promise<VirtualMember> {
      const away = defined(
        cluster.members.find(({ id }) => id !== leader.id),
        'a follower',
      );
      cluster.network.isolate(away.id);
      const { applied } = away.assembly.node.status();
      while (leader.assembly.node.status().firstIndex <= applied + 1) await write(leader, 50, valueBytes);
      return away;
    }

    async function expectAgreement(): Promise<void> {
      const running = cluster.members.filter((member) => member.running);
      const commit = (): number => Math.max(...running.map((member) => member.assembly.node.status().commit));
      await cluster.time.until('all have applied the same', () =>
        running.every((member) => member.assembly.store.appliedIndex() === commit()),
      );
      // In this turn: a member that has started publishes its URLs, which the others apply at other times.
      for (const { assembly } of running) {
        expect(assembly.store.members()).to.deep.equal(running[0]?.assembly.store.members());
        expect(assembly.node.confState).to.deep.equal(running[0]?.assembly.node.confState);
      }
      const hashes = await Promise.all(running.map((member) => cluster.time.wait(member.assembly.store.hashKv(0))));
      for (const hash of hashes) expect(hash).to.deep.equal(hashes[0]);
    }

    it('gets a snapshot, and continues with the log', async () => {
      const leader = await begin(3);
      const away = await leaveBehind(leader);
      cluster.heal();
      await write(leader, 30);
      await expectAgreement();
      const { firstIndex } = away.assembly.node.status();
      expect(firstIndex, 'its log begins behind the snapshot').to.be.greaterThan(20);
      const read = await cluster.time.wait(get(away, 'key 1', { level: 'consistent' }));
      expect(read.kind).to.equal('ok');
      // Its state is durable: it restarts from its own disk.
      cluster.crash(away, 'power');
      await cluster.time.wait(away.start());
      await expectAgreement();
    });

    it('joins a cluster whose log was cut, with the members table in the snapshot', async () => {
      const leader = await begin(1);
      await write(leader, 120);
      expect(leader.assembly.node.status().firstIndex).to.be.greaterThan(1);
      for (const name of ['b', 'c']) {
        const added = await cluster.time.wait(addMember(leader, { url: `http://${name}:2380` }));
        if (added.kind !== 'ok') throw new Error(added.message);
        const member = cluster.newcomer(added.id);
        await cluster.time.wait(member.start());
        await cluster.time.until('it has joined', () => member.assembly.store.member(added.id) !== undefined);
        await write(leader, 40);
      }
      await expectAgreement();
      expect(leader.assembly.node.confState.voters.length).to.equal(3);
      cluster.crash(leader, 'kill');
      await write(await cluster.leader([1]), 10);
    });

    /**
     * More members needed a snapshot than can be sent at a time. When a delivery ended while the only voter was
     * writing, the core got the state for the next one in a step after the Ready in progress. The state was released
     * with that Ready, and when its MsgSnap came, the leader stopped.
     */
    it('waits its turn if several need a snapshot, while the leader continues to serve', async () => {
      const leader = await begin(1, 2, { maxLearners: 3 });
      await write(leader, 120);
      const newcomers: VirtualMember[] = [];
      for (const name of ['b', 'c', 'd']) {
        const added = await cluster.time.wait(addMember(leader, { url: `http://${name}:2380`, isLearner: true }));
        if (added.kind !== 'ok') throw new Error(added.message);
        newcomers.push(cluster.newcomer(added.id));
      }
      cluster.network.faults.snapshotBytesPerSecond = 1024 * 1024;
      for (const member of newcomers) await cluster.time.wait(member.start());
      await write(leader, 200, 20_000);
      expect(leader.running).to.equal(true);
      await expectAgreement();
    });

    it('is brought up to date over a network that repeatedly breaks every stream', async () => {
      const leader = await begin(3);
      // Frames have 128 KiB, so the state takes several.
      for (let at = 0; at < 150; at++) await cluster.time.wait(put(leader, `large ${at}`, 'x'.repeat(20_000)));
      const away = await leaveBehind(leader, 60_000);
      cluster.heal();
      cluster.network.faults.lossRate = 0.05;
      await cluster.time.until('it has the snapshot', () => away.assembly.node.status().firstIndex > 20, 60_000);
      cluster.heal();
      await expectAgreement();
    });

    it('starts with the old state or the new one after a crash at any point', async () => {
      const found = { old: 0, new: 0 };
      for (let seed = 1; seed <= 25; seed++) {
        const leader = await begin(3, seed);
        const away = await leaveBehind(leader);
        const before = away.assembly.store.appliedIndex();
        cluster.network.heal();
        await cluster.time.advance(seed * 16);
        cluster.crash(away, seed % 2 === 0 ? 'power' : 'kill');
        cluster.network.isolate(away.id);
        await cluster.time.wait(away.start());
        const after = away.assembly.store.appliedIndex();
        if (after <= before) found.old += 1;
        else found.new += 1;
        cluster.heal();
        await write(leader, 5);
        await expectAgreement();
        if (seed < 25) await cluster.stop();
      }
      expect(found.old, 'crashes before').to.be.greaterThan(0);
      expect(found.new, 'crashes after').to.be.greaterThan(0);
    });
  });
}
