import type { ProcessCluster } from '../../support/process-cluster.js';
import { fill } from '../load/fill.js';
import { loadRandom } from '../load/random.js';
import { randomPut, randomRange } from '../load/random-call.js';
import { shapeId, shapeTitle, type Shape } from '../load/shape.js';
import type { Group, Scenario } from '../scenario.js';

const VALUE_BYTES = 256;

/** Four linearizable reads to one put, of random keys that are all present. */
function mixed(shape: Shape): Scenario {
  const id = `mixed-${shapeId(shape)}`;
  const title = `80 % range, 20 % put, 256 B, random keys, ${shapeTitle(shape)}`;
  return {
    rows: [{ id, title, unit: '/s', better: 'more', targetsOf: 'ratio' }],
    warmsUp: true,
    measure: async ({ shared, settings: { mixedKeys: keys, seconds } }) => {
      const calls = [
        randomRange({ keys, valueBytes: VALUE_BYTES, percent: 80 }),
        randomPut({ keys, valueBytes: VALUE_BYTES, percent: 20 }),
      ];
      // A long-running member has compiled its code.
      const prepare = async (cluster: ProcessCluster): Promise<void> => {
        await fill(cluster.client(await cluster.leader()), { to: keys, valueBytes: VALUE_BYTES });
        await loadRandom(cluster, { connections: 10, streams: 100, seconds, calls });
      };
      return { [id]: await loadRandom(await shared(prepare), { ...shape, seconds, calls }) };
    },
  };
}

export const MIXED: Group = {
  name: 'mixed',
  scenarios: [
    mixed({ connections: 1, streams: 1 }),
    mixed({ connections: 10, streams: 100 }),
    mixed({ connections: 100, streams: 10 }),
    mixed({ connections: 200, streams: 1 }),
  ],
};
