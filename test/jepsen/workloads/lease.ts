import type { Client } from '../../../src/client/index.js';
import { randomInteger } from '../../../src/util/random.js';
import type { ClientContext, Outcome, Workload, WorkloadClient } from '../run/workload.js';
import { CALL, CALL_MS, pick, realSleep, unknownOutcome, untilOk } from './common.js';
import type { WorkloadParts } from './common.js';

const LEASES_PER_WORKER = 5;
const TTL_SECONDS = [2, 5] as const;
const RENEWALS_MAX = 4;
/** A lease may outlive its deadline by this time while no fault is active, in ms. */
const SLACK_MS = 3000;
/** Reads of a key after the first that did not find it. */
const READS_OF_ABSENT = 3;

/** A lease with its key. */
interface Held {
  readonly key: string;
  readonly id: bigint;
  readonly ttlSeconds: number;
  renewalsLeft: number;
  absences: number;
}

/** Leases with one key each, renewed for a while and then left to expire, or revoked. The keys are read all the time. */
export function leaseWorkload({ check, sleep = realSleep }: WorkloadParts): Workload {
  const clients: LeaseClient[] = [];
  const names = { next: 0 };
  return {
    name: 'lease',
    about: 'leases that never end early and end soon after their time',
    options: { timeoutMs: CALL_MS, slackMs: SLACK_MS },
    client: (context) => {
      const client = new LeaseClient(context, context.connect([context.node]), names);
      clients.push(client);
      return client;
    },
    finish: async (context) => {
      const held = clients.flatMap((client) => client.held);
      // A leader that was elected during the heal renews each lease.
      const ttlSeconds = Math.max(0, ...held.map((each) => each.ttlSeconds));
      await sleep(2 * ttlSeconds * 1000 + SLACK_MS);
      const client = context.connect();
      for (const each of held) await untilOk(() => read(context, client, each));
    },
    check,
  };
}

class LeaseClient implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;
  readonly #names: { next: number };
  #held: readonly Held[] = [];

  constructor(context: ClientContext, client: Client, names: { next: number }) {
    this.#context = context;
    this.#client = client;
    this.#names = names;
  }

  get held(): readonly Held[] {
    return this.#held;
  }

  async step(): Promise<void> {
    const { random } = this.#context;
    if (this.#held.length < LEASES_PER_WORKER) return await this.#grant();
    const held = pick(random, this.#held);
    const dice = random.next();
    if (dice < 0.2 && held.renewalsLeft > 0) await this.#renew(held);
    else if (dice < 0.22) await this.#revoke(held);
    else await read(this.#context, this.#client, held);
    this.#held = this.#held.filter(({ absences }) => absences <= READS_OF_ABSENT);
  }

  async #grant(): Promise<void> {
    const { random } = this.#context;
    const ttl = randomInteger(random, TTL_SECONDS[0], TTL_SECONDS[1] + 1);
    const granted: { id: bigint; ttlSeconds: number }[] = [];
    await this.#context.call({ f: 'grant', value: { ttl } }, async () => {
      const { id, ttlSeconds } = await this.#client.leaseGrant(ttl, CALL);
      granted.push({ id, ttlSeconds });
      return { type: 'ok', value: { lease: String(id), ttl: ttlSeconds } };
    });
    for (const { id, ttlSeconds } of granted) {
      const renewalsLeft = randomInteger(random, 0, RENEWALS_MAX + 1);
      const held = { key: `l/${this.#names.next++}`, id, ttlSeconds, renewalsLeft, absences: 0 };
      if (await this.#put(held)) this.#held = [...this.#held, held];
    }
  }

  /** @returns whether the key may exist */
  async #put({ key, id }: Held): Promise<boolean> {
    const { type } = await this.#context.call({ f: 'put', key, value: { lease: String(id), value: key } }, async () => {
      const { header } = await this.#client.put(key, key, { ...CALL, lease: id });
      return { type: 'ok', revision: header.revision };
    });
    return type !== 'fail';
  }

  async #renew(held: Held): Promise<void> {
    held.renewalsLeft -= 1;
    const lease = String(held.id);
    await this.#context.call({ f: 'keepalive', value: { lease } }, async () => {
      const renewal = await this.#client.leaseKeepAliveOnce(held.id, CALL).catch(unknownOutcome);
      return 'type' in renewal ? renewal : { type: 'ok', value: { lease, ttl: renewal.ttlSeconds } };
    });
  }

  async #revoke(held: Held): Promise<void> {
    held.renewalsLeft = 0;
    await this.#context.call({ f: 'revoke', value: { lease: String(held.id) } }, async () => {
      const { header } = await this.#client.leaseRevoke(held.id, CALL);
      return { type: 'ok', revision: header.revision };
    });
  }
}

async function read(context: ClientContext, client: Client, held: Held): Promise<Outcome> {
  const { key } = held;
  const lease = String(held.id);
  return await context.call({ f: 'read', key, value: { lease } }, async () => {
    const { kv, header } = await client.get(key, { ...CALL, consistency: 'consistent' });
    if (kv === undefined) held.absences += 1;
    return { type: 'ok', value: { lease, value: kv?.valueText() ?? null }, revision: header.revision };
  });
}
