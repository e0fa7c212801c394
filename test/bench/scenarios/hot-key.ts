import { expectOk } from '../../support/etcd-client.js';
import { loadRanges, valueOf } from '../load/fixed-load.js';
import { loadRandom } from '../load/random.js';
import { keyOf, randomPut } from '../load/random-call.js';
import type { Group } from '../scenario.js';

const ID = 'hot-key';
const VALUE_BYTES = 256;
const FRESH = 'bench-fresh';
/** More than enough for the revisions, in seconds. */
const WRITING_SECONDS = 300;

export const HOT_KEY: Group = {
  name: ID,
  scenarios: [
    {
      rows: [
        {
          id: ID,
          title: 'range linearizable, 10 × 100: key with 100,000 revisions / fresh key',
          unit: '×',
          better: 'more',
          targetsOf: 'value',
          must: 0.95,
          aim: 1,
        },
      ],
      measure: async ({ shared, settings }) => {
        const cluster = await shared(async (started) => {
          expectOk(await started.client(await started.leader()).put(FRESH, valueOf(VALUE_BYTES)));
          const calls = [randomPut({ keys: 1, valueBytes: VALUE_BYTES })];
          const load = { connections: 10, streams: 100, seconds: WRITING_SECONDS, calls };
          await loadRandom(started, { ...load, callsMax: settings.revisions });
        });
        const load = { connections: 10, streams: 100, seconds: settings.seconds, valueBytes: VALUE_BYTES };
        // Between two loads of the fresh key, so that a drift of the machine cancels out.
        const before = await loadRanges(cluster, { ...load, key: FRESH });
        const hot = await loadRanges(cluster, { ...load, key: keyOf(0) });
        const after = await loadRanges(cluster, { ...load, key: FRESH });
        return { [ID]: { ...hot, value: (2 * hot.value) / (before.value + after.value) } };
      },
    },
  ],
};
