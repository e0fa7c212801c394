import { expectOk } from '../../support/etcd-client.js';
import type { ProcessCluster } from '../../support/process-cluster.js';
import { loadPuts, loadRanges, valueOf, type PutLoad } from '../load/fixed-load.js';
import type { Group, Sample, Scenario } from '../scenario.js';

const VALUE_BYTES = 256;

type Load = (cluster: ProcessCluster, load: PutLoad) => Promise<Sample>;

/**
 * One load on a cluster without TLS and users, and at once the same with both. Clients send the token of an ordinary user, and
 * no certificate; members prove themselves to each other.
 */
function secure(work: 'put' | 'range', title: string, load: Load): Scenario {
  const id = `${work}-secure-256b-10x100`;
  const plainId = `${id}-without`;
  const shareId = `${id}-share`;
  return {
    rows: [
      { id, title: `${title}, TLS and users`, unit: '/s', better: 'more', targetsOf: 'ratio', must: 1.5 },
      { id: plainId, title: `${title}, the same without`, unit: '/s', better: 'more', targetsOf: 'ratio' },
      {
        id: shareId,
        title: `${title}, rate with them by that without`,
        unit: '×',
        better: 'more',
        targetsOf: 'value',
      },
    ],
    warmsUp: true,
    measure: async ({ shared, secured, settings: { seconds } }) => {
      const options = { connections: 10, streams: 100, key: `bench-${work}`, valueBytes: VALUE_BYTES, seconds };
      const plain = await load(await shared(), options);
      const { cluster, token } = await secured();
      const sample = await load(cluster, { ...options, token });
      return { [id]: sample, [plainId]: plain, [shareId]: { value: sample.value / plain.value } };
    },
  };
}

export const SECURE: Group = {
  name: 'secure',
  scenarios: [
    secure('put', 'put 256 B, 10 × 100', loadPuts),
    secure('range', 'range linearizable, 256 B, 10 × 100', async (cluster, load) => {
      const client = cluster.client(await cluster.leader());
      expectOk(await client.put(load.key, valueOf(load.valueBytes)));
      return await loadRanges(cluster, load);
    }),
  ],
};
