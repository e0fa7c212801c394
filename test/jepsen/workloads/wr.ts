import { op, txn } from '../../../src/client/index.js';
import type { GetBody, Op } from '../../../src/client/index.js';
import { randomInteger } from '../../../src/util/random.js';
import type { Outcome, Workload } from '../run/workload.js';
import { CALL } from './common.js';
import type { WorkloadParts } from './common.js';
import { OPERATIONS_MAX, TransactionClient, transactionWorkload, type Read } from './transactions.js';

const KEYS = 8;
const WRITES_PER_KEY = 60;

type MicroOperation = ['w', string, number] | Read<number>;

/** Transactions of reads and writes of registers, without conditions, each executed as one transaction of the store. */
export function writeReadWorkload({ check }: WorkloadParts): Workload {
  return transactionWorkload({
    name: 'wr',
    about: 'transactions that write and read registers',
    keys: { prefix: 'wr/', size: KEYS, usesMax: WRITES_PER_KEY },
    check,
    client: (context, keys) => new WriteReadClient(context, keys),
  });
}

class WriteReadClient extends TransactionClient<MicroOperation> {
  override async step(): Promise<void> {
    const { random } = this.context;
    const written = new Set<string>();
    const count = randomInteger(random, 1, OPERATIONS_MAX + 1);
    const operations = Array.from({ length: count }, (): MicroOperation => {
      const key = this.keys.pick(random);
      // The store accepts one put of a key in a transaction.
      if (random.next() < 0.5 || written.has(key)) return ['r', key, null];
      written.add(key);
      return ['w', key, this.keys.use(key)];
    });
    await this.transact(operations);
  }

  protected override async execute(operations: readonly MicroOperation[]): Promise<Outcome> {
    const requests = operations.map(([kind, key, value]): Op<unknown> =>
      kind === 'r' ? op.get(key) : op.put(key, String(value)),
    );
    const { results, header } = await this.client.txn(txn().do(...requests), CALL);
    const value = operations.map((operation, at): MicroOperation => {
      if (operation[0] === 'w') return operation;
      const { kv } = results[at] as GetBody;
      return ['r', operation[1], kv === undefined ? null : Number(kv.valueText())];
    });
    return { type: 'ok', value, revision: header.revision };
  }
}
