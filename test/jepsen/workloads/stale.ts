import type { Client } from '../../../src/client/index.js';
import { randomInteger } from '../../../src/util/random.js';
import type { ClientContext, NodeAddress, Workload, WorkloadClient } from '../run/workload.js';
import { CALL, KeyWindow, pick } from './common.js';
import type { WorkloadParts } from './common.js';

const KEYS = 5;
const CALLS_PER_KEY = 2000;
/** A session goes on at another member soon if one cannot be reached. */
const REACH = { unreachableMs: 200 } as const;
/** Bounds of the age that reads ask for, in ms. */
const MAX_MS = [50, 200, 1000, 5000] as const;

/**
 * Writes of registers, and stale reads of them at every member. Each process passes the largest revision that it has seen as
 * `at_least_revision`, and some reads bound their age. What an answer states about itself is recorded with it.
 */
export function staleWorkload({ check }: WorkloadParts): Workload {
  const keys = new KeyWindow({ prefix: 's/', size: KEYS, usesMax: CALLS_PER_KEY });
  return {
    name: 'stale',
    about: 'stale reads against the age that they state and the order of a session',
    targets: ['raftkv'],
    options: { session: true },
    client: (context) => new StaleClient(context, keys),
    check,
  };
}

class StaleClient implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #keys: KeyWindow;
  /** A client of each member: a session goes from one to the other. */
  readonly #members: readonly (readonly [NodeAddress, Client])[];
  #session: { readonly process: number; revision: number } = { process: -1, revision: 0 };

  constructor(context: ClientContext, keys: KeyWindow) {
    this.#context = context;
    this.#keys = keys;
    this.#members = context.nodes.map((node) => [node, context.connect([node], REACH)] as const);
  }

  async step(): Promise<void> {
    const { random, process } = this.#context;
    if (this.#session.process !== process) this.#session = { process, revision: 0 };
    const key = this.#keys.pick(random);
    const number = this.#keys.use(key);
    const [node, client] = pick(random, this.#members);
    if (random.next() < 0.35) await this.#write(key, number, node, client);
    else await this.#read(key, node, client);
  }

  async #write(key: string, value: number, node: NodeAddress, client: Client): Promise<void> {
    await this.#context.call(
      { f: 'write', key, value },
      async () => {
        const { header } = await client.put(key, String(value), CALL);
        this.#seen(header.revision);
        return { type: 'ok', revision: header.revision };
      },
      { node: node.name },
    );
  }

  async #read(key: string, node: NodeAddress, client: Client): Promise<void> {
    const { random } = this.#context;
    const atLeast = this.#session.revision;
    const maxMs = random.next() < 0.5 ? undefined : MAX_MS[randomInteger(random, 0, MAX_MS.length)];
    const asked = { atLeast, ...(maxMs === undefined ? {} : { maxMs }) };
    await this.#context.call(
      { f: 'read', key, value: asked },
      async () => {
        const bound = maxMs === undefined ? {} : { maxStalenessMs: maxMs };
        const options = { ...CALL, ...bound, consistency: 'stale', atLeastRevision: atLeast } as const;
        const { kv, header } = await client.get(key, options);
        this.#seen(header.revision);
        const ageMs = header.freshness?.stalenessMs;
        const state = { version: kv?.version ?? 0, value: kv === undefined ? null : Number(kv.valueText()) };
        const value = { ...asked, ...state, ...(ageMs === undefined ? {} : { ageMs }) };
        return { type: 'ok', value, revision: header.revision };
      },
      { node: node.name },
    );
  }

  #seen(revision: number): void {
    this.#session.revision = Math.max(this.#session.revision, revision);
  }
}
