import { compare, op, txn } from '../../../src/client/index.js';
import type { Client, Consistency } from '../../../src/client/index.js';
import { randomInteger } from '../../../src/util/random.js';
import type { ClientContext, Invocation, Outcome, Workload, WorkloadClient } from '../run/workload.js';
import { CALL, untilOk } from './common.js';
import type { WorkloadParts } from './common.js';

/** Workers that use the same key at the same time. More make the search of the checker long. */
const WORKERS_PER_KEY = 5;
/** Calls on a key, before its workers go on to the next. */
const CALLS_PER_KEY = 300;
/** A call of unknown outcome counts as this many: each makes the search of the checker much longer. */
const UNKNOWN_CALLS = 30;
/** Values are repeated, so a register is checked by version and not by value alone. */
const VALUES = 1000;

type Registered = readonly [version: number, value: number | null];

/**
 * Registers that are read, written, and changed by compare-and-set on the key's version. A read gives `[version, value]`, and
 * `[0, null]` for an absent key; `write` has the value; `cas` has `[expected version, new value]`, and fails if the version is
 * another. Each worker is bound to one member; all workers of a group go on to the next key together.
 */
export function registerWorkload(name: string, consistency: Consistency, { check }: WorkloadParts): Workload {
  const groups: Group[] = [];
  return {
    name,
    about: `registers per key at ${consistency}: read, write, compare-and-set by version`,
    options: { by: 'version', consistency },
    client: (context) => {
      const id = Math.floor(context.worker / WORKERS_PER_KEY);
      const group = (groups[id] ??= { id, calls: 0, seen: undefined });
      return new RegisterClient(context, context.connect([context.node], { consistency }), group);
    },
    finish: async (context) => {
      for (const group of groups) {
        const client = new RegisterClient(context, context.connect([context.node], { consistency }), group);
        for (const key of keysOf(group)) await untilOk(() => client.read(key));
      }
    },
    check,
  };
}

/** Workers on the same key. */
interface Group {
  readonly id: number;
  calls: number;
  /** The newest version that any of them saw of its key: some compare-and-sets on it succeed. */
  seen: { readonly key: string; readonly version: number } | undefined;
}

const keyOf = ({ id, calls }: Pick<Group, 'id' | 'calls'>): string => `r/${id}/${Math.floor(calls / CALLS_PER_KEY)}`;

/** The keys that a group has used. */
function keysOf({ id, calls }: Group): string[] {
  const count = Math.ceil(calls / CALLS_PER_KEY);
  return Array.from({ length: count }, (_, at) => keyOf({ id, calls: at * CALLS_PER_KEY }));
}

class RegisterClient implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;
  readonly #group: Group;

  constructor(context: ClientContext, client: Client, group: Group) {
    this.#context = context;
    this.#client = client;
    this.#group = group;
  }

  async step(): Promise<void> {
    const { random } = this.#context;
    const key = keyOf(this.#group);
    this.#group.calls += 1;
    const dice = random.next();
    if (dice < 0.4) await this.read(key);
    else if (dice < 0.7) await this.#write(key, randomInteger(random, 0, VALUES));
    else await this.#compareAndSet(key, randomInteger(random, 0, VALUES));
  }

  async read(key: string): Promise<Outcome> {
    return await this.#call({ f: 'read', key }, async () => {
      const { kv, header } = await this.#client.get(key, CALL);
      const value: Registered = kv === undefined ? [0, null] : [kv.version, Number(kv.valueText())];
      this.#saw(key, value[0]);
      return { type: 'ok', value, revision: header.revision };
    });
  }

  async #write(key: string, value: number): Promise<void> {
    await this.#call({ f: 'write', key, value }, async () => {
      const { prevKv, header } = await this.#client.put(key, String(value), { ...CALL, prevKv: true });
      this.#saw(key, (prevKv?.version ?? 0) + 1);
      return { type: 'ok', revision: header.revision };
    });
  }

  async #compareAndSet(key: string, value: number): Promise<void> {
    const version = this.#versionOf(key);
    await this.#call({ f: 'cas', key, value: [version, value] }, async () => {
      const change = txn()
        .when(compare.version(key, '=', version))
        .do(op.put(key, String(value)));
      const { succeeded, header } = await this.#client.txn(change, CALL);
      const { revision } = header;
      if (!succeeded) return { type: 'fail', error: 'another version', revision };
      this.#saw(key, version + 1);
      return { type: 'ok', revision };
    });
  }

  async #call(invocation: Invocation, run: () => Promise<Outcome>): Promise<Outcome> {
    const outcome = await this.#context.call(invocation, run);
    if (outcome.type === 'info') this.#group.calls += UNKNOWN_CALLS;
    return outcome;
  }

  #versionOf(key: string): number {
    const { seen } = this.#group;
    return seen?.key === key ? seen.version : 0;
  }

  #saw(key: string, version: number): void {
    if (version >= this.#versionOf(key)) this.#group.seen = { key, version };
  }
}
