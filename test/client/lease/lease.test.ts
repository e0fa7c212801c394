import { expect } from 'chai';
import type { Lease } from '../../../src/client/index.js';
import { defined } from '../../../src/util/assert.js';
import { aborted, FakeLeases, FakeLessor } from '../../support/fake-lessor.js';
import { poll } from '../../support/poll.js';
import { openedServers } from '../opened-servers.js';
import { clientErrorOf } from '../../support/rejections.js';

const WHOLE = 0x7fff_ffff_ffff_fff1n;

describe('client leases', () => {
  const { start, connect } = openedServers((leases?: FakeLeases) => FakeLessor.start(leases), { timeoutMs: 3000 });

  it('grants, looks at, lists and revokes leases, whose ids take all 64 bits', async () => {
    const client = connect([await start()]);
    const granted = await client.leaseGrant(10, { id: WHOLE });
    expect(granted).to.deep.include({ id: WHOLE, ttlSeconds: 10 });
    expect(granted.header.revision).to.equal(7);
    await client.leaseGrant(20, { id: -5n });
    expect((await client.leaseList()).ids).to.deep.equal([WHOLE, -5n]);
    const { header: _, ...left } = await client.leaseTimeToLive(WHOLE);
    expect(left).to.deep.equal({
      id: WHOLE,
      leftSeconds: 9,
      ttlSeconds: 10,
      keys: [Buffer.from('a'), Buffer.from('b')],
    });
    expect((await client.leaseTimeToLive(WHOLE, { keys: false })).keys).to.deep.equal([]);
    expect((await client.leaseTimeToLive(1n)).leftSeconds).to.equal(-1);
    expect(await client.leaseKeepAliveOnce(WHOLE)).to.deep.include({ id: WHOLE, ttlSeconds: 10 });
    expect(await client.leaseKeepAliveOnce(1n)).to.deep.include({ id: 1n, ttlSeconds: 0 });
    expect((await client.leaseRevoke(WHOLE)).header.revision).to.equal(8);
    const error = await clientErrorOf(client.leaseRevoke(WHOLE));
    expect([error.code, error.fate]).to.deep.equal(['not-found', 'not-applied']);
  });

  it('repeats a grant whose answer is lost, unless the caller chose the id', async () => {
    const fake = await start();
    const client = connect([fake]);
    fake.answersToLose = 1;
    // The client does not know the first lease, which expires.
    const { id } = await client.leaseGrant(10);
    expect([...fake.leases.ttls.keys()]).to.deep.equal([id - 1n, id]);
    fake.answersToLose = 1;
    expect((await clientErrorOf(client.leaseGrant(10, { id: WHOLE }))).fate).to.equal('unknown');
    fake.answersToLose = 1;
    expect((await clientErrorOf(client.leaseRevoke(WHOLE))).fate).to.equal('unknown');
  });

  it('renews a lease every third of its TTL, and revokes it on disposal', async () => {
    const fake = await start();
    const client = connect([fake]);
    const renewed: number[] = [];
    {
      await using lease = await client.lease(2, { onRenewed: ({ ttlSeconds }) => renewed.push(ttlSeconds) });
      const began = performance.now();
      await poll('renewals', () => fake.seen.length >= 4 || undefined);
      const times = fake.seen.map(({ atMs }) => atMs);
      expect(performance.now() - began).to.be.at.least(2_500);
      for (const [at, ms] of times.entries()) {
        if (at > 0) expect(ms - defined(times[at - 1], 'the one before')).to.be.at.least(600);
      }
      expect(lease.signal.aborted).to.equal(false);
      expect([...fake.leases.ttls.keys()]).to.deep.equal([lease.id]);
      expect((await lease.timeToLive()).leftSeconds).to.equal(1);
    }
    expect(renewed.length).to.be.at.least(3);
    expect(fake.leases.ttls.size).to.equal(0);
    expect(new Set(fake.seen.map(({ stream }) => stream))).to.deep.equal(new Set([1]));
    await poll('the end of the stream', () => fake.openStreams === 0 || undefined);
  });

  it('renews many leases on one stream', async () => {
    const fake = await start();
    const client = connect([fake]);
    // Long enough for a busy machine to renew all of them in time.
    const leases = await Promise.all(Array.from({ length: 200 }, () => client.lease(4)));
    await poll('a renewal of each', () => new Set(fake.seen.map(({ id }) => id)).size === 200 || undefined);
    expect(fake.streams).to.equal(1);
    await Promise.all(leases.map((lease) => lease.revoke()));
    expect(fake.leases.ttls.size).to.equal(0);
  });

  it('reports a lease as lost when the cluster says so', async () => {
    const fake = await start();
    const lease = await connect([fake]).lease(1);
    const told: unknown[] = [];
    lease.on('lost', (reason) => told.push(reason));
    lease.on('renewed', ({ ttlSeconds }) => told.push(ttlSeconds));
    await poll('a renewal', () => told.length > 0 || undefined);
    fake.leases.ttls.delete(lease.id);
    await aborted(lease.signal);
    const error = await lease.lost;
    expect([told[0], told.at(-1)]).to.deep.equal([1, error]);
    expect(lease.signal.reason).to.equal(error);
    expect([error.code, error.message]).to.deep.equal([
      'lease-lost',
      `lease ${lease.id.toString(16).padStart(16, '0')} is lost: it has expired or was revoked`,
    ]);
    // There is no lease left to revoke.
    await lease.revoke();
    expect(fake.calls).to.deep.equal(['LeaseGrant']);
  });

  it('leaves a lease to expire, after a second, when no member answers its disposal', async () => {
    // The end of an `await using` block waited for the whole timeout of a call while the cluster was unreachable.
    const [gone, silent] = [await start(), await start()];
    const lease = await connect([gone, silent], { timeoutMs: 60_000 }).lease(60);
    gone.stop();
    silent.callsToIgnore = 1000;
    const startMs = performance.now();
    await lease[Symbol.asyncDispose]();
    expect(performance.now() - startMs, 'ms until it gave up').to.be.at.least(900);
    expect(lease.signal.aborted).to.equal(false);
  });

  it('reports a lease as lost when no renewal succeeded for a TTL, counted from the last one answered', async () => {
    const fake = await start();
    const lease = await connect([fake]).lease(2);
    await poll('a renewal', () => fake.seen.length > 0 || undefined);
    fake.manner = () => 'silence';
    const lastAnswered = defined(fake.seen.at(-1), 'a renewal').atMs;
    await aborted(lease.signal);
    const after = performance.now() - lastAnswered;
    expect(after).to.be.within(1_900, 15_000);
    expect((await lease.lost).code).to.equal('deadline-exceeded');
    expect((await lease.lost).message).to.match(/no renewal succeeded for 2 s \(.*no answer in time\)$/);
  });

  it('continues at the next member when one breaks, refuses or is silent', async () => {
    const leases = new FakeLeases();
    const [first, second] = [await start(leases), await start(leases)];
    const lease: Lease = await connect([first, second]).lease(3);
    await poll('a renewal', () => first.seen.length > 0 || undefined);
    const renewedAt = (fake: FakeLessor): number => fake.seen.length;
    for (const trouble of ['break', 'silence', 'refuse', 'stop'] as const) {
      const [now, next] = first.openStreams > 0 ? [first, second] : [second, first];
      next.manner = () => 'answer';
      const before = renewedAt(next);
      if (trouble === 'break') now.breakStreams();
      else if (trouble === 'stop') now.stop();
      else now.manner = () => trouble;
      await poll(`renewals elsewhere (${trouble})`, () => renewedAt(next) > before + 1 || undefined);
      expect(lease.signal.aborted, trouble).to.equal(false);
    }
    await lease.revoke();
  });

  // The lease counted from the first request for its grant: the time that earlier members had taken was missing.
  it('counts the time of a lease from the request that was answered', async () => {
    const [hangs, answers] = [await start(), await start()];
    hangs.callsToIgnore = 1;
    const lease = await connect([hangs, answers], { timeoutMs: 2600 }).lease(1);
    expect([hangs.calls, answers.calls]).to.deep.equal([['LeaseGrant'], ['LeaseGrant']]);
    await Promise.race([aborted(lease.signal), poll('a renewal', () => hangs.seen.concat(answers.seen)[0])]);
    expect(lease.signal.reason).to.equal(undefined);
    await lease.revoke();
  });

  // A process was paused beyond the end of its lease. The lease had been renewed before, but the answer was unread in
  // the socket: the lease was reported as lost, as timers run before input is processed.
  it('keeps a lease whose renewal arrived while the process was paused', async () => {
    const fake = await start();
    const startMs = performance.now();
    const lease = await connect([fake]).lease(2);
    fake.manner = () => {
      fake.manner = () => 'answer';
      setImmediate(() => standStill(startMs + 2200));
      return 'answer';
    };
    await Promise.race([aborted(lease.signal), new Promise((resolve) => lease.once('renewed', resolve))]);
    expect(performance.now() - startMs).to.be.above(2150);
    expect(lease.signal.reason).to.equal(undefined);
    await lease.revoke();
  });

  // One answer counted for all requests for the lease, even those sent later: they assumed more time than was granted.
  it('gives each renewal of a lease the answer to its own request', async () => {
    const fake = await start();
    const client = connect([fake]);
    fake.leases.ttls.set(WHOLE, 2);
    let asked = 0;
    fake.manner = () => (asked++ === 0 ? 'answer' : 'silence');
    const first = client.leaseKeepAliveOnce(WHOLE);
    const second = clientErrorOf(client.leaseKeepAliveOnce(WHOLE, { timeoutMs: 500 }));
    expect((await first).ttlSeconds).to.equal(2);
    expect((await second).code).to.equal('deadline-exceeded');
    expect(asked).to.be.above(1);
  });

  // All leases of a client are renewed on one stream, which a member ends when it refuses one of them. The refused one was the
  // first on every new stream, so that the others were lost with it.
  it('keeps other leases alive while one is refused', async () => {
    const fake = await start();
    const client = connect([fake]);
    fake.leases.ttls.set(WHOLE, 1);
    const refused = await client.keepAlive(WHOLE);
    const others = await Promise.all([1, 2, 3].map(() => client.lease(1)));
    fake.manner = (id) => (id === WHOLE ? 'deny' : 'answer');
    const reason = await refused.lost;
    expect(reason.code).to.equal('deadline-exceeded');
    expect(reason.message).to.match(/no renewal succeeded for 1 s/);
    const before = fake.seen.length;
    await poll('further renewals', () => fake.seen.length >= before + 6 || undefined);
    expect(others.map(({ signal }) => signal.aborted)).to.deep.equal([false, false, false]);
    // Each refusal costs one stream, and the refused lease waits a third of its time for the next.
    expect(fake.seen.filter(({ id }) => id === WHOLE).length).to.be.at.most(5);
    expect(fake.streams).to.be.at.most(6);
  });

  it('keeps a lease that is renewed again after a refusal', async () => {
    const fake = await start();
    const lease = await connect([fake]).lease(2);
    let refusals = 0;
    fake.manner = () => (refusals++ === 0 ? 'deny' : 'answer');
    await Promise.race([aborted(lease.signal), new Promise((resolve) => lease.once('renewed', resolve))]);
    expect([refusals, lease.signal.reason]).to.deep.equal([2, undefined]);
    await lease.revoke();
  });

  // A refusal was repeated until the time was over, and then reported as a missing answer.
  it('rejects a single renewal that is refused, at once and with the reason', async () => {
    const fake = await start();
    fake.manner = () => 'deny';
    const error = await clientErrorOf(connect([fake]).leaseKeepAliveOnce(WHOLE));
    expect([error.code, error.fate]).to.deep.equal(['permission-denied', 'not-applied']);
    expect(fake.seen).to.have.length(1);
  });

  it('keeps a lease of another client alive, and does not revoke it on release', async () => {
    const fake = await start();
    fake.leases.ttls.set(WHOLE, 2);
    const client = connect([fake]);
    const lease = await client.keepAlive(WHOLE);
    expect([lease.id, lease.ttlSeconds]).to.deep.equal([WHOLE, 2]);
    await poll('renewals', () => fake.seen.length >= 3 || undefined);
    lease.release();
    const { length } = fake.seen;
    await poll('the end of the stream', () => fake.openStreams === 0 || undefined);
    expect([...fake.leases.ttls.keys()]).to.deep.equal([WHOLE]);
    expect(fake.seen.length).to.equal(length);
    expect((await clientErrorOf(client.keepAlive(1n))).code).to.equal('lease-lost');
  });

  it('disposes of a lease without an error although no member can revoke it', async () => {
    const fake = await start();
    const client = connect([fake], { timeoutMs: 300 });
    const lease = await client.lease(5);
    fake.stop();
    expect((await clientErrorOf(lease.revoke())).code).to.equal('unavailable');
    await lease[Symbol.asyncDispose]();
    expect(lease.signal.aborted).to.equal(false);
  });

  it('revokes a lease without listeners', async () => {
    const fake = await start();
    const lease = await connect([fake]).lease(5);
    fake.answersToLose = 1;
    await lease.revoke();
    expect(fake.leases.ttls.size).to.equal(0);
  });

  it('rejects a single renewal on its timeout, on its signal, and when the client is closed', async () => {
    const fake = await start();
    const client = connect([fake], { timeoutMs: 400 });
    fake.manner = () => 'silence';
    expect((await clientErrorOf(client.leaseKeepAliveOnce(1n))).code).to.equal('deadline-exceeded');
    const stop = new AbortController();
    const cancelled = clientErrorOf(client.leaseKeepAliveOnce(1n, { signal: stop.signal, timeoutMs: 10_000 }));
    stop.abort();
    expect((await cancelled).code).to.equal('cancelled');
    const lease = await client.lease(60);
    const once = clientErrorOf(client.leaseKeepAliveOnce(1n, { timeoutMs: 10_000 }));
    await client.close();
    expect((await once).code).to.equal('closed');
    expect((await lease.lost).code).to.equal('closed');
    expect((await clientErrorOf(client.leaseKeepAliveOnce(1n))).code).to.equal('closed');
  });
});

function standStill(untilMs: number): void {
  while (performance.now() < untilMs);
}
