import { Cache } from '../../src/client/cache/cache.js';
import { RaftKvError } from '../../src/client/errors.js';
import type { KeyValue } from '../../src/client/keys/key-value.js';
import type { mvccpb } from '../../src/gen/proto.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import { seenValue } from '../support/seen-value.js';
import { SimCacheSource } from './cache-source.js';
import type { Clients } from './clients.js';
import { pick } from './options.js';
import type { World } from './world.js';

/** Readers of one cache at a time, which share its rounds. */
const READERS = 3;
/** Of the keys of `Clients`, all of which a cache holds. */
const PREFIX = 'k';

/** Clients that read through caches of their own. Their reads are checked with those of all clients. */
export class Caches {
  readonly #caches: readonly SimCache[];

  constructor(world: World, clients: Clients) {
    // Without a user a cache is refused.
    const count = world.options.users > 0 ? 0 : world.options.caches;
    this.#caches = Array.from({ length: count }, (_, at) => new SimCache(world, clients, `cache${at + 1}`));
  }

  /** From now on nothing goes wrong: `areUsed` must come to be true. */
  healed(): void {
    for (const cache of this.#caches) cache.used = false;
  }

  /** Whether each cache has answered a consistent read from memory since. */
  areUsed(): boolean {
    return this.#caches.every(({ used }) => used);
  }

  finish(): void {
    for (const cache of this.#caches) cache.finish();
  }
}

interface Reader {
  readonly client: string;
  readonly random: Random;
}

class SimCache {
  used = false;
  readonly #world: World;
  readonly #clients: Clients;
  readonly #cache: Cache;
  #running = true;

  constructor(world: World, clients: Clients, name: string) {
    this.#world = world;
    this.#clients = clients;
    const random = world.random(name);
    const refreshMs = pick(random, [0, 50, 1000]);
    this.#cache = new Cache(new SimCacheSource(world, random), 'consistent', { prefix: PREFIX, refreshMs });
    for (let reader = 1; reader <= READERS; reader++) {
      const client = `${name} reader${reader}`;
      void this.#live({ client, random: world.random(client) });
    }
  }

  finish(): void {
    this.#running = false;
    void this.#cache.close();
  }

  async #live(reader: Reader): Promise<void> {
    const { options } = this.#world;
    while (this.#running) {
      await this.#world.sleep(reader.random.next() * 2 * READERS * options.paceMs);
      if (this.#running) await this.#read(reader);
    }
  }

  async #read({ client, random }: Reader): Promise<void> {
    const { time, trace, options } = this.#world;
    const key = `k${randomInteger(random, 0, options.keys)}`;
    const level = pick(random, ['consistent', 'consistent', 'stale'] as const);
    const invokedAt = time.nowMs;
    try {
      const { kv, revision, ageMs, source } = await this.#cache.get(key, { consistency: level });
      if (level === 'consistent' && source === 'memory') this.used = true;
      if (trace.on) trace.line(undefined, `${client} reads ${key} ${level} from ${source} at ${revision}`);
      this.#clients.history.push({
        client,
        input: level === 'stale' ? { kind: 'get', key, stale: true } : { kind: 'get', key },
        invokedAt,
        completedAt: time.nowMs,
        outcome: { kind: 'ok', output: { revision, found: seenValue(kv && stateOf(kv)) } },
        level,
        // The part that a member has stated is by its own clock.
        ageMs: ageMs === undefined ? undefined : ageMs / (1 - options.rateSpread),
      });
    } catch (error) {
      if (!(error instanceof RaftKvError) || error.code === 'internal') throw error;
    }
    const { error } = this.#cache.status();
    if (error?.code === 'internal') this.#world.violated(`${client}: ${error.message}`);
  }
}

function stateOf({ value, createRevision, modRevision, version }: KeyValue): mvccpb.KeyValue.$Properties {
  return { value, createRevision, modRevision, version };
}
