import { ProcessCluster } from '../support/process-cluster.js';
import { parsePauses, describePauses, type Pauses } from './gc-trace.js';
import { fill } from './load/fill.js';
import { loadRandom } from './load/random.js';
import { randomPut } from './load/random-call.js';

// `make bench-pauses`: pauses of the collector in one member with KEYS keys (1,000,000) beside puts of 256 bytes at four rates,
// SECONDS each (8). Each cell: number, median, longest, number above 5 ms. The client needs a core as well, so on two cores a pause
// includes waits for a core; REALTIME=1 (as root, Linux) gives the member's threads priority over the client. NODE= is the
// Node that runs the member.

const KEYS = Number(process.env['KEYS'] || 1_000_000);
const SECONDS = Number(process.env['SECONDS'] || 8);
const NODE = process.env['NODE'];
const isRealTime = process.env['REALTIME'] === '1';
const LIMIT_MS = 5;
const VALUE_BYTES = 256;

const works = [
  { connections: 1, streams: 4, keys: 1000 },
  { connections: 4, streams: 8, keys: 1000 },
  { connections: 10, streams: 100, keys: 1 },
  { connections: 10, streams: 100, keys: KEYS },
] as const;

const cluster = await ProcessCluster.start({
  size: 1,
  system: 'raftkv',
  nodeFlags: ['--trace-gc'],
  ...(NODE && { node: NODE }),
  ...(isRealTime && { wrapper: ['chrt', '--rr', '1'] }),
});
try {
  await fill(cluster.client(0), { to: KEYS, valueBytes: VALUE_BYTES });
  console.log('puts a second | young: number, median, longest, above 5 ms | whole heap: the same');
  for (const { keys, ...shape } of works) {
    const load = { ...shape, calls: [randomPut({ keys, valueBytes: VALUE_BYTES })] };
    await loadRandom(cluster, { ...load, seconds: 2 });
    const before = pauses();
    const { value: rate } = await loadRandom(cluster, { ...load, seconds: SECONDS });
    const after = pauses();
    const made = (kind: keyof Pauses): string => describePauses(after[kind].slice(before[kind].length), LIMIT_MS);
    console.log(`${rate.toFixed(0)}/s of ${keys} keys | ${made('young')} | ${made('wholeHeap')}`);
  }
} finally {
  await cluster.dispose();
}

function pauses(): Pauses {
  return parsePauses(cluster.process(0).stdout);
}
