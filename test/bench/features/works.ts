import { Client, RaftKvError } from '../../../src/client/index.js';
import { EtcdClient } from '../../support/etcd-client.js';
import { cpuOf } from '../cpu.js';
import { keyOf, KEYS_END, randomPut, randomRange } from '../load/random-call.js';
import { loadByCalls, loadByClient } from '../lone-load.js';
import { LoneServer } from '../lone-server.js';
import { fill } from '../writers.js';
import { compare, type Line, type Variant } from './rounds.js';

export interface WorkOptions {
  /** Folder of the compiled program. */
  readonly build: string;
  readonly rounds: number;
  /** Length of a round. */
  readonly seconds: number;
}

const VALUE_BYTES = 256;
const VALUE = Buffer.alloc(VALUE_BYTES, 'v');
const KEYS = 10_000;
/** Keys of a range that a cache answers. */
const RANGE_KEYS = 1_000;
/** Changes that a feed and a watch deliver. */
const CHANGES = 200_000;
const MANY = { connections: 10, streams: 100 };

/** Puts of the client with a session and without. */
export async function measureSessions(options: WorkOptions): Promise<readonly (readonly Line[])[]> {
  const server = await LoneServer.start(options.build);
  await using inSession = new Client({ endpoints: [server.endpoint] });
  await using plain = new Client({ endpoints: [server.endpoint], sessions: false });
  try {
    const tables = [];
    for (const atOnce of [1, 100]) {
      const variant = (id: string, title: string, client: Client): Variant => ({
        id: `${id}-${atOnce}`,
        title: `put, ${atOnce} at once, ${title}`,
        run: async (seconds) => await loadByClient(server, { atOnce, seconds, call: () => client.put('bench', VALUE) }),
      });
      tables.push(
        await compare(
          [variant('plain', 'without sessions', plain), variant('session', 'in a session', inSession)],
          options,
        ),
      );
    }
    return tables;
  } finally {
    await server.stop();
  }
}

/** Reads and puts of random keys, with hot keys counted and not. Each has a member of its own. */
export async function measureHotKeys(options: WorkOptions): Promise<readonly (readonly Line[])[]> {
  const servers: LoneServer[] = [];
  try {
    for (const flags of [['--hot-keys=0'], []]) {
      const server = await LoneServer.start(options.build, flags);
      servers.push(server);
      await fillKeys(server, KEYS);
    }
    const works = [
      { id: 'get', title: 'get', call: randomRange({ keys: KEYS, valueBytes: VALUE_BYTES }) },
      { id: 'put', title: 'put', call: randomPut({ keys: KEYS, valueBytes: VALUE_BYTES }) },
    ];
    const tables = [];
    for (const { id, title, call } of works) {
      const variants = servers.map((server, at) => ({
        id: `${id}-${at === 0 ? 'uncounted' : 'counted'}`,
        title: `${title} of random keys, ${at === 0 ? 'hot keys not counted' : 'counted'}`,
        run: (seconds: number) => loadByCalls(server, { ...MANY, seconds, calls: [call] }),
      }));
      tables.push(await compare(variants, options));
    }
    return tables;
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** Linearizable reads of one key and of a range, by calls and through a cache. */
export async function measureCache(options: WorkOptions): Promise<readonly (readonly Line[])[]> {
  const server = await LoneServer.start(options.build);
  await using client = new Client({ endpoints: [server.endpoint] });
  try {
    await fillKeys(server, RANGE_KEYS);
    const range = { from: keyOf(0), to: KEYS_END };
    await using cache = client.cache(range);
    await cache.started;
    const key = keyOf(RANGE_KEYS / 2);
    const consistent = { consistency: 'consistent' } as const;
    const variants = (id: string, title: string, atOnce: number, calls: readonly (() => Promise<unknown>)[]) =>
      calls.map((call, at) => {
        const name = at === 0 ? 'client' : 'cache';
        const run = async (seconds: number) => await loadByClient(server, { atOnce, seconds, call });
        return { id: `${id}-${name}`, title: `${title}, ${atOnce} at once, by the ${name}`, run };
      });
    const gets = [() => client.get(key, consistent), () => cache.get(key, consistent)];
    const ranges = [() => client.range(range, consistent), () => cache.range(range, consistent)];
    return [
      await compare(variants('get', 'get of one key', 100, gets), options),
      await compare(variants('range', `range of ${RANGE_KEYS} keys`, 10, ranges), options),
    ];
  } finally {
    await server.stop();
  }
}

/** Puts beside a consumer of their changes, and changes that a watch and a feed deliver from the start. */
export async function measureFeeds(options: WorkOptions): Promise<readonly (readonly Line[])[]> {
  const server = await LoneServer.start(options.build);
  await using client = new Client({ endpoints: [server.endpoint] });
  try {
    const call = randomPut({ keys: KEYS, valueBytes: VALUE_BYTES });
    const prefix = { from: keyOf(0), to: KEYS_END };
    await client.feeds.create('bench', prefix);
    const consumer = (name: string, title: string, consume: (signal: AbortSignal) => Promise<void>): Variant => ({
      id: `put-${name}`,
      title: `put of random keys, ${title}`,
      run: async (seconds) => {
        const ended = new AbortController();
        const consuming = consume(ended.signal).catch((error: unknown) => {
          if (!(error instanceof RaftKvError) || error.code !== 'cancelled') throw error;
        });
        const measured = await loadByCalls(server, { ...MANY, seconds, calls: [call] });
        ended.abort();
        await consuming;
        return measured;
      },
    });
    const puts = await compare(
      [
        consumer('alone', 'no consumer', async () => undefined),
        consumer('watch', 'a watch', async (signal) => {
          for await (const _ of client.watch({ ...prefix, signal })) if (signal.aborted) return;
        }),
        consumer('feed', 'a feed with acknowledgements', async (signal) => {
          await client.feeds.reset('bench');
          for await (const batch of client.feed('bench', { signal })) await batch.ack();
        }),
      ],
      options,
    );
    const { header } = await client.put('bench', '');
    await fillKeys(server, CHANGES);
    const deliver = (id: string, title: string, take: () => Promise<void>): Variant => ({
      id,
      title: `changes to one consumer, ${title}`,
      run: async () => {
        const [cpu, start] = [cpuOf(server.process.pid), performance.now()];
        const cpuBefore = process.cpuUsage();
        await take();
        const seconds = (performance.now() - start) / 1000;
        const { user, system } = process.cpuUsage(cpuBefore);
        return {
          rate: CHANGES / seconds,
          memberUs: (cpuOf(server.process.pid) - cpu) / CHANGES,
          clientUs: (user + system) / CHANGES,
        };
      },
    });
    const delivered = await compare(
      [
        deliver('watch', 'by a watch', async () => {
          let count = 0;
          for await (const _ of client.watch({ ...prefix, startRevision: header.revision + 1 }))
            if (++count === CHANGES) return;
        }),
        deliver('feed', 'by a feed with acknowledgements', async () => {
          await client.feeds.reset('bench', header.revision + 1);
          let count = 0;
          for await (const batch of client.feed('bench')) {
            count += batch.events.length;
            await batch.ack();
            if (count === CHANGES) return;
          }
        }),
      ],
      options,
    );
    return [puts, delivered];
  } finally {
    await server.stop();
  }
}

async function fillKeys({ endpoint }: LoneServer, keys: number): Promise<void> {
  const client = new EtcdClient(endpoint);
  await fill(client, keys, (at) => ({ key: Buffer.from(keyOf(at)), value: VALUE }));
  client.close();
}
