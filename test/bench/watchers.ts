import type { Client } from '@grpc/grpc-js';
import { defined } from '../../src/util/assert.js';
import { expectOk } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { rawClient } from '../support/raw-client.js';
import { WatchCall } from '../support/watch-call.js';
import { memoryOf } from './memory.js';

// `make bench-watch`: STREAMS= streams (100) of WATCHES= watches (100) each, on one member. Measures one write that all
// of them watch, and one that only a single other watch sees: the time until the answer, and until the watches have the
// event; and the memory of a stream and a watch. SYSTEM=etcd measures etcd.

const STREAMS = Number(process.env['STREAMS'] || 100);
const WATCHES = Number(process.env['WATCHES'] || 100);
const ROUNDS = Number(process.env['ROUNDS'] || 10);
const CONNECTIONS = 10;
const system = process.env['SYSTEM'] === 'etcd' ? 'etcd' : 'raftkv';

const cluster = await ProcessCluster.start({ size: 1, system });
const connections: Client[] = Array.from({ length: CONNECTIONS }, () => rawClient(cluster.client(0).endpoint));
try {
  const writer = cluster.client(0);
  const { pid } = cluster.process(0);
  expectOk(await writer.put('all/0', 'first'));
  const idle = memoryOf(pid).anonymous;
  const connection = (at: number): Client => defined(connections[at % CONNECTIONS], 'a connection');
  const streams = Array.from({ length: STREAMS }, (_, at) => new WatchCall(connection(at)));
  for (const call of streams) call.create({ key: 'none' });
  await responses(streams, 1);
  const withStreams = memoryOf(pid).anonymous;
  const creating = performance.now();
  for (const [at, call] of streams.entries()) {
    // Different ranges that all cover the same keys.
    for (let each = 0; each < WATCHES; each++) call.create({ key: 'all/', rangeEnd: `all0${at * WATCHES + each}` });
  }
  await responses(streams, 1 + WATCHES);
  const createdMs = (performance.now() - creating).toFixed(0);
  console.log(`${system}: ${STREAMS * WATCHES} watches on ${STREAMS} streams, created in ${createdMs} ms`);
  const full = memoryOf(pid).anonymous;
  const [perStream, perWatch] = [kib(withStreams - idle, STREAMS), kib(full - withStreams, STREAMS * WATCHES)];
  console.log(`memory: ${perStream} KiB a stream, ${perWatch} KiB a watch`);
  await measure('one write that all watch', streams, async (round) => {
    expectOk(await writer.put(`all/${round}`, 'x'.repeat(100)));
    return STREAMS * WATCHES;
  });
  const lone = new WatchCall(connection(0));
  await lone.created({ key: 'lone' });
  await measure('one write that one watches', [lone], async () => {
    expectOk(await writer.put('lone', 'x'.repeat(100)));
    return 1;
  });
  console.log(`memory afterwards: ${(memoryOf(pid).anonymous - idle).toFixed(0)} MiB more than idle`);
} finally {
  for (const each of connections) each.close();
  await cluster.dispose();
}

/** @param write returns the number of watches that see it */
async function measure(
  what: string,
  calls: readonly WatchCall[],
  write: (round: number) => Promise<number>,
): Promise<void> {
  const answered: number[] = [];
  const told: number[] = [];
  const come = (): number => calls.reduce((sum, call) => sum + call.responses.length, 0);
  for (let round = 0; round < ROUNDS; round++) {
    const before = come();
    const start = performance.now();
    const expected = await write(round);
    answered.push(performance.now() - start);
    // Checks in each turn: the measured times are shorter than a poll's pause.
    while (come() < before + expected) await new Promise((resolve) => setImmediate(resolve));
    told.push(performance.now() - start);
  }
  console.log(`${what}: answered in ${spread(answered)} ms, all notified in ${spread(told)} ms`);
}

async function responses(calls: readonly WatchCall[], each: number): Promise<void> {
  await poll('the responses', () => calls.every((call) => call.responses.length >= each) || undefined, 120_000);
}

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((left, right) => left - right);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  return `${at(0.5)} (median; ${at(0)} to ${at(1)})`;
}

function kib(mib: number, count: number): string {
  return ((mib * 1024) / count).toFixed(1);
}
