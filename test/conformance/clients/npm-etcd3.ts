import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Etcd3, EtcdLockFailedError, type IKeyValue } from 'etcd3';
import { poll } from '../../support/poll.js';

// The npm package `etcd3` against a running cluster: HOST:PORT of each member. Its protocol is described in story.py.

const hosts = process.argv.slice(2);
const client = new Etcd3({ hosts });
const lines = createInterface({ input: process.stdin });
let failed = false;

async function step(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    failed = true;
    console.error(error);
    console.log(`FAIL ${name}: ${String(error)}`);
  }
}

async function killTheLeader(): Promise<void> {
  const told = once(lines, 'line');
  console.log('KILL THE LEADER');
  await told;
}

/** The next events of a watch, as type, key and value. */
async function events(watch: {
  readonly prefix: string;
  readonly count: number;
  readonly from?: string;
  readonly after?: () => Promise<unknown>;
}): Promise<string[]> {
  const seen: string[] = [];
  const builder = client.watch().prefix(watch.prefix);
  const watcher = await (watch.from === undefined ? builder : builder.startRevision(watch.from)).create();
  const note = (type: string) => (kv: IKeyValue) => seen.push(`${type} ${kv.key.toString()} ${kv.value.toString()}`);
  watcher.on('put', note('put')).on('delete', note('delete'));
  try {
    await watch.after?.();
    return await poll('the events', () => Promise.resolve(seen.length >= watch.count ? seen : undefined), 30_000);
  } finally {
    await watcher.cancel();
  }
}

await step('put, get, delete', async () => {
  await client.put('n/a').value('1');
  await client.put('n/b').value('2');
  assert.equal(await client.get('n/a').string(), '1');
  assert.deepEqual(await client.getAll().prefix('n/').sort('Key', 'Descend').strings(), { 'n/b': '2', 'n/a': '1' });
  assert.equal(await client.getAll().prefix('n/').count(), 2);
  assert.equal((await client.put('n/a').value('3').getPrevious()).value.toString(), '1');
  assert.equal((await client.delete().prefix('n/').exec()).deleted, '2');
  assert.equal(await client.get('n/a').string(), null);
});

await step('transactions', async () => {
  await client.put('nt').value('old');
  const swap = () =>
    client
      .if('nt', 'Value', '==', 'old')
      .and('absent', 'Create', '==', 0)
      .then(client.put('nt').value('new'))
      .else(client.get('nt'))
      .commit();
  assert.equal((await swap()).succeeded, true);
  const second = await swap();
  assert.equal(second.succeeded, false);
  assert.equal(second.responses[0]?.response_range?.kvs[0]?.value.toString(), 'new');
  const counted = await client.stm().transact(async (tx) => {
    const count = Number((await tx.get('count').string()) ?? 0) + 1;
    await tx.put('count').value(count);
    return count;
  });
  assert.equal(counted, 1);
});

await step('watches', async () => {
  const change = async () => {
    await client.put('nw/1').value('a');
    await client.put('other').value('x');
    await client.delete().key('nw/1');
  };
  const expected = ['put nw/1 a', 'delete nw/1 '];
  assert.deepEqual(await events({ prefix: 'nw/', count: 2, after: change }), expected);
  const { header } = await client.put('other').value('y');
  const from = String(Number(header.revision) - 3);
  assert.deepEqual(await events({ prefix: 'nw/', count: 2, from }), expected);
});

await step('leases', async () => {
  const kept = client.lease(2);
  await kept.put('nl/kept').value('x');
  const id = await kept.grant();
  const lost = client.lease(2, { autoKeepAlive: false });
  await lost.put('nl/gone').value('x');
  await poll('the end of the lease', async () => ((await client.get('nl/gone')) === null ? true : undefined), 30_000);
  // Longer than the TTL of a lease without renewals.
  await pause(2500);
  assert.equal(await client.get('nl/kept').string(), 'x');
  const [found] = await client
    .getAll()
    .prefix('nl/')
    .exec()
    .then(({ kvs }) => kvs);
  assert.equal(BigInt(found?.lease ?? 0).toString(), BigInt(id).toString());
  await kept.revoke();
  assert.equal(await client.get('nl/kept').string(), null);
});

await step('locks', async () => {
  const lock = await client.lock('ndoor').ttl(20).acquire();
  await assert.rejects(client.lock('ndoor').acquire(), EtcdLockFailedError);
  await lock.release();
  assert.equal(await client.lock('ndoor').do(() => 'inside'), 'inside');
});

await step('elections', async () => {
  const election = client.election('chair', 5);
  const first = election.campaign('first');
  await first.wait();
  assert.equal(await election.leader(), 'first');
  const observer = await election.observe();
  assert.equal(observer.leader(), 'first');
  await first.proclaim('first, again');
  await poll('the news', () => Promise.resolve(observer.leader() === 'first, again' ? true : undefined));
  const second = election.campaign('second');
  const elected = once(second, 'elected');
  await second.getCampaignKey();
  await first.resign();
  await elected;
  await poll('the next one', () => Promise.resolve(observer.leader() === 'second' ? true : undefined));
  await second.resign();
  await observer.cancel();
});

await step('a leader that is killed', async () => {
  const lease = client.lease(30);
  await lease.put('nk/held').value('x');
  const campaign = client.election('seat', 30).campaign('me');
  await campaign.wait();
  const lock = await client.lock('ngate').ttl(30).acquire();
  const after = async (): Promise<void> => {
    await client.put('nk/1').value('before');
    await killTheLeader();
    await poll(
      'a write',
      async () => {
        try {
          return await client.put('nk/2').value('after');
        } catch {
          // The member is gone, or has no leader yet.
          return undefined;
        }
      },
      30_000,
    );
  };
  const seen = await events({ prefix: 'nk/', count: 2, after });
  // A repeated write may be seen twice.
  assert.deepEqual([...new Set(seen)], ['put nk/1 before', 'put nk/2 after']);
  assert.equal(await client.get('nk/held').string(), 'x');
  assert.equal(lease.revoked(), false);
  assert.equal(await client.election('seat').leader(), 'me');
  await campaign.resign();
  await lock.release();
  await lease.revoke();
});

client.close();
lines.close();
process.exitCode = failed ? 1 : 0;
