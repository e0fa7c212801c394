import { execFileSync } from 'node:child_process';
import { defined } from '../../src/util/assert.js';
import { EtcdClient, expectOk, revisionOf } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { figuresOf } from './figures.js';

// `make bench-failover`: time without writes after the leader is killed (kill -9), for raftkv and etcd, with three
// nodes each and the same timeouts, in turn on this machine.

const SYSTEMS = ['raftkv', 'etcd'] as const;
type System = (typeof SYSTEMS)[number];

/** Interval between attempts to write at one survivor, in ms: the resolution of the measurement. */
const PACE_MS = 10;
/** Time limit of a write that was lost with the leader, in ms; others are in progress by then. */
const WRITE_LIMIT_MS = 10_000;
const FAILOVER_LIMIT_MS = 30_000;

const runs = Number(process.env['RUNS'] ?? '20');
if (!Number.isSafeInteger(runs) || runs < 1) fail(`RUNS=${process.env['RUNS']}: a whole number from 1 on is needed`);
try {
  execFileSync('which', ['etcd'], { stdio: 'ignore' });
} catch {
  fail('etcd is missing: apt-get install etcd-server');
}

const clusters = new Map<System, ProcessCluster>();
const measured: Record<System, number[]> = { raftkv: [], etcd: [] };
try {
  for (const system of SYSTEMS) {
    const flags = ['--log-level', system === 'etcd' ? 'error' : 'warn'];
    clusters.set(system, await ProcessCluster.start({ system, flags }));
  }
  console.log(`ms from kill -9 of the leader to the next write that succeeds; ${runs} runs\n`);
  console.log(row(['run', ...SYSTEMS]));
  for (let run = 1; run <= runs; run += 1) {
    // The order alternates, so that after-effects of restarts disturb both systems equally.
    const order = run % 2 === 1 ? SYSTEMS : SYSTEMS.toReversed();
    for (const system of order) measured[system].push(await failOver(defined(clusters.get(system), system)));
    console.log(row([String(run), ...SYSTEMS.map((system) => shown(measured[system].at(-1)))]));
  }
  console.log('');
  const figures = SYSTEMS.map((system) => figuresOf(measured[system]));
  for (const name of ['min', 'median', 'p90', 'max'] as const) {
    console.log(row([name, ...figures.map((each) => shown(each[name]))]));
  }
} finally {
  for (const cluster of clusters.values()) await cluster.dispose();
}

/** Kills the leader, writes at the survivors until one succeeds, and restores the cluster. */
async function failOver(cluster: ProcessCluster): Promise<number> {
  await untilLevel(cluster);
  const leader = await cluster.leader();
  // On established connections of their own, so that only the cluster is measured.
  const clients = cluster.others(leader).map((index) => new EtcdClient(cluster.client(index).endpoint));
  try {
    for (const client of clients) expectOk(await client.put('failover', 'before'));
    const killedMs = performance.now();
    // The exit of the process is reported a little later.
    const killed = cluster.kill9(leader);
    const tookMs = await untilWritten(clients, killedMs);
    await killed;
    await cluster.restart(leader);
    return tookMs;
  } finally {
    for (const client of clients) client.close();
  }
}

/** Milliseconds from that time until a write succeeds that began after it. */
async function untilWritten(clients: readonly EtcdClient[], sinceMs: number): Promise<number> {
  let tries = 0;
  return await new Promise<number>((resolve, reject) => {
    const attempt = async (client: EtcdClient): Promise<void> => {
      const answer = await client.put('failover', `try ${(tries += 1)}`, { timeoutMs: WRITE_LIMIT_MS });
      if (answer.kind === 'ok') end(() => resolve(performance.now() - sinceMs));
    };
    const timer = setInterval(() => {
      for (const client of clients) attempt(client).catch((error: unknown) => end(() => reject(error)));
      if (performance.now() - sinceMs > FAILOVER_LIMIT_MS) {
        end(() => reject(new Error(`no write has succeeded in ${FAILOVER_LIMIT_MS} ms`)));
      }
    }, PACE_MS);
    const end = (settle: () => void): void => {
      clearInterval(timer);
      settle();
    };
  });
}

/** Waits until all members are up, follow one leader, and have all writes. */
async function untilLevel(cluster: ProcessCluster): Promise<void> {
  const leader = await cluster.leader();
  const newest = revisionOf(expectOk(await cluster.client(leader).put('failover', 'level')));
  for (const client of cluster.clients) {
    await poll(`${client.endpoint} to reach revision ${newest}`, async () => {
      const answer = await client.get('failover', { serializable: true });
      return answer.kind === 'ok' && revisionOf(answer.response) >= newest ? true : undefined;
    });
  }
}

function shown(ms: number | undefined): string {
  return defined(ms, 'a measurement').toFixed(0);
}

function row([name = '', ...cells]: readonly string[]): string {
  return `${name.padEnd(8)}${cells.map((text) => text.padStart(10)).join('')}`;
}

function fail(message: string): never {
  process.stderr.write(`bench-failover: ${message}\n`);
  process.exit(1);
}
