import { expect } from 'chai';
import { Client } from '../../src/client/index.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';

/** Short enough to run out if a leader change took its place, long enough for one on a busy machine. */
const TTL_SECONDS = 4;

describe('leases of real servers', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;
  let client: Client;

  beforeEach(async () => {
    cluster = await ProcessCluster.start();
    client = new Client({ endpoints: cluster.all.map((index) => cluster.client(index).endpoint), timeoutMs: 10_000 });
  });

  afterEach(async function () {
    await client.close();
    if (this.currentTest?.state === 'failed') console.error(cluster.logs());
    await cluster.dispose();
  });

  const isThere = async (key: string): Promise<boolean> => (await client.get(key)).kv !== undefined;

  it('live as long as their client renews them, although leaders die and hang, and no longer', async () => {
    const lease = await client.lease(TTL_SECONDS);
    await client.put('held', 'yes', { lease });
    const abandoned = await client.leaseGrant(TTL_SECONDS);
    await client.put('abandoned', 'yes', { lease: abandoned });

    const killed = await cluster.leader();
    await cluster.kill9(killed);
    await holdsFor(TTL_SECONDS * 1000);
    await cluster.restart(killed);

    const paused = await cluster.leader();
    cluster.pause(paused);
    await holdsFor(TTL_SECONDS * 1000);
    cluster.resume(paused);
    // It takes itself for the leader of a time long gone.
    await holdsFor(2_000);

    expect(lease.signal.aborted).to.equal(false);
    await poll('the end of the lease that nobody renewed', async () =>
      (await isThere('abandoned')) ? undefined : true,
    );
    await lease.revoke();
    expect(await isThere('held')).to.equal(false);
    expect((await client.leaseList()).ids).to.deep.equal([]);

    async function holdsFor(ms: number): Promise<void> {
      const until = performance.now() + ms;
      while (performance.now() < until) {
        expect(await isThere('held')).to.equal(true);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  });

  it('outlive kill -9 of all members, and end afterwards', async () => {
    const { id } = await client.leaseGrant(TTL_SECONDS);
    await client.put('held', 'yes', { lease: id });
    await cluster.kill9(...cluster.all);
    await cluster.restart(...cluster.all);
    const { ttlSeconds, keys } = await client.leaseTimeToLive(id);
    expect([ttlSeconds, keys.map(String)]).to.deep.equal([TTL_SECONDS, ['held']]);
    const beganMs = performance.now();
    await poll('the end of the lease', async () => ((await isThere('held')) ? undefined : true));
    expect(performance.now() - beganMs).to.be.above(TTL_SECONDS * 1000 - 3_000);
    expect((await client.leaseTimeToLive(id)).leftSeconds).to.equal(-1);
  });
});
