import { fill } from '../load/fill.js';
import { loadRandom } from '../load/random.js';
import { randomPut, randomRange, type RandomCall } from '../load/random-call.js';
import type { Group, Row, Sample } from '../scenario.js';

const VALUE_BYTES = 256;
const SIZES = [1_000, 10_000, 100_000, 1_000_000];

const WORKS: readonly (readonly [name: string, call: (keys: number) => RandomCall])[] = [
  ['put', (keys) => randomPut({ keys, valueBytes: VALUE_BYTES })],
  ['range', (keys) => randomRange({ keys, valueBytes: VALUE_BYTES })],
];

export const curveId = (work: string, keys: number): string => `curve-${work}-${keys}`;

/** Puts and reads of random present keys while the store grows: three members, 10 × 100. */
export const CURVE: Group = {
  name: 'curve',
  scenarios: [
    {
      rows: WORKS.flatMap(([work]) =>
        SIZES.map((keys): Row => ({
          id: curveId(work, keys),
          title: `${work} 256 B, random of ${keys.toLocaleString('en-US')} present keys, 10 × 100`,
          unit: '/s',
          better: 'more',
          targetsOf: 'ratio',
        })),
      ),
      measure: async ({ fresh, settings }) => {
        const cluster = await fresh(3);
        const samples: Record<string, Sample> = {};
        let from = 0;
        // V8 compiles code that runs often.
        const warmUp = [
          randomPut({ keys: 1, valueBytes: VALUE_BYTES }),
          randomRange({ keys: 1, valueBytes: VALUE_BYTES }),
        ];
        for (const call of warmUp)
          await loadRandom(cluster, { connections: 10, streams: 100, seconds: settings.seconds, calls: [call] });
        for (const keys of settings.curve) {
          await fill(cluster.client(await cluster.leader()), { from, to: keys, valueBytes: VALUE_BYTES });
          from = keys;
          for (const [work, call] of WORKS) {
            const load = { connections: 10, streams: 100, seconds: settings.seconds, calls: [call(keys)] };
            samples[curveId(work, keys)] = await loadRandom(cluster, load);
          }
        }
        return samples;
      },
    },
  ],
};
