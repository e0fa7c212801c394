import { compare, op, txn } from '../../../src/client/index.js';
import type { KeyValue } from '../../../src/client/index.js';
import { defined } from '../../../src/util/assert.js';
import { randomInteger } from '../../../src/util/random.js';
import type { Outcome, Workload } from '../run/workload.js';
import { CALL } from './common.js';
import type { WorkloadParts } from './common.js';
import { OPERATIONS_MAX, TransactionClient, transactionWorkload, type Read } from './transactions.js';

const KEYS = 12;
const APPENDS_PER_KEY = 80;

type MicroOperation = ['append', string, number] | Read<number[]>;

/**
 * Transactions that append to lists and read them. A list is one key with a JSON array. A transaction that appends reads its
 * keys, and then writes them on the condition that they are unchanged; one that only reads is a single transaction of reads.
 */
export function appendWorkload({ check }: WorkloadParts): Workload {
  return transactionWorkload({
    name: 'append',
    about: 'transactions that append to lists and read them',
    keys: { prefix: 'a/', size: KEYS, usesMax: APPENDS_PER_KEY },
    check,
    client: (context, keys) => new AppendClient(context, keys),
  });
}

class AppendClient extends TransactionClient<MicroOperation> {
  override async step(): Promise<void> {
    const { random } = this.context;
    const count = randomInteger(random, 1, OPERATIONS_MAX + 1);
    const operations = Array.from({ length: count }, (): MicroOperation => {
      const key = this.keys.pick(random);
      return random.next() < 0.5 ? ['r', key, null] : ['append', key, this.keys.use(key)];
    });
    await this.transact(operations);
  }

  protected override async execute(operations: readonly MicroOperation[]): Promise<Outcome> {
    const names = [...new Set(operations.map(([, key]) => key))].sort();
    const before = await this.client.txn(txn().do(...names.map((name) => op.get(name))), CALL);
    if (!before.succeeded) throw new Error('a transaction without a condition failed');
    const found = new Map(names.map((name, at) => [name, before.results[at]?.kv]));
    const { results, lists } = evaluate(operations, found);
    const changed = names.filter((name) => operations.some(([kind, key]) => kind === 'append' && key === name));
    if (changed.length === 0) return { type: 'ok', value: results, revision: before.header.revision };
    const { succeeded, header } = await this.client.txn(
      txn()
        .when(...names.map((name) => compare.modRevision(name, '=', found.get(name)?.modRevision ?? 0)))
        .do(...changed.map((name) => op.put(name, JSON.stringify(lists.get(name))))),
      CALL,
    );
    const { revision } = header;
    return succeeded ? { type: 'ok', value: results, revision } : { type: 'fail', error: 'a key has changed' };
  }
}

/** The results of the operations, and the lists after them. */
function evaluate(operations: readonly MicroOperation[], found: ReadonlyMap<string, KeyValue | undefined>) {
  const lists = new Map([...found].map(([name, kv]) => [name, (kv?.valueJson() ?? []) as readonly number[]]));
  const results = operations.map((operation): MicroOperation => {
    const [kind, key, value] = operation;
    const list = defined(lists.get(key), 'the list');
    if (kind === 'r') return ['r', key, [...list]];
    lists.set(key, [...list, value]);
    return operation;
  });
  return { results, lists };
}
