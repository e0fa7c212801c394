import { expect } from 'chai';
import { Client, RaftKvError } from '../../src/client/index.js';
import type { Leadership } from '../../src/client/index.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';

describe('locks and elections of real servers', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;
  const clients: Client[] = [];

  beforeEach(async () => {
    cluster = await ProcessCluster.start();
  });

  afterEach(async function () {
    for (const client of clients.splice(0)) await client.close();
    if (this.currentTest?.state === 'failed') console.error(cluster.logs());
    await cluster.dispose();
  });

  function connect(first = 0): Client {
    const endpoints = cluster.all.map((index) => cluster.client((first + index) % cluster.all.length).endpoint);
    const client = new Client({ endpoints, timeoutMs: 10_000 });
    clients.push(client);
    return client;
  }

  it('are held, waited for and followed through the death of every member, one after the other', async () => {
    const [holder, waiter, observer] = [connect(0), connect(1), connect(2)];
    const lock = await holder.lock('lock');
    const leadership = await holder.campaign('election', 'first');
    let had = false;
    const waiting = waiter.lock('lock').then((next) => {
      had = true;
      return next;
    });
    const seen: string[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const { kv } of observer.observe('election', { signal: stop.signal })) seen.push(kv.valueText());
    })();
    for (const index of cluster.all) {
      await cluster.kill9(index);
      // Calls in progress at the dead leader may end with an unknown outcome; repeating them is harmless.
      await poll('the word to be taken', async () => await saidBy(leadership, `without ${index}`), 30_000);
      await poll('what it says', () => (seen.at(-1) === `without ${index}` ? true : undefined));
      await cluster.restart(index);
    }
    expect([lock.signal.aborted, leadership.signal.aborted, had]).to.deep.equal([false, false, false]);
    await lock.release();
    const next = await waiting;
    expect(next.revision).to.be.above(lock.revision);
    await next.release();
    await leadership.resign();
    stop.abort();
    await following.then(
      () => expect.fail('the stream ended by itself'),
      ({ code }: { code?: unknown }) => expect(code).to.equal('cancelled'),
    );
    expect((await holder.leaseList()).ids).to.deep.equal([]);
  });
});

async function saidBy(leadership: Leadership, value: string): Promise<true | undefined> {
  try {
    await leadership.proclaim(value);
    return true;
  } catch (error) {
    if (error instanceof RaftKvError) return undefined;
    throw error;
  }
}
