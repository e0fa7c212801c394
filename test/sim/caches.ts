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

class SimCache {
  used = false;
  readonly #world: World;
  readonly #clients: Clients;
  readonly #name: string;
  readonly #random: Random;
  readonly #cache: Cache;
  #running = true;

  constructor(world: World, clients: Clients, name: string) {
    this.#world = world;
    this.#clients = clients;
    this.#name = name;
    this.#random = world.random(name);
    const refreshMs = pick(this.#random, [0, 50, 1000]);
    this.#cache = new Cache(new SimCacheSource(world, this.#random), 'consistent', { prefix: PREFIX, refreshMs });
    void this.#live();
  }

  finish(): void {
    this.#running = false;
    void this.#cache.close();
  }

  async #live(): Promise<void> {
    const { options } = this.#world;
    while (this.#running) {
      await this.#world.sleep(this.#random.next() * 2 * options.paceMs);
      if (this.#running) await this.#read(`k${randomInteger(this.#random, 0, options.keys)}`);
    }
  }

  async #read(key: string): Promise<void> {
    const { time, trace, options } = this.#world;
    const level = pick(this.#random, ['consistent', 'consistent', 'stale'] as const);
    const invokedAt = time.nowMs;
    try {
      const { kv, revision, ageMs, source } = await this.#cache.get(key, { consistency: level });
      if (level === 'consistent' && source === 'memory') this.used = true;
      if (trace.on) trace.line(undefined, `${this.#name} reads ${key} ${level} from ${source} at ${revision}`);
      this.#clients.history.push({
        client: this.#name,
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
    if (error?.code === 'internal') this.#world.violated(`${this.#name}: ${error.message}`);
  }
}

function stateOf({ value, createRevision, modRevision, version }: KeyValue): mvccpb.KeyValue.$Properties {
  return { value, createRevision, modRevision, version };
}
