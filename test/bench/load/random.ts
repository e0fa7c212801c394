import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defined } from '../../../src/util/assert.js';
import { clampInteger } from '../../../src/util/integer.js';
import { atExit } from '../../support/at-exit.js';
import { expectOk, revisionOf } from '../../support/etcd-client.js';
import type { ProcessCluster } from '../../support/process-cluster.js';
import { clusterCpu } from '../cpu.js';
import type { Sample } from '../scenario.js';
import type { RandomLoad, RandomLoadResult } from './random-load.js';

const PROGRAM = fileURLToPath(new URL('./random-program.ts', import.meta.url));
const PUT = '/etcdserverpb.KV/Put';
/** Every run draws the same keys. */
const SEED = 20_261;

export type LoadOfLeader = Omit<RandomLoad, 'host' | 'port' | 'seed'>;

/** Runs a load at the leader in its own process. Every answered put must have made a revision, and no call may fail. */
export async function loadRandom(cluster: ProcessCluster, load: LoadOfLeader): Promise<Sample> {
  const leader = await cluster.leader();
  const client = cluster.client(leader);
  const revision = async (): Promise<number> => revisionOf(expectOk(await client.get('none')));
  const before = await revision();
  const cpu = clusterCpu(cluster, leader);
  const result = await runInProcess(client.endpoint, load);
  const perOperation = cpu(result.answered.reduce((sum, count) => sum + count, 0));
  const made = (await revision()) - before;
  const puts = load.calls.reduce((sum, { path }, kind) => sum + (path === PUT ? (result.answered[kind] ?? 0) : 0), 0);
  if (made !== puts) throw new Error(`${puts} puts were answered, but ${made} revisions were made`);
  return {
    value: result.rate,
    cpu: { ...perOperation, clientUs: result.clientUs },
    meanMs: result.meanMs,
    p99Ms: result.p99Ms,
  };
}

async function runInProcess(endpoint: string, load: LoadOfLeader): Promise<RandomLoadResult> {
  const [host = '', port] = endpoint.split(':');
  const whole: RandomLoad = { ...load, host, port: Number(port), seed: SEED };
  const child = fork(PROGRAM, { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
  const ended = atExit(() => child.kill('SIGKILL'));
  try {
    return await new Promise((resolve, reject) => {
      child.once('message', (message: { readonly result?: RandomLoadResult; readonly error?: string }) => {
        if (message.result === undefined) reject(new Error(defined(message.error, 'an error')));
        else resolve(message.result);
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`the load ended without a result: ${code ?? signal}`)));
      child.send(whole);
    });
  } finally {
    ended();
    child.kill('SIGKILL');
  }
}

/** Number of keys in a range. */
export async function countOf(cluster: ProcessCluster, key: string, rangeEnd: string): Promise<number> {
  const client = cluster.client(await cluster.leader());
  const request = { key: Buffer.from(key), rangeEnd: Buffer.from(rangeEnd), countOnly: true };
  return clampInteger(expectOk(await client.range(request, { timeoutMs: 120_000 })).count);
}
