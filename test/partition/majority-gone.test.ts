import { expect } from 'chai';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { get, put } from '../support/virtual-calls.js';

it('a member without a majority ends writes and consistent reads in bounded time, with the right certainty', async () => {
  const cluster = new VirtualCluster({ members: 3, seed: 11, requestMs: 1000 });
  const { time } = cluster;
  await cluster.start();
  const leader = await cluster.leader();
  expect((await time.wait(put(leader, 'key', 'value'))).kind).to.equal('ok');
  await time.advance(500);
  for (const member of cluster.members) if (member !== leader) cluster.crash(member, 'power');

  // At first it does not know that it is alone: the write is in its log, and may still be committed.
  const first = await time.wait(put(leader, 'key', 'unknown'), 1200);
  expect(first.kind).to.equal('unknown');
  await time.advance(1500);
  // Later it knows no leader, and does not propose.
  const second = await time.wait(put(leader, 'key', 'failed'), 1200);
  expect(second.kind).to.equal('failed');
  // Later it knows that waiting for a leader is pointless.
  await time.advance(3000);
  const asked = time.nowMs;
  const third = await time.wait(put(leader, 'key', 'failed at once'));
  expect([third.kind, time.nowMs - asked]).to.deep.equal(['failed', 0]);
  for (const level of ['consistent', 'default'] as const) {
    const read = await time.wait(get(leader, 'key', { level }), 1200);
    expect(read.kind, level).to.equal('failed');
  }
  const ages: number[] = [];
  for (let round = 0; round < 3; round++) {
    const stale = await time.wait(get(leader, 'key', { level: 'stale' }));
    expect(stale).to.include({ kind: 'ok', value: 'value' });
    if (stale.kind === 'ok' && stale.stalenessMs !== undefined) ages.push(stale.stalenessMs);
    await time.advance(700);
  }
  expect(ages).to.have.length(3);
  expect([(ages[1] ?? 0) - (ages[0] ?? 0), (ages[2] ?? 0) - (ages[1] ?? 0)]).to.deep.equal([700, 700]);

  for (const member of cluster.members) if (!member.running) await time.wait(member.start());
  const next = await cluster.leader();
  expect((await time.wait(put(next, 'key', 'back'))).kind).to.equal('ok');
  // The former leader has heard of it by then.
  expect((await time.wait(put(leader, 'key', 'back at the former leader'))).kind).to.equal('ok');
  await cluster.stop();
});
