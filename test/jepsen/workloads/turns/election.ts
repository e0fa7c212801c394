import { RaftKvError } from '../../../../src/client/index.js';
import type { Client, KeyValue, Leadership } from '../../../../src/client/index.js';
import { randomInteger } from '../../../../src/util/random.js';
import type { ClientContext, Workload, WorkloadClient } from '../../run/workload.js';
import { CALL, pick, realSleep, unknownOutcome } from '../common.js';
import type { Sleep, WorkloadParts } from '../common.js';
import { recordRenewal } from './renewal.js';

const ELECTIONS = ['a', 'b', 'c', 'd', 'e'].map((name) => `election/${name}`);
const CANDIDATES = 12;
const READERS = 4;
const OBSERVERS = 3;
const TTL_SECONDS = 2;
const WAIT_MS = 4000;
const PROCLAMATIONS_MAX = 3;
const REIGN_MS_MAX = 40;
const STALLS = 0.02;
const STALL_MS_MAX = 2000;
const OBSERVE_MS = [500, 2000] as const;

/** Elections with candidates that proclaim new values while they lead, readers of the leader, and observers. */
export function electionWorkload({ check, sleep = realSleep }: WorkloadParts): Workload {
  return {
    name: 'election',
    about: 'elections with one leader in a term of office',
    concurrency: CANDIDATES + READERS + OBSERVERS,
    rate: 300,
    client: (context) => {
      if (context.worker < CANDIDATES) return new Candidate(context, context.connect([context.node]), sleep);
      if (context.worker < CANDIDATES + READERS) return new Reader(context, context.connect([context.node]));
      return new Observer(context, context.connect(), sleep);
    },
    check,
  };
}

class Candidate implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;
  readonly #sleep: Sleep;
  #names = 0;

  constructor(context: ClientContext, client: Client, sleep: Sleep) {
    this.#context = context;
    this.#client = client;
    this.#sleep = sleep;
  }

  /** One candidacy, and the term of office after it. */
  async step(): Promise<void> {
    const { random, signal } = this.#context;
    const key = pick(random, ELECTIONS);
    const leadership = await this.#campaign(key);
    if (leadership === undefined) return;
    const { lease, revision: token } = leadership;
    await recordRenewal(this.#context, this.#client, { key, token, id: lease.id });
    for (let left = randomInteger(random, 0, PROCLAMATIONS_MAX + 1); left > 0; left--) {
      await this.#sleep(randomInteger(random, 0, REIGN_MS_MAX), signal);
      await this.#proclaim(key, leadership);
    }
    if (random.next() >= STALLS) return await this.#resign(key, leadership);
    lease.release();
    await this.#sleep(TTL_SECONDS * 1000 + randomInteger(random, 0, STALL_MS_MAX), signal);
    await this.#proclaim(key, leadership);
  }

  async #campaign(key: string): Promise<Leadership | undefined> {
    const won: Leadership[] = [];
    const name = this.#name();
    await this.#context.call({ f: 'campaign', key, value: { name } }, async () => {
      const options = { ttlSeconds: TTL_SECONDS, timeoutMs: WAIT_MS, signal: this.#context.signal };
      const leadership = await this.#client.campaign(key, name, options).catch(unknownOutcome);
      if ('type' in leadership) return leadership;
      won.push(leadership);
      const { lease, revision: token } = leadership;
      return { type: 'ok', value: { name, token, lease: String(lease.id), ttl: lease.ttlSeconds } };
    });
    return won[0];
  }

  async #proclaim(key: string, leadership: Leadership): Promise<void> {
    const name = this.#name();
    await this.#context.call({ f: 'proclaim', key, value: { token: leadership.revision, name } }, async () => {
      const { header } = await leadership.proclaim(name, CALL);
      return { type: 'ok', revision: header.revision };
    });
  }

  async #resign(key: string, leadership: Leadership): Promise<void> {
    await this.#context.call({ f: 'resign', key, value: { token: leadership.revision } }, async () => {
      await leadership.resign(CALL);
      return { type: 'ok' };
    });
  }

  #name(): string {
    return `${this.#context.worker}-${this.#names++}`;
  }
}

class Reader implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;

  constructor(context: ClientContext, client: Client) {
    this.#context = context;
    this.#client = client;
  }

  async step(): Promise<void> {
    const key = pick(this.#context.random, ELECTIONS);
    await this.#context.call({ f: 'leader', key }, async () => {
      const { kv, header } = await this.#client.leader(key, CALL);
      const value = kv === undefined ? null : { token: kv.createRevision, name: kv.valueText() };
      return { type: 'ok', value, revision: header.revision };
    });
  }
}

class Observer implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;
  readonly #sleep: Sleep;

  constructor(context: ClientContext, client: Client, sleep: Sleep) {
    this.#context = context;
    this.#client = client;
    this.#sleep = sleep;
  }

  async step(): Promise<void> {
    const { random } = this.#context;
    const key = pick(random, ELECTIONS);
    await this.#context.call({ f: 'observe', key }, async () => {
      const leaders = await this.#observe(key, randomInteger(random, ...OBSERVE_MS));
      return { type: 'ok', value: { leaders } };
    });
  }

  async #observe(key: string, ms: number): Promise<readonly object[]> {
    const leaders: object[] = [];
    const over = new AbortController();
    const waiting = new AbortController();
    void this.#sleep(ms, AbortSignal.any([waiting.signal, this.#context.signal])).then(() => over.abort());
    try {
      for await (const { kv } of this.#client.observe(key, { signal: over.signal })) leaders.push(toLeader(kv));
    } catch (error) {
      if (!(error instanceof RaftKvError) || error.code !== 'cancelled') throw error;
    } finally {
      waiting.abort();
    }
    return leaders;
  }
}

function toLeader(kv: KeyValue): object {
  return { token: kv.createRevision, name: kv.valueText(), revision: kv.modRevision };
}
