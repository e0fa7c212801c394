import type { Cache, Client } from '../../../src/client/index.js';
import { randomInteger } from '../../../src/util/random.js';
import type { ClientContext, Outcome, Workload, WorkloadClient } from '../run/workload.js';
import { CALL, KeyWindow } from './common.js';
import type { WorkloadParts } from './common.js';

const KEYS = 4;
const CALLS_PER_KEY = 300;
/** A write of unknown outcome counts as this many: each makes the search of the checker much longer. */
const UNKNOWN_CALLS = 30;
const PREFIX = 'c/';
/** Bounds of the age that stale reads ask for, in ms. */
const MAX_MS = [50, 200, 1000, 5000] as const;

/**
 * Writes of registers, and reads of them through caches, each client with one of its own. Half of the clients are bound to one
 * member, so that their watches break and resume there; the watches of the others go from member to member. A read at consistent
 * (`read`) gives `[version, value]`; one at stale (`stale`) has its version, its value, and the age that it states.
 */
export function cacheWorkload({ check }: WorkloadParts): Workload {
  const keys = new KeyWindow({ prefix: PREFIX, size: KEYS, usesMax: CALLS_PER_KEY });
  return {
    name: 'cache',
    about: 'reads through caches in clients: consistent as registers, stale against the age that they state',
    targets: ['raftkv'],
    options: { by: 'version', consistency: 'consistent' },
    client: (context) => new CacheClient(context, keys),
    check,
  };
}

class CacheClient implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #keys: KeyWindow;
  readonly #client: Client;
  readonly #cache: Cache;

  constructor(context: ClientContext, keys: KeyWindow) {
    this.#context = context;
    this.#keys = keys;
    this.#client = context.worker % 2 === 0 ? context.connect([context.node]) : context.connect();
    this.#cache = this.#client.cache({ prefix: PREFIX, refreshMs: 100 });
  }

  async step(): Promise<void> {
    const { random } = this.#context;
    const key = this.#keys.pick(random);
    const number = this.#keys.use(key);
    const dice = random.next();
    if (dice < 0.35) await this.#write(key, number);
    else if (dice < 0.75) await this.#read(key);
    else await this.#stale(key);
  }

  async close(): Promise<void> {
    await this.#cache.close();
  }

  async #write(key: string, value: number): Promise<void> {
    const outcome = await this.#context.call({ f: 'write', key, value }, async () => {
      const { header } = await this.#client.put(key, String(value), CALL);
      return { type: 'ok', revision: header.revision };
    });
    if (outcome.type === 'info') this.#keys.wear(key, UNKNOWN_CALLS);
  }

  async #read(key: string): Promise<void> {
    await this.#context.call({ f: 'read', key }, async () => {
      const { kv, revision } = await this.#cache.get(key, { ...CALL, consistency: 'consistent' });
      return { type: 'ok', value: [kv?.version ?? 0, kv === undefined ? null : Number(kv.valueText())], revision };
    });
  }

  async #stale(key: string): Promise<void> {
    const { random } = this.#context;
    const maxMs = random.next() < 0.5 ? undefined : MAX_MS[randomInteger(random, 0, MAX_MS.length)];
    const bound = maxMs === undefined ? {} : { maxStalenessMs: maxMs };
    const asked = maxMs === undefined ? {} : { maxMs };
    await this.#context.call({ f: 'stale', key, value: asked }, async (): Promise<Outcome> => {
      const { kv, revision, ageMs } = await this.#cache.get(key, { ...CALL, ...bound, consistency: 'stale' });
      const state = { version: kv?.version ?? 0, value: kv === undefined ? null : Number(kv.valueText()) };
      return { type: 'ok', value: { ...asked, ...state, ...(ageMs === undefined ? {} : { ageMs }) }, revision };
    });
  }
}
