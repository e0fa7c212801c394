import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import type { Status } from '../../src/rpc/status.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { put } from '../support/virtual-calls.js';
import type { VirtualMember } from '../support/virtual-member.js';
import type { VirtualStream } from '../support/virtual-stream.js';

const { WatchRequest, WatchResponse } = etcdserverpb;

/** A client that takes responses at once, and records revisions and the end. */
class Watching {
  readonly revisions: number[] = [];
  ended: { readonly how: Status | 'well'; readonly atMs: number } | undefined;
  readonly #stream: VirtualStream;

  constructor(cluster: VirtualCluster, member: VirtualMember, metadata: Readonly<Record<string, string>>) {
    const { time } = cluster;
    const stream = member.stream('/etcdserverpb.Watch/Watch', {
      metadata,
      delayMs: 1,
      window: 16,
      onReadable: () => this.#take(time.nowMs),
    });
    this.#stream = defined(stream, 'a stream');
    this.#stream.send(WatchRequest.encode({ createRequest: { key: Buffer.from('key') } }).finish());
  }

  #take(nowMs: number): void {
    for (let body = this.#stream.take(); body !== undefined; body = this.#stream.take()) {
      const { events } = WatchResponse.decode(body);
      this.revisions.push(...events.map(({ kv }) => clampInteger(kv?.modRevision)));
    }
    const { ended } = this.#stream;
    if (ended !== undefined) this.ended ??= { how: ended, atMs: nowMs };
  }
}

const ELECTION_MS = 1000;

it('a watch that requires a leader ends at members without one; another watch waits, and misses no event', async () => {
  const cluster = new VirtualCluster({ members: 5, seed: 5, requestMs: 1000, node: { electionMs: ELECTION_MS } });
  const { time, members } = cluster;
  await cluster.start();
  const leader = await cluster.leader();
  await time.until('all know it', () => members.every(({ assembly }) => assembly.node.status().leader === leader.id));
  const followers = members.filter((member) => member !== leader);
  // The leader is cut off with one follower; the other three members elect another leader.
  const small = [leader, defined(followers[0], 'a follower')];
  const large = followers.slice(1);
  const demanding = members.map((member) => new Watching(cluster, member, { hasleader: 'true' }));
  const patient = members.map((member) => new Watching(cluster, member, {}));
  const write = async (at: VirtualMember): Promise<number> => {
    const written = await time.wait(put(at, 'key', 'value'));
    if (written.kind !== 'ok') throw new Error(`the write ended as ${written.kind}`);
    return written.revision;
  };
  await time.advance(10);
  const revisions = [await write(leader)];
  await time.advance(500);
  cluster.network.partition(
    small.map(({ id }) => id),
    large.map(({ id }) => id),
  );
  const cutMs = time.nowMs;
  const next = await cluster.leader([leader.id]);
  for (let times = 0; times < 3; times++) revisions.push(await write(next));
  await time.advance(8000 - (time.nowMs - cutMs));

  for (const [at, member] of members.entries()) {
    const lost = small.includes(member);
    const { ended } = defined(demanding[at], 'a watch');
    expect(ended?.how, `member ${member.id}`).to.deep.equal(
      lost ? { code: 14, message: 'etcdserver: no leader' } : undefined,
    );
    // Three election timeouts without a leader, after the time to notice it.
    if (ended !== undefined) expect(ended.atMs - cutMs).to.be.within(3 * ELECTION_MS, 6 * ELECTION_MS);
    expect(demanding[at]?.revisions).to.deep.equal(lost ? revisions.slice(0, 1) : revisions);
    expect(patient[at]?.ended).to.equal(undefined);
    expect(patient[at]?.revisions).to.deep.equal(lost ? revisions.slice(0, 1) : revisions);
    // A new watch does not begin either.
    const late = new Watching(cluster, member, { hasleader: 'true' });
    await time.advance(10);
    expect(late.ended?.how).to.deep.equal(lost ? { code: 14, message: 'etcdserver: no leader' } : undefined);
  }

  cluster.heal();
  await cluster.leader();
  await time.until('they have caught up', () => patient.every((each) => each.revisions.length === revisions.length));
  revisions.push(await write(await cluster.leader()));
  await time.advance(1000);
  for (const each of patient) expect(each.revisions).to.deep.equal(revisions);
  await cluster.stop();
});
