import { Cache } from '../../../src/client/cache/cache.js';
import type { CacheOptions } from '../../../src/client/index.js';
import { op } from '../../../src/client/index.js';
import { randomInteger, seededRandom } from '../../../src/util/random.js';
import type { Random } from '../../../src/util/random.js';
import { FakeCacheSource } from '../../jepsen/workloads/fake/fake-cache.js';
import { FakeStore } from '../../jepsen/workloads/fake/fake-store.js';
import type { Defect } from '../../jepsen/workloads/fake/fake-store.js';
import { VirtualClock } from '../../jepsen/workloads/fake/virtual-clock.js';

export interface Setting {
  readonly clock: VirtualClock;
  readonly store: FakeStore;
  readonly source: FakeCacheSource;
  readonly random: Random;
  readonly put: (...pairs: readonly (readonly [key: string, value: string])[]) => number;
  readonly remove: (key: string) => number;
  /** A cache that has been filled. */
  readonly open: (options?: Partial<CacheOptions>) => Promise<Cache>;
}

/** Runs a test on a cluster in memory, in virtual time, and closes its caches. */
export async function withCache(
  test: (setting: Setting) => Promise<void>,
  { defect }: { readonly defect?: Defect } = {},
): Promise<void> {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const store = new FakeStore(() => clock.nowMs, defect);
  const caches: Cache[] = [];
  const source = new FakeCacheSource({
    store,
    clock,
    lagMs: () => 10,
    call: async (apply) => {
      await clock.sleep(randomInteger(random, 1, 4));
      const result = apply();
      await clock.sleep(randomInteger(random, 1, 4));
      return result;
    },
  });
  const run = async (): Promise<void> => {
    try {
      await test({
        clock,
        store,
        source,
        random,
        put: (...pairs) => {
          source.parts.store.apply(pairs.map(([key, value]) => op.put(key, value).request));
          return source.parts.store.revision;
        },
        remove: (key) => {
          source.parts.store.apply([op.delete(key).request]);
          return source.parts.store.revision;
        },
        open: async (options) => {
          const cache = new Cache(source, 'default', { prefix: 'a/', ...options });
          caches.push(cache);
          await cache.started;
          await clock.sleep(20);
          return cache;
        },
      });
    } finally {
      await Promise.all(caches.map((cache) => cache.close()));
    }
  };
  await clock.run(run());
}
