import { expect } from 'chai';
import type { AutoCompaction } from '../../src/server/settings/history-settings.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { put } from '../support/virtual-calls.js';
import type { VirtualMember } from '../support/virtual-member.js';

const MINUTE_MS = 60_000;

describe('automatic compaction', () => {
  let cluster: VirtualCluster;

  afterEach(() => cluster.stop());

  async function begin(autoCompaction: AutoCompaction): Promise<void> {
    cluster = new VirtualCluster({
      members: 3,
      seed: 3,
      // Hours pass in these tests.
      node: { heartbeatMs: 1000, electionMs: 10_000 },
      more: { autoCompaction },
    });
    await cluster.start();
  }

  async function write(count: number): Promise<void> {
    const leader = await cluster.leader();
    for (let at = 0; at < count; at++) {
      expect((await cluster.time.wait(put(leader, 'key', String(at)))).kind).to.equal('ok');
    }
  }

  /** Compacted revisions, as all members have them. */
  async function compacted(): Promise<number> {
    const [first, ...others] = cluster.members.filter((member: VirtualMember) => member.running);
    const store = first?.assembly.store;
    await cluster.time.until('all agree', () =>
      others.every(({ assembly }) => assembly.store.compactedRevision() === store?.compactedRevision()),
    );
    return store?.compactedRevision() ?? NaN;
  }

  it('by age compacts history older than the period, once per period', async () => {
    await begin({ mode: 'periodic', retentionMs: 10 * MINUTE_MS });
    await write(5); // revision 6
    const first = cluster.members[0]?.assembly.store.revision() ?? NaN;
    await cluster.time.advance(9 * MINUTE_MS);
    await write(5);
    expect(await compacted()).to.equal(-1);
    await cluster.time.advance(3 * MINUTE_MS);
    const early = await compacted();
    expect(early).to.be.within(1, first);
    await cluster.time.advance(12 * MINUTE_MS);
    expect(await compacted(), 'what was written in the ninth minute is old by now').to.equal(first + 5);
  });

  it('by number keeps the newest revisions, and continues under another leader', async () => {
    await begin({ mode: 'revision', retention: 4 });
    await write(10);
    const leader = await cluster.leader();
    const written = leader.assembly.store.revision();
    expect(await compacted()).to.equal(-1);
    await cluster.time.advance(5 * MINUTE_MS + 5000);
    expect(await compacted()).to.equal(written - 4);
    cluster.crash(leader, 'kill');
    await cluster.leader([leader.id]);
    await write(3);
    await cluster.time.advance(5 * MINUTE_MS + 5000);
    expect(await compacted()).to.equal(written + 3 - 4);
    await cluster.time.wait(leader.start());
  });

  it('is done by the leader only', async () => {
    await begin({ mode: 'revision', retention: 1 });
    await write(3);
    const leader = await cluster.leader();
    const asked: number[] = [];
    for (const { id, assembly } of cluster.members) {
      const propose = assembly.node.propose.bind(assembly.node);
      assembly.node.propose = (proposal) => {
        asked.push(id);
        return propose(proposal);
      };
    }
    await cluster.time.advance(6 * MINUTE_MS);
    expect(asked).to.deep.equal([leader.id]);
  });
});
