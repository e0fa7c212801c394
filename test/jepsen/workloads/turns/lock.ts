import type { Client, Lock } from '../../../../src/client/index.js';
import { defined } from '../../../../src/util/assert.js';
import { randomInteger } from '../../../../src/util/random.js';
import type { ClientContext, Workload, WorkloadClient } from '../../run/workload.js';
import { CALL, pick, realSleep, unknownOutcome } from '../common.js';
import type { Sleep, WorkloadParts } from '../common.js';
import { FencedResource } from './fenced-resource.js';
import { recordRenewal } from './renewal.js';

const LOCKS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => `lock/${name}`);
const TTL_SECONDS = 2;
const WAIT_MS = 4000;
const USES_MAX = 4;
/** Time between the read and the write of the resource, and between two uses, in ms. */
const WORK_MS_MAX = 8;
const STALLS = 0.01;
const STALL_MS_MAX = 2500;

/**
 * Locks whose holders use a counter outside the cluster. Some holders stall until their lease is over, and then use it: the
 * fencing token makes the counter refuse them once it has seen the next holder.
 */
export function lockWorkload({ check, sleep = realSleep }: WorkloadParts): Workload {
  const resources = new Map(LOCKS.map((name) => [name, new FencedResource()]));
  return {
    name: 'lock',
    about: 'locks with fencing tokens for a resource outside the cluster',
    concurrency: 18,
    rate: 100,
    client: (context) => new LockClient({ context, client: context.connect([context.node]), resources, sleep }),
    check,
  };
}

interface Parts {
  readonly context: ClientContext;
  readonly client: Client;
  readonly resources: ReadonlyMap<string, FencedResource>;
  readonly sleep: Sleep;
}

class LockClient implements WorkloadClient {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** One holding of a lock, from the acquisition to the release. */
  async step(): Promise<void> {
    const { context, client, sleep } = this.#parts;
    const { random, signal } = context;
    const key = pick(random, LOCKS);
    const lock = await this.#acquire(key);
    if (lock === undefined) return;
    const token = lock.revision;
    await recordRenewal(context, client, { key, token, id: lock.lease.id });
    for (let left = randomInteger(random, 1, USES_MAX + 1); left > 0; left--) {
      await this.#use(key, token);
      await sleep(randomInteger(random, 0, WORK_MS_MAX), signal);
    }
    if (random.next() >= STALLS) return await this.#release(key, lock);
    lock.lease.release();
    await sleep(TTL_SECONDS * 1000 + randomInteger(random, 0, STALL_MS_MAX), signal);
    await this.#use(key, token);
  }

  async #acquire(key: string): Promise<Lock | undefined> {
    const { context, client } = this.#parts;
    const acquired: Lock[] = [];
    await context.call({ f: 'acquire', key }, async () => {
      const options = { ttlSeconds: TTL_SECONDS, timeoutMs: WAIT_MS, signal: context.signal };
      const lock = await client.lock(key, options).catch(unknownOutcome);
      if ('type' in lock) return lock;
      acquired.push(lock);
      const value = { token: lock.revision, lease: String(lock.lease.id), ttl: lock.lease.ttlSeconds };
      return { type: 'ok', value };
    });
    return acquired[0];
  }

  async #use(key: string, token: number): Promise<void> {
    const { context, resources, sleep } = this.#parts;
    const resource = defined(resources.get(key), 'the resource');
    await context.call({ f: 'use', key, value: { token } }, async () => {
      const count = resource.read(token);
      if (count === undefined) return { type: 'fail', error: 'a larger token was used' };
      await sleep(randomInteger(context.random, 0, WORK_MS_MAX));
      if (!resource.write(token, count + 1)) return { type: 'fail', error: 'a larger token was used meanwhile' };
      return { type: 'ok', value: { token, n: count + 1 } };
    });
  }

  async #release(key: string, lock: Lock): Promise<void> {
    await this.#parts.context.call({ f: 'release', key, value: { token: lock.revision } }, async () => {
      await lock.release(CALL);
      return { type: 'ok' };
    });
  }
}
