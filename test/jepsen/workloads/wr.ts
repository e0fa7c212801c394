import { op, txn } from '../../../src/client/index.js';
import type { Client, GetBody, Op } from '../../../src/client/index.js';
import { randomInteger } from '../../../src/util/random.js';
import type { ClientContext, Outcome, Workload, WorkloadClient } from '../run/workload.js';
import { CALL, KeyWindow, readsOf, untilOk } from './common.js';
import type { WorkloadParts } from './common.js';

const KEYS = 8;
const WRITES_PER_KEY = 60;
const OPERATIONS_MAX = 4;

type MicroOperation = ['w', string, number] | ['r', string, number | null];

/** Transactions of reads and writes of registers, without conditions, each executed as one transaction of the store. */
export function writeReadWorkload({ check }: WorkloadParts): Workload {
  const keys = new KeyWindow({ prefix: 'wr/', size: KEYS, usesMax: WRITES_PER_KEY });
  return {
    name: 'wr',
    about: 'transactions that write and read registers',
    client: (context) =>
      new WriteReadClient(context, context.connect([context.node], { consistency: 'consistent' }), keys),
    finish: async (context) => {
      const client = new WriteReadClient(context, context.connect([context.node], { consistency: 'consistent' }), keys);
      for (const reads of readsOf(keys.all, OPERATIONS_MAX)) await untilOk(() => client.transact(reads));
    },
    check,
  };
}

class WriteReadClient implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;
  readonly #keys: KeyWindow;

  constructor(context: ClientContext, client: Client, keys: KeyWindow) {
    this.#context = context;
    this.#client = client;
    this.#keys = keys;
  }

  async step(): Promise<void> {
    const { random } = this.#context;
    const written = new Set<string>();
    const count = randomInteger(random, 1, OPERATIONS_MAX + 1);
    const operations = Array.from({ length: count }, (): MicroOperation => {
      const key = this.#keys.pick(random);
      // The store accepts one put of a key in a transaction.
      if (random.next() < 0.5 || written.has(key)) return ['r', key, null];
      written.add(key);
      return ['w', key, this.#keys.use(key)];
    });
    await this.transact(operations);
  }

  async transact(operations: readonly MicroOperation[]): Promise<Outcome> {
    return await this.#context.call({ f: 'txn', value: operations }, () => this.#execute(operations));
  }

  async #execute(operations: readonly MicroOperation[]): Promise<Outcome> {
    const requests = operations.map(([kind, key, value]): Op<unknown> =>
      kind === 'r' ? op.get(key) : op.put(key, String(value)),
    );
    const { results, header } = await this.#client.txn(txn().do(...requests), CALL);
    const value = operations.map((operation, at): MicroOperation => {
      if (operation[0] === 'w') return operation;
      const { kv } = results[at] as GetBody;
      return ['r', operation[1], kv === undefined ? null : Number(kv.valueText())];
    });
    return { type: 'ok', value, revision: header.revision };
  }
}
