import { Client, op, txn } from '../../src/client/index.js';
import { defined } from '../../src/util/assert.js';
import { ProcessCluster } from '../support/process-cluster.js';

// `node --import tsx test/bench/large-deletes.ts`, after `make build`: three members hold KEYS= keys (100000), which one command deletes: MODE=lease revokes their
// lease, MODE=range deletes their prefix, MODE=txn does so in a transaction. Meanwhile clients put and read elsewhere;
// WATCH=1 watches the keys as well. Prints how long the command took, and the slowest other calls. SYSTEM=etcd, PROFILE=1.

const KEYS = Number(process.env['KEYS'] || 100_000);
const MODE = process.env['MODE'] || 'lease';
const WATCH = process.env['WATCH'] === '1';
const VALUE = 'x'.repeat(100);
const PER_TXN = 100;

const profile = process.env['PROFILE'] === '1' ? ['--cpu-prof', '--cpu-prof-dir=.tmp'] : [];
const cluster = await ProcessCluster.start({
  system: process.env['SYSTEM'] === 'etcd' ? 'etcd' : 'raftkv',
  nodeFlags: profile,
});
const endpoints = cluster.all.map((index) => cluster.client(index).endpoint);
const clients = endpoints.map((endpoint) => new Client({ endpoints: [endpoint], timeoutMs: 60_000 }));
const leaderIndex = await cluster.leader();
const client = defined(clients[leaderIndex], 'the client of the leader');
try {
  const leaseId = MODE === 'lease' ? (await client.leaseGrant(3600)).id : undefined;
  await load(leaseId);
  const before = await client.status(defined(endpoints[leaderIndex], 'an endpoint'));
  let watched = 0;
  let watching: Promise<void> | undefined;
  if (WATCH) {
    const watch = client.watch({ prefix: 'k/' });
    watching = (async () => {
      for await (const event of watch) {
        if (event.type === 'delete' && ++watched >= KEYS) break;
      }
    })();
    await pause(500);
  }
  const slowest = new Map<string, number>();
  const ending = new AbortController();
  const probes = clients.flatMap((each, at) => {
    const name = at === leaderIndex ? 'leader' : 'follower';
    return [
      probe(`put at the ${name}`, () => each.put(`other/${at}`, 'x')),
      probe(`get at the ${name}`, () => each.get(`other/${at}`)),
      probe(`stale get at the ${name}`, () => each.get(`other/${at}`, { consistency: 'stale' })),
    ];
  });
  await pause(300);
  const start = performance.now();
  const result = await remove(leaseId).then(
    () => 'done',
    (error: unknown) => String(error),
  );
  const tookMs = performance.now() - start;
  await watching;
  const watchedMs = performance.now() - start;
  await pause(2000);
  ending.abort();
  await Promise.all(probes);
  const after = await client.status(defined(endpoints[leaderIndex], 'an endpoint'));
  console.log(
    `${MODE} of ${KEYS} keys: ${result} in ${tookMs.toFixed(0)} ms; terms ${before.raftTerm} to ${after.raftTerm}`,
  );
  if (WATCH) console.log(`all ${watched} events after ${watchedMs.toFixed(0)} ms`);
  for (const [name, ms] of slowest) console.log(`  slowest ${name}: ${ms.toFixed(0)} ms`);
  console.log(`keys left: ${(await client.range({ prefix: 'k/' }, { countOnly: true })).count}`);

  async function probe(name: string, call: () => Promise<unknown>): Promise<void> {
    while (!ending.signal.aborted) {
      const begun = performance.now();
      await call().catch((error: unknown) => console.log(`${name}: ${String(error)}`));
      slowest.set(name, Math.max(slowest.get(name) ?? 0, performance.now() - begun));
      await pause(5);
    }
  }
} finally {
  for (const each of clients) await each.close();
  if (profile.length > 0) for (const index of cluster.all) await cluster.stop(index);
  await cluster.dispose();
}

async function remove(leaseId: bigint | undefined): Promise<unknown> {
  if (leaseId !== undefined) return await client.leaseRevoke(leaseId);
  if (MODE === 'range') return await client.delete({ prefix: 'k/' });
  return await client.txn(txn().do(op.delete({ prefix: 'k/' })));
}

async function load(lease: bigint | undefined): Promise<void> {
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < KEYS) {
      const from = next;
      next += PER_TXN;
      const puts = Array.from({ length: Math.min(KEYS, next) - from }, (_, at) =>
        op.put(`k/${String(from + at).padStart(8, '0')}`, VALUE, lease === undefined ? {} : { lease }),
      );
      await client.txn(txn().do(...puts));
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
