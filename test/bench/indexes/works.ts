import { Client } from '../../../src/client/index.js';
import { EtcdClient } from '../../support/etcd-client.js';
import { figuresOf } from '../figures.js';
import type { RandomCall } from '../load/random-call.js';
import { keyOf } from '../load/random-call.js';
import { loadByCalls } from '../lone-load.js';
import { LoneServer } from '../lone-server.js';
import { Writers } from '../writers.js';
import { createIndexes, fillKeys, INDEXES, pointRead, puts, query, valueOf } from './data.js';

export interface WorkOptions {
  /** Folder of the compiled program. */
  readonly build: string;
  readonly keys: number;
  readonly rounds: number;
  /** Length of a round. */
  readonly seconds: number;
}

/** One line of the results: medians of the rounds. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** Calls a second. */
  readonly rate: number;
  readonly rates: readonly number[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the member for a call, in µs. */
  readonly memberUs: number;
}

export interface Backfill {
  readonly keys: number;
  readonly seconds: number;
  readonly keysPerSecond: number;
  readonly writesPerSecond: { readonly before: number; readonly during: number; readonly after: number };
  readonly slowestWriteMs: { readonly before: number; readonly during: number; readonly after: number };
  readonly entries: number;
}

const SHAPE = { connections: 10, streams: 10 };
/** Length of the phases before and after a backfill, in ms. */
const PHASE_MS = 3_000;

interface Load {
  readonly id: string;
  readonly title: string;
  readonly server: LoneServer;
  readonly calls: readonly RandomCall[];
}

/** Random puts over keys that exist, with 0, 1 and 3 indexes. Each has a member of its own; the rounds alternate. */
export async function measurePuts(options: WorkOptions): Promise<readonly Figure[]> {
  const counts = [0, 1, INDEXES.length];
  const loads: Load[] = [];
  try {
    for (const count of counts) {
      const server = await started(options, count);
      const title = `put, ${count} index${count === 1 ? '' : 'es'}`;
      loads.push({ id: `put-${count}`, title, server, calls: puts(options.keys) });
    }
    return await measureLoads(loads, options);
  } finally {
    for (const { server } of loads) await server.stop();
  }
}

/** Reads of one key by its name, and by a value of a unique index. */
export async function measureQueries(options: WorkOptions): Promise<readonly Figure[]> {
  const server = await started(options, INDEXES.length);
  const { keys } = options;
  try {
    return await measureLoads(
      [
        { id: 'get', title: 'get of one key', server, calls: [pointRead(keys)] },
        { id: 'query', title: 'query of one value', server, calls: [query(keys, { keysOnly: false })] },
        { id: 'query-keys', title: 'the same, keys only', server, calls: [query(keys, { keysOnly: true })] },
      ],
      options,
    );
  } finally {
    await server.stop();
  }
}

async function started({ build, keys }: WorkOptions, indexes: number): Promise<LoneServer> {
  const server = await LoneServer.start(build);
  const client = new EtcdClient(server.endpoint);
  await createIndexes(server.endpoint, indexes);
  await fillKeys(client, keys);
  client.close();
  return server;
}

async function measureLoads(loads: readonly Load[], { rounds, seconds }: WorkOptions): Promise<readonly Figure[]> {
  const results = new Map<string, Omit<Figure, 'id' | 'title' | 'rates'>[]>(loads.map(({ id }) => [id, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const load of round % 2 === 0 ? loads : loads.toReversed()) {
      // The first round warms up.
      const result = await loadByCalls(load.server, {
        ...{ ...SHAPE, calls: load.calls },
        seconds: round === 0 ? Math.min(1, seconds) : seconds,
      });
      if (round > 0) results.get(load.id)?.push(result);
    }
  }
  return loads.map(({ id, title }) => {
    const all = results.get(id) ?? [];
    const median = (field: 'rate' | 'p50Ms' | 'p99Ms' | 'memberUs'): number =>
      figuresOf(all.map((each) => each[field])).median;
    const rates = all.map(({ rate }) => Math.round(rate));
    return {
      ...{ id, title, rate: Math.round(median('rate')), rates },
      ...{ p50Ms: median('p50Ms'), p99Ms: median('p99Ms'), memberUs: median('memberUs') },
    };
  });
}

/** Builds an index over keys that exist, while 16 loops write to some of them. */
export async function measureBackfill({ build, keys }: WorkOptions): Promise<Backfill> {
  const server = await LoneServer.start(build);
  const writing = new EtcdClient(server.endpoint);
  try {
    await using client = new Client({ endpoints: [server.endpoint], timeoutMs: 60_000 });
    await fillKeys(writing, keys);
    // Keys all over the range, in an order that follows no pattern of the backfill.
    const entry = (at: number) => ({ key: keyOf((at * 7919) % keys), value: valueOf(at).toString() });
    const writers = new Writers(writing, { loops: 16, entry });
    const pause = async () => await new Promise((resolve) => setTimeout(resolve, PHASE_MS));
    const before = await writers.during(pause);
    const during = await writers.during(async () => {
      await client.index('by-age').create({ keys: { prefix: 'bench/' }, json: '/age', type: 'number' });
      return await client.index('by-age').ready();
    });
    const after = await writers.during(pause);
    await writers.stop();
    const { keysIndexed, entries } = during.result;
    if (keysIndexed !== keys || entries !== keys) throw new Error(`${entries} entries of ${keysIndexed} keys`);
    const phases = { before, during, after };
    const each = (field: 'rate' | 'slowestMs') => ({
      before: Math.round(phases.before[field]),
      during: Math.round(phases.during[field]),
      after: Math.round(phases.after[field]),
    });
    return {
      ...{ keys, entries, seconds: during.seconds, keysPerSecond: Math.round(keys / during.seconds) },
      ...{ writesPerSecond: each('rate'), slowestWriteMs: each('slowestMs') },
    };
  } finally {
    writing.close();
    await server.stop();
  }
}
