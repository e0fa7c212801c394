import { EtcdClient, expectOk, revisionOf } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import type { ProcessCluster } from '../../support/process-cluster.js';
import { figuresOf } from '../figures.js';
import type { Group } from '../scenario.js';

const ID = 'failover';
/** Interval between attempts to write at one survivor, in ms: the resolution of the measurement. */
const PACE_MS = 10;
/** Time limit of a write that was lost with the leader, in ms; others are in progress by then. */
const WRITE_LIMIT_MS = 10_000;
const FAILOVER_LIMIT_MS = 30_000;
/** Failovers of a round, whose median is its value. */
const RUNS = 5;

export const FAILOVER: Group = {
  name: ID,
  scenarios: [
    {
      rows: [
        {
          id: ID,
          title: 'kill -9 of the leader until the next write',
          unit: 'ms',
          better: 'less',
          targetsOf: 'ratio',
          must: 0.12,
          aim: 0.1,
        },
      ],
      measure: async ({ shared, settings }) => {
        const cluster = await shared();
        const times: number[] = [];
        for (let run = 0; run < (settings.quick ? 1 : RUNS); run += 1) times.push(await failOver(cluster));
        return { [ID]: { value: figuresOf(times).median } };
      },
    },
  ],
};

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
