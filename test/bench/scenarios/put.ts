import { loadPuts } from '../load/fixed-load.js';
import { loadRandom } from '../load/random.js';
import { randomPut } from '../load/random-call.js';
import { shapeId, shapeTitle, type Shape } from '../load/shape.js';
import { BYTES, sizeId, type Size } from '../load/sizes.js';
import type { Group, Row, Scenario } from '../scenario.js';
import type { Settings } from '../settings.js';
import type { ProcessCluster } from '../../support/process-cluster.js';

const MANY: Shape = { connections: 10, streams: 100 };

/** A long-running member has compiled its code; at some hundred puts a second that would take minutes. */
function warmUp({ seconds }: Settings): (cluster: ProcessCluster) => Promise<void> {
  return async (cluster) => {
    await loadPuts(cluster, { ...MANY, key: 'bench-warm', valueBytes: 256, seconds });
  };
}

type Targets = Pick<Row, 'must' | 'aim'>;

/** Puts of one key. */
function put(size: Size, shape: Shape, targets: Targets = {}): Scenario {
  const id = `put-${sizeId(size)}-${shapeId(shape)}`;
  return {
    rows: [
      { id, title: `put ${size}, ${shapeTitle(shape)}`, unit: '/s', better: 'more', targetsOf: 'ratio', ...targets },
    ],
    warmsUp: true,
    measure: async ({ shared, settings }) => ({
      [id]: await loadPuts(await shared(warmUp(settings)), {
        ...shape,
        key: 'bench-put',
        valueBytes: BYTES[size],
        seconds: settings.seconds,
      }),
    }),
  };
}

/** Puts of random keys, most of them new ones. */
const random: Scenario = {
  rows: [
    {
      id: 'put-random-10x100',
      title: 'put 256 B, random of 1,000,000 keys, 10 × 100',
      unit: '/s',
      better: 'more',
      targetsOf: 'ratio',
      must: 1.5,
      aim: 2.5,
    },
  ],
  warmsUp: true,
  measure: async ({ shared, settings }) => ({
    'put-random-10x100': await loadRandom(await shared(warmUp(settings)), {
      connections: 10,
      streams: 100,
      seconds: settings.seconds,
      calls: [randomPut({ keys: settings.keys, valueBytes: 256 })],
    }),
  }),
};

export const PUT: Group = {
  name: 'put',
  scenarios: [
    put('256 B', { connections: 1, streams: 1 }, { must: 1.1, aim: 1.5 }),
    put('256 B', MANY, { must: 2, aim: 3.5 }),
    put('256 B', { connections: 100, streams: 10 }, { must: 2, aim: 3.5 }),
    put('256 B', { connections: 200, streams: 1 }),
    put('1 KB', MANY),
    put('16 KB', { connections: 10, streams: 10 }, { must: 1, aim: 2 }),
    random,
  ],
};
