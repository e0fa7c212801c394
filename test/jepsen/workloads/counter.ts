import { compare, op, txn } from '../../../src/client/index.js';
import type { Client } from '../../../src/client/index.js';
import { randomInteger } from '../../../src/util/random.js';
import type { ClientContext, Outcome, Workload, WorkloadClient } from '../run/workload.js';
import { CALL, pick, untilOk } from './common.js';
import type { WorkloadParts } from './common.js';

const COUNTERS = Array.from({ length: 5 }, (_, at) => `counter/${at}`);
const INCREMENT_MAX = 5;

/** Counters that are raised by compare-and-set. */
export function counterWorkload({ check }: WorkloadParts): Workload {
  return {
    name: 'counter',
    about: 'counters raised by compare-and-set, and reads of them',
    client: (context) => new CounterClient(context, context.connect([context.node], { consistency: 'consistent' })),
    finish: async (context) => {
      const client = new CounterClient(context, context.connect());
      for (const counter of COUNTERS) await untilOk(() => client.read(counter));
    },
    check,
  };
}

class CounterClient implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;

  constructor(context: ClientContext, client: Client) {
    this.#context = context;
    this.#client = client;
  }

  async step(): Promise<void> {
    const { random } = this.#context;
    const key = pick(random, COUNTERS);
    if (random.next() < 0.3) return void (await this.read(key));
    const value = randomInteger(random, 1, INCREMENT_MAX + 1);
    await this.#context.call({ f: 'add', key, value }, () => this.#add(key, value));
  }

  async read(key: string): Promise<Outcome> {
    return await this.#context.call({ f: 'read', key }, async () => {
      const { kv, header } = await this.#client.get(key, { ...CALL, consistency: 'consistent' });
      return { type: 'ok', value: Number(kv?.valueText() ?? 0), revision: header.revision };
    });
  }

  async #add(key: string, value: number): Promise<Outcome> {
    const { kv } = await this.#client.get(key, CALL);
    const { succeeded, header } = await this.#client.txn(
      txn()
        .when(compare.modRevision(key, '=', kv?.modRevision ?? 0))
        .do(op.put(key, String(Number(kv?.valueText() ?? 0) + value))),
      CALL,
    );
    return succeeded ? { type: 'ok', revision: header.revision } : { type: 'fail', error: 'another was faster' };
  }
}
