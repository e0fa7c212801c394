import { isDeepStrictEqual } from 'node:util';
import { Client, RaftKvError } from '../../../src/client/index.js';
import { poll } from '../../support/poll.js';
import { ProcessCluster } from '../../support/process-cluster.js';
import type { Counts } from '../differential/compare.js';

const CONSISTENT = { consistency: 'consistent' } as const;
const STALE = { consistency: 'stale' } as const;

/** One step: its result, and what it must be. */
type Step = readonly [name: string, found: unknown, wanted: unknown];

/** What the client of this project does at a server of etcd that lacks its extensions: sessions, and caches that are linearizable. */
export async function runOwnClient(): Promise<Counts> {
  const cluster = await ProcessCluster.start({ system: 'etcd', flags: ['--log-level', 'error'] });
  let [passed, failed] = [0, 0];
  try {
    const endpoints = cluster.all.map((index) => cluster.client(index).endpoint);
    for await (const [name, found, wanted] of steps(endpoints)) {
      const ok = isDeepStrictEqual(found, wanted);
      if (ok) passed += 1;
      else failed += 1;
      const difference = ok ? '' : `: ${JSON.stringify(found)} in place of ${JSON.stringify(wanted)}`;
      console.log(`${ok ? 'ok   ' : 'FAIL '} the client of this project: ${name}${difference}`);
    }
  } finally {
    await cluster.dispose();
  }
  return { passed, failed };
}

async function* steps(endpoints: readonly string[]): AsyncGenerator<Step, void, undefined> {
  const opened: string[] = [];
  await using client = new Client({
    endpoints,
    onAttempt: ({ method, error }) => {
      if (method.startsWith('/raftkvpb.')) opened.push(error instanceof RaftKvError ? error.code : 'ok');
    },
  });
  await client.put('p/1', 'one');
  await client.put('p/2', 'two');
  yield ['writes are plain, after one question for a session', opened, ['unimplemented']];

  await using cache = client.cache({ prefix: 'p/', refreshMs: 100 });
  const { state, keys } = await cache.started;
  yield ['a cache is filled', [state, keys], ['filled', 2]];
  const stale = await cache.get('p/1', STALE);
  yield ['stale reads are answered from memory', [stale.source, stale.kv?.valueText()], ['memory', 'one']];

  const { header } = await client.put('p/1', 'new');
  const fresh = await cache.get('p/1', CONSISTENT);
  yield ['consistent reads see every write', [fresh.kv?.valueText(), fresh.revision >= header.revision], ['new', true]];
  // Once the member has answered a request for progress, it is known to be one of etcd.
  const source = await poll('a read by the cluster', async () => {
    const read = await cache.get('p/1', CONSISTENT);
    return read.source === 'cluster' ? read.source : undefined;
  });
  yield ['consistent reads go to the cluster', source, 'cluster'];
  const followed = await poll('the event', async () => {
    const read = await cache.get('p/1', STALE);
    return read.kv?.valueText() === 'new' ? [read.source, read.revision] : undefined;
  });
  yield ['the watch keeps the memory up to date', followed, ['memory', header.revision]];

  const bounded = await cache.get('p/2', { ...STALE, maxStalenessMs: 0 });
  yield ['a stale read with a bound goes to the cluster', bounded.source, 'cluster'];
  const atLeast = await cache.get('p/1', { ...STALE, atLeastRevision: header.revision });
  yield ['a revision that the memory has is answered from it', atLeast.source, 'memory'];
  yield* progress(client);
}

/** An etcd may drop a request for progress: the client repeats it. */
async function* progress(client: Client): AsyncGenerator<Step, void, undefined> {
  await using watch = client.watch({ prefix: 'p/', startRevision: 1 });
  watch.requestProgress();
  let [events, answers] = [0, 0];
  for await (const batch of watch.batches()) {
    events += batch.events.length;
    if (batch.events.length === 0) answers += 1;
    if (answers > 0 && events >= 3) break;
  }
  yield ['progress is answered, with all events', [events, answers > 0], [3, true]];
}
