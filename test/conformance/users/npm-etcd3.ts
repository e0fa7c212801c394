import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Etcd3, Range } from 'etcd3';
import { poll } from '../../support/poll.js';

// The npm package `etcd3` over TLS with users: ENDPOINT CA. Prints `ok NAME` or `FAIL NAME: why` for each step.

const [endpoint = '', ca = ''] = process.argv.slice(2);
const credentials = { rootCertificate: readFileSync(ca) };
const as = (username: string, password: string): Etcd3 =>
  new Etcd3({ hosts: `https://${endpoint}`, credentials, auth: { username, password } });
const anonymous = new Etcd3({ hosts: `https://${endpoint}`, credentials });
const [root, alice] = [as('root', 'rpw'), as('alice', 'pw')];
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

await step('users, roles and permissions', async () => {
  await anonymous.put('n/1').value('one');
  const readers = anonymous.role('n-readers');
  await readers.create();
  await readers.grant({ permission: 'Read', range: Range.prefix('n/') });
  await anonymous.user('alice').create('pw');
  await anonymous.user('alice').addRole('n-readers');
  await anonymous.user('root').create('rpw');
  await anonymous.role('root').create();
  await anonymous.user('root').addRole('root');
  await anonymous.auth.authEnable();
});
await step('reads with a permission, and not without', async () => {
  assert.equal(await alice.get('n/1').string(), 'one');
  await assert.rejects(async () => await alice.get('m').string(), /permission denied/);
  await assert.rejects(async () => await alice.put('n/1').value('two'), /permission denied/);
  await assert.rejects(async () => await anonymous.get('n/1').string());
  await root.put('n/1').value('two');
});
await step('goes on after its token has expired', async () => {
  await delay(2500);
  assert.equal(
    await poll('an answer', () =>
      alice
        .get('n/1')
        .string()
        .catch(() => undefined),
    ),
    'two',
  );
});
await step('a watch and a lease', async () => {
  // It renews a token for calls, but not for watches.
  await root.get('n/1').string();
  const watcher = await root.watch().prefix('n/').create();
  const seen: string[] = [];
  watcher.on('put', ({ key, value }) => seen.push(`${key.toString()} ${value.toString()}`));
  const lease = root.lease(10);
  await lease.put('n/2').value('leased');
  await poll('the event', () => (seen.length > 0 ? true : undefined));
  assert.deepEqual(seen, ['n/2 leased']);
  await lease.revoke();
  await watcher.cancel();
});
await step('authentication disabled', async () => {
  await root.auth.authDisable();
  assert.equal(await anonymous.get('n/1').string(), 'two');
});
for (const client of [root, alice, anonymous]) client.close();
process.exitCode = failed ? 1 : 0;
