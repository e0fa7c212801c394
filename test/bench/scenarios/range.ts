import { etcdserverpb } from '../../../src/gen/proto.js';
import { expectOk } from '../../support/etcd-client.js';
import type { ProcessCluster } from '../../support/process-cluster.js';
import { loadRanges, valueOf } from '../load/fixed-load.js';
import { shapeId, shapeTitle, type Shape } from '../load/shape.js';
import { BYTES, sizeId, type Size } from '../load/sizes.js';
import type { Group, Row, Scenario } from '../scenario.js';
import type { Settings } from '../settings.js';

const SINGLE: Shape = { connections: 1, streams: 1 };
const MANY: Shape = { connections: 10, streams: 100 };

type Level = 'linearizable' | 'serializable' | 'default';

const keyOf = (size: Size): string => `bench-range-${sizeId(size)}`;

/** Writes the keys, and reads one under load: a long-running member has compiled its code. */
function prepare({ seconds }: Settings): (cluster: ProcessCluster) => Promise<void> {
  return async (cluster) => {
    const client = cluster.client(await cluster.leader());
    for (const size of ['256 B', '1 KB', '16 KB'] as const)
      expectOk(await client.put(keyOf(size), valueOf(BYTES[size])));
    await loadRanges(cluster, { ...MANY, key: keyOf('256 B'), valueBytes: 256, seconds });
  };
}

/** etcd has no level `default`: raftkv's is measured against etcd's linearizable reads. */
function requestOf(level: Level, system: string): etcdserverpb.RangeRequest.$Properties {
  if (level === 'serializable') return { serializable: true };
  return level === 'default' && system === 'raftkv' ? { readLevel: etcdserverpb.ReadLevel.DEFAULT } : {};
}

function range(level: Level, size: Size, shape: Shape, targets: Pick<Row, 'must' | 'aim'> = {}): Scenario {
  const id = `range-${level}-${sizeId(size)}-${shapeId(shape)}`;
  const title = `range ${level}, ${size}, ${shapeTitle(shape)}`;
  return {
    rows: [{ id, title, unit: '/s', better: 'more', targetsOf: 'ratio', ...targets }],
    warmsUp: true,
    measure: async ({ shared, settings, system }) => ({
      [id]: await loadRanges(await shared(prepare(settings)), {
        ...shape,
        key: keyOf(size),
        request: requestOf(level, system.id),
        valueBytes: BYTES[size],
        seconds: settings.seconds,
      }),
    }),
  };
}

export const RANGE: Group = {
  name: 'range',
  scenarios: [
    range('linearizable', '256 B', SINGLE, { must: 1.3, aim: 2 }),
    range('linearizable', '256 B', MANY, { must: 2, aim: 4 }),
    range('linearizable', '256 B', { connections: 100, streams: 10 }),
    range('linearizable', '256 B', { connections: 200, streams: 1 }),
    range('linearizable', '1 KB', MANY),
    range('linearizable', '16 KB', { connections: 10, streams: 10 }),
    range('serializable', '256 B', SINGLE),
    range('serializable', '256 B', MANY, { must: 2, aim: 4 }),
    range('default', '256 B', SINGLE),
    range('default', '256 B', MANY, { must: 2, aim: 4 }),
  ],
};
