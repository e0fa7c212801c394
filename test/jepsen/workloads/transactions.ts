import type { Client } from '../../../src/client/index.js';
import type { ClientContext, Outcome, Workload, WorkloadClient } from '../run/workload.js';
import { KeyWindow, readsOf, untilOk } from './common.js';
import type { Check } from './common.js';

/** Most reads and writes of one transaction. */
export const OPERATIONS_MAX = 4;

export type Read<Value> = ['r', string, Value | null];

/** Makes transactions of reads and of one kind of write. */
export abstract class TransactionClient<
  Operation extends readonly [string, string, unknown],
> implements WorkloadClient {
  protected readonly context: ClientContext;
  protected readonly client: Client;
  protected readonly keys: KeyWindow;

  constructor(context: ClientContext, keys: KeyWindow) {
    this.context = context;
    this.client = context.connect([context.node], { consistency: 'consistent' });
    this.keys = keys;
  }

  abstract step(): Promise<void>;

  protected abstract execute(operations: readonly Operation[]): Promise<Outcome>;

  async transact(operations: readonly Operation[]): Promise<Outcome> {
    return await this.context.call({ f: 'txn', value: operations }, () => this.execute(operations));
  }
}

/** A workload of such transactions on a window of keys, all of which are read at the end. */
export function transactionWorkload(options: {
  readonly name: string;
  readonly about: string;
  readonly keys: ConstructorParameters<typeof KeyWindow>[0];
  readonly check: Check;
  readonly client: (context: ClientContext, keys: KeyWindow) => WorkloadClient & LastReads;
}): Workload {
  const keys = new KeyWindow(options.keys);
  return {
    name: options.name,
    about: options.about,
    client: (context) => options.client(context, keys),
    finish: async (context) => {
      const client = options.client(context, keys);
      for (const reads of readsOf(keys.all, OPERATIONS_MAX)) await untilOk(() => client.transact(reads));
    },
    check: options.check,
  };
}

interface LastReads {
  transact(reads: readonly ['r', string, null][]): Promise<Outcome>;
}
