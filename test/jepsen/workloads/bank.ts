import { compare, op, txn } from '../../../src/client/index.js';
import type { Client } from '../../../src/client/index.js';
import { randomInteger } from '../../../src/util/random.js';
import type { ClientContext, Outcome, RunContext, Workload, WorkloadClient } from '../run/workload.js';
import { CALL, pick, untilOk } from './common.js';
import type { WorkloadParts } from './common.js';

const ACCOUNTS = 8;
const BALANCE = 100;
const AMOUNT_MAX = 20;
const NAMES = Array.from({ length: ACCOUNTS }, (_, at) => `account-${at}`);
const PREFIX = 'bank/';

/** Transfers between accounts, on the condition that neither has changed, and reads of all of them in one range. */
export function bankWorkload({ check }: WorkloadParts): Workload {
  return {
    name: 'bank',
    about: 'transfers between accounts whose sum never changes',
    options: { accounts: ACCOUNTS, total: ACCOUNTS * BALANCE, balance: BALANCE },
    prepare,
    client: (context) => new BankClient(context, context.connect([context.node], { consistency: 'consistent' })),
    finish: async (context) => {
      const client = new BankClient(context, context.connect());
      await untilOk(() => client.read());
    },
    check,
  };
}

async function prepare(context: RunContext): Promise<void> {
  const puts = NAMES.map((name) => op.put(`${PREFIX}${name}`, String(BALANCE)));
  await context.connect().txn(txn().do(...puts));
}

class BankClient implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;

  constructor(context: ClientContext, client: Client) {
    this.#context = context;
    this.#client = client;
  }

  async step(): Promise<void> {
    const { random } = this.#context;
    if (random.next() < 0.4) return void (await this.read());
    const from = pick(random, NAMES);
    const to = pick(
      random,
      NAMES.filter((name) => name !== from),
    );
    const value = { from, to, amount: randomInteger(random, 1, AMOUNT_MAX + 1) };
    await this.#context.call({ f: 'transfer', value }, () => this.#transfer(value));
  }

  async read(): Promise<Outcome> {
    return await this.#context.call({ f: 'read' }, async () => {
      const { kvs, header } = await this.#client.range({ prefix: PREFIX }, { ...CALL, consistency: 'consistent' });
      const balances = kvs.map((kv) => [kv.keyText().slice(PREFIX.length), Number(kv.valueText())] as const);
      return { type: 'ok', value: Object.fromEntries(balances), revision: header.revision };
    });
  }

  async #transfer({ from, to, amount }: { from: string; to: string; amount: number }): Promise<Outcome> {
    const [source, target] = [`${PREFIX}${from}`, `${PREFIX}${to}`];
    const { results } = await this.#client.txn(txn().do(op.get(source), op.get(target)), CALL);
    const [sourceKv, targetKv] = results.map((result) => result?.kv);
    if (sourceKv === undefined || targetKv === undefined) return { type: 'fail', error: 'an account is missing' };
    const left = Number(sourceKv.valueText()) - amount;
    if (left < 0) return { type: 'fail', error: 'the balance is too small' };
    const { succeeded, header } = await this.#client.txn(
      txn()
        .when(
          compare.modRevision(source, '=', sourceKv.modRevision),
          compare.modRevision(target, '=', targetKv.modRevision),
        )
        .do(op.put(source, String(left)), op.put(target, String(Number(targetKv.valueText()) + amount))),
      CALL,
    );
    return succeeded ? { type: 'ok', revision: header.revision } : { type: 'fail', error: 'an account has changed' };
  }
}
