import { etcdserverpb } from '../../src/gen/proto.js';
import type { Bucket, Unbalanced } from '../../src/kv/reads/changed-bucket.js';
import { KeyCounts } from '../../src/kv/reads/key-counts.js';
import type { KvStore } from '../../src/kv/store.js';
import { currentKey, Table, tableRange } from '../../src/kv/format/layout.js';
import { bytesToLatin1 } from '../../src/util/bytes.js';
import { clampInteger } from '../../src/util/integer.js';
import { encode, Fixture, levelHome } from '../kv/support/fixture.js';
import { wholeBody } from '../../src/kv/format/wire.js';

// `make bench-listing`: cost of counting KEYS keys (1,000,000): pages at both ends of a listing, the share of a put,
// the time after a start until all keys are counted, and the memory of the counts.

const KEYS = Number(process.env['KEYS'] ?? 1_000_000);
const PAGE = 500;
const VALUE = 'v'.repeat(100);

const key = (at: number): string => `/registry/pods/default/pod-${String(at).padStart(9, '0')}`;
const shuffled = (at: number): string => key((at * 7_919) % KEYS);

const fixture = await Fixture.open(await levelHome());
try {
  const { store } = fixture;
  const loading = performance.now();
  for (let at = 0; at < KEYS; at += 1000) {
    await fixture.apply(
      Array.from({ length: Math.min(1000, KEYS - at) }, (_, one) => encode.put(shuffled(at + one), VALUE)),
    );
  }
  say(`applied ${KEYS} puts of new keys in ${seconds(loading)}`);
  await store.whenCounted();
  await store.barrier();
  report('at once', await pages(store));
  const pinned = store.revision();
  await fixture.apply(Array.from({ length: 1000 }, (_, at) => encode.put(`later${at}`, VALUE)));
  report('at a revision 1,000 writes ago', await pages(store, pinned));

  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const opening = performance.now();
  await fixture.reopen();
  say(`opened in ${seconds(opening)}`);
  report('right after a start', [(await page(fixture.store, 0)).ms]);
  await fixture.store.whenCounted();
  say(`all counted ${seconds(opening)} after the start`);
  global.gc?.();
  say(`heap: ${((process.memoryUsage().heapUsed - before) / 1024 / 1024).toFixed(1)} MiB more than before`);
  countAlone();
} finally {
  await fixture.remove();
}

/** The cost of the count in a put of a new key. */
function countAlone(): void {
  const unbalanced: Unbalanced = { large: new Set(), small: new Set() };
  const place = (user: string): string => bytesToLatin1(currentKey(Buffer.from(user)));
  const empty = (start: string): Bucket => ({ start, count: 0, bound: start });
  const buckets = Array.from({ length: Math.ceil(KEYS / 170) }, (_, at) => empty(place(key(at * 170))));
  const first = empty(bytesToLatin1(tableRange(Table.current).gte));
  const range = { from: first.start, to: bytesToLatin1(tableRange(Table.current).lt) };
  let counts = KeyCounts.unknown().recut(range, [first, ...buckets]);
  const births = Array.from({ length: 100_000 }, (_, at) => ({ id: place(shuffled(at)), delta: 1 as const }));
  const counting = performance.now();
  for (const birth of births) counts = counts.changed([birth], unbalanced);
  const us = ((performance.now() - counting) * 1000) / births.length;
  say(`a new key costs the count ${us.toFixed(2)} µs, with ${counts.size} buckets`);
}

async function pages(store: KvStore, revision?: number): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < KEYS; at += Math.max(PAGE, Math.floor(KEYS / 100))) {
    times.push((await page(store, at, revision)).ms);
  }
  return times;
}

async function page(store: KvStore, at: number, revision?: number): Promise<{ ms: number }> {
  const request = {
    key: Buffer.from(key(at)),
    rangeEnd: Buffer.from('/registry/pods/default0'),
    limit: PAGE,
    ...(revision === undefined ? {} : { revision }),
  };
  const asking = performance.now();
  const result = await store.range(request);
  const ms = performance.now() - asking;
  if (result.kind === 'error') throw new Error(result.error.kind);
  const { count } = etcdserverpb.RangeResponse.decode(wholeBody(result.body));
  if (clampInteger(count) !== KEYS - at) throw new Error(`counted ${clampInteger(count)}, not ${KEYS - at}`);
  return { ms };
}

function report(what: string, times: readonly number[]): void {
  const sorted = [...times].sort((left, right) => left - right);
  const at = (part: number): string => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(2);
  say(`a page of ${PAGE} ${what}: median ${at(0.5)} ms, first ${times[0]?.toFixed(2)} ms, max ${at(1)} ms`);
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(2)} s`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
