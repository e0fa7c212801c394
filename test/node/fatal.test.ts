import { expect } from 'chai';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { get, put } from '../support/virtual-calls.js';
import type { VirtualMember } from '../support/virtual-member.js';

describe('a node with a fatal error stops, and `closed` rejects with the error', () => {
  let cluster: VirtualCluster;
  let victim: VirtualMember;

  beforeEach(async () => {
    cluster = new VirtualCluster({ members: 3, seed: 5, requestMs: 1000 });
    await cluster.start();
    victim = await cluster.leader();
    expect((await cluster.time.wait(put(victim, 'key', 'before'))).kind).to.equal('ok');
  });

  afterEach(async () => {
    await cluster.stop();
  });

  async function endOf(member: VirtualMember): Promise<unknown> {
    return cluster.time.wait(member.assembly.node.closed.then(() => 'a clean stop').catch((error: unknown) => error));
  }

  it('does not retry a failed sync (fsync, 2018), and does not acknowledge the write that waited for it', async () => {
    const broken = new Error('EIO: i/o error, fdatasync');
    victim.breakDisk(broken);
    const written = put(victim, 'key', 'never synced here');
    expect(await endOf(victim)).to.equal(broken);
    expect((await cluster.time.wait(written)).kind).to.equal('unknown');
    expect((await cluster.time.wait(put(victim, 'key', 'later'))).kind).not.to.equal('ok');

    // The other members continue.
    cluster.crash(victim, 'power');
    const successor = await cluster.leader([victim.id]);
    expect((await cluster.time.wait(put(successor, 'other', 'value'))).kind).to.equal('ok');
    const found = await cluster.time.wait(get(successor, 'key', { level: 'consistent' }));
    expect(found.kind === 'ok' && found.value !== null).to.equal(true);
  });

  it('stops the applier if the engine cannot write a batch, and readers see none of it', async () => {
    const broken = new Error('ENOSPC: no space left on device');
    victim.breakEngine(broken);
    const written = put(victim, 'key', 'not applied here');
    expect(await endOf(victim)).to.equal(broken);
    expect((await cluster.time.wait(written)).kind).to.equal('unknown');
    const stale = await cluster.time.wait(get(victim, 'key', { level: 'stale' }));
    expect(stale).to.include({ kind: 'ok', value: 'before' });

    // It was committed nevertheless: the others have applied it, and so does this member once it can.
    cluster.crash(victim, 'kill');
    await cluster.leader([victim.id]);
    await cluster.time.wait(victim.start());
    const found = await cluster.time.wait(get(victim, 'key', { level: 'consistent' }));
    expect(found).to.include({ kind: 'ok', value: 'not applied here' });
  });
});
