import type { Client } from '@grpc/grpc-js';
import { defined } from '../../../src/util/assert.js';
import { expectOk } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { rawClient } from '../../support/raw-client.js';
import { WatchCall } from '../../support/watch-call.js';
import { figuresOf } from '../figures.js';
import type { Group } from '../scenario.js';

const ID = 'watch-fan-out';
const CONNECTIONS = 10;
const STREAMS = 100;
const WATCHES = 10;
const WRITES = 30;
const LIMIT_MS = 60_000;

export const WATCH: Group = {
  name: 'watch',
  scenarios: [
    {
      rows: [
        {
          id: ID,
          title: 'a write until all of 1,000 watches on 100 streams have its event',
          unit: 'ms',
          better: 'less',
          targetsOf: 'ratio',
        },
      ],
      measure: async ({ shared }) => {
        const cluster = await shared();
        const writer = cluster.client(await cluster.leader());
        const connections: Client[] = Array.from({ length: CONNECTIONS }, () => rawClient(writer.endpoint));
        try {
          const streams = Array.from(
            { length: STREAMS },
            (_, at) => new WatchCall(defined(connections[at % CONNECTIONS], 'a connection')),
          );
          // Different ranges that all cover the same keys.
          for (const [at, call] of streams.entries())
            for (let each = 0; each < WATCHES; each++)
              call.create({ key: 'all/', rangeEnd: `all0${at * WATCHES + each}` });
          const arrived = (): number => streams.reduce((sum, call) => sum + call.responses.length, 0);
          await poll('the watches', () => arrived() >= STREAMS * WATCHES || undefined, LIMIT_MS);
          const times: number[] = [];
          for (let write = 0; write < WRITES; write++) {
            const before = arrived();
            const start = performance.now();
            expectOk(await writer.put(`all/${write}`, 'x'.repeat(100)));
            // Checks in each turn: the measured times are shorter than a poll's pause.
            while (arrived() < before + STREAMS * WATCHES) {
              if (performance.now() - start > LIMIT_MS) throw new Error(`events are missing after ${LIMIT_MS} ms`);
              await new Promise((resolve) => setImmediate(resolve));
            }
            times.push(performance.now() - start);
          }
          return { [ID]: { value: figuresOf(times).median } };
        } finally {
          for (const connection of connections) connection.close();
        }
      },
    },
  ],
};
