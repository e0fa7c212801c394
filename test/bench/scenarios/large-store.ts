import { lstatSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../../../src/util/assert.js';
import { EtcdClient, expectOk } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import type { ProcessCluster } from '../../support/process-cluster.js';
import { memoryOf } from '../memory.js';
import { fill } from '../load/fill.js';
import { countOf, loadRandom } from '../load/random.js';
import { keyOf, KEYS_END, randomRange } from '../load/random-call.js';
import type { Group, Sample } from '../scenario.js';
import type { Settings } from '../settings.js';

const VALUE_BYTES = 256;
/** Keys of a page of the scan. */
const PAGE_KEYS = 10_000;
const RESTART_LIMIT_MS = 120_000;
const SCAN_LIMIT_MS = 60_000;
const LESS = { better: 'less', targetsOf: 'ratio' } as const;

/** One member with 1,000,000 keys: the cost of loading and holding them, of a restart, and of a scan for other readers. */
export const LARGE_STORE: Group = {
  name: 'keys',
  scenarios: [
    {
      rows: [
        {
          id: 'keys-load',
          title: '1,000,000 keys, one member: put by transactions of 100, 32 at a time',
          unit: '/s',
          better: 'more',
          targetsOf: 'ratio',
          must: 1,
          aim: 2,
        },
        {
          id: 'keys-memory',
          title: '1,000,000 keys, one member: resident memory',
          unit: 'MB',
          ...LESS,
          must: 0.45,
          aim: 0.33,
        },
        { id: 'keys-disk', title: '1,000,000 keys, one member: on disk', unit: 'MB', ...LESS, must: 0.6, aim: 0.4 },
        {
          id: 'keys-restart',
          title: '1,000,000 keys, one member: kill -9, start, first read',
          unit: 's',
          ...LESS,
          must: 0.45,
          aim: 0.25,
        },
        {
          id: 'keys-scan',
          title: '1,000,000 keys, one member: p99 of a point read beside a scan / alone',
          unit: '×',
          better: 'less',
          targetsOf: 'value',
          must: 3,
          aim: 2,
        },
      ],
      measure: async ({ fresh, settings }) => {
        const cluster = await fresh(1);
        const start = performance.now();
        await fill(cluster.client(0), { to: settings.keys, valueBytes: VALUE_BYTES });
        const seconds = (performance.now() - start) / 1000;
        const count = await countOf(cluster, keyOf(0), KEYS_END);
        if (count !== settings.keys) throw new Error(`${count} keys of ${settings.keys} are present`);
        return {
          'keys-load': { value: settings.keys / seconds },
          'keys-memory': { value: memoryOf(cluster.process(0).pid).resident },
          'keys-disk': { value: diskBytes(cluster.dataDir(0)) / 1024 ** 2 },
          'keys-restart': { value: await restartSeconds(cluster) },
          'keys-scan': await besideScan(cluster, settings),
        };
      },
    },
  ],
};

/** Allocated bytes of a folder. */
function diskBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, name) => sum + lstatSync(join(folder, name)).blocks * 512,
    0,
  );
}

/** From the start of the killed member to the first linearizable read. */
async function restartSeconds(cluster: ProcessCluster): Promise<number> {
  const { endpoint } = cluster.client(0);
  const [host = '', port] = endpoint.split(':');
  await cluster.kill9(0);
  const start = performance.now();
  cluster.spawn(0);
  while (!(await accepts(host, Number(port)))) {
    if (performance.now() - start > RESTART_LIMIT_MS) throw new Error(`the member does not listen:\n${cluster.logs()}`);
    await delay(5);
  }
  // A new client: the present one waits before it connects again.
  const client = new EtcdClient(endpoint);
  try {
    for (;;) {
      const answer = await client.get(keyOf(0), { timeoutMs: 1_000 });
      if (answer.kind === 'ok') {
        if (answer.response.kvs.length !== 1) throw new Error('the first key is missing after the restart');
        return (performance.now() - start) / 1000;
      }
      if (performance.now() - start > RESTART_LIMIT_MS) throw new Error(`no read succeeds: ${answer.details}`);
      await delay(5);
    }
  } finally {
    client.close();
  }
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/**
 * p99 of linearizable point reads, one at a time, while another client reads all keys by pages; divided by the mean of
 * p99 before and after.
 */
async function besideScan(cluster: ProcessCluster, { keys, seconds }: Settings): Promise<Sample> {
  await cluster.leader(); // by the cluster's own client, which has to connect again
  const calls = [randomRange({ keys, valueBytes: VALUE_BYTES })];
  const points = { connections: 1, streams: 1, seconds: Math.max(seconds, 2), calls };
  const alone = await loadRandom(cluster, points);
  const scan = new Scan(cluster, keys);
  // raftkv counts all keys before its first page after a start.
  await poll('the first page of the scan', () => scan.pages > 0 || undefined, SCAN_LIMIT_MS);
  const before = scan.pages;
  const beside = await loadRandom(cluster, points);
  await scan.stop();
  if (scan.pages === before) throw new Error('the scan stood still beside the point reads');
  const again = await loadRandom(cluster, points);
  const p99 = ({ p99Ms }: Sample): number => defined(p99Ms, 'p99');
  return { ...beside, value: (2 * p99(beside)) / (p99(alone) + p99(again)) };
}

/** Reads all keys, again and again, until it is stopped. */
class Scan {
  readonly #client: EtcdClient;
  readonly #keys: number;
  readonly #done: Promise<void>;
  #pages = 0;
  #isStopped = false;
  #error: unknown;

  constructor(cluster: ProcessCluster, keys: number) {
    this.#client = new EtcdClient(cluster.client(0).endpoint);
    this.#keys = keys;
    this.#done = this.#run();
    // `pages` and `stop` report it.
    this.#done.catch((error: unknown) => (this.#error = error));
  }

  /** Number of pages read. @throws the error that ended the scan */
  get pages(): number {
    if (this.#error !== undefined) throw this.#error;
    return this.#pages;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
    this.#client.close();
  }

  async #run(): Promise<void> {
    for (let next = 0; !this.#isStopped; next = (next + PAGE_KEYS) % this.#keys) {
      const request = { key: Buffer.from(keyOf(next)), rangeEnd: Buffer.from(KEYS_END), limit: PAGE_KEYS };
      const { kvs } = expectOk(await this.#client.range(request, { timeoutMs: 60_000 }));
      const expected = Math.min(PAGE_KEYS, this.#keys - next);
      this.#pages += 1;
      if (kvs.length !== expected) throw new Error(`a page has ${kvs.length} keys, not ${expected}`);
    }
  }
}
