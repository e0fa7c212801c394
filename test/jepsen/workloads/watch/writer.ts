import { op, txn } from '../../../../src/client/index.js';
import type { Client } from '../../../../src/client/index.js';
import { randomInteger } from '../../../../src/util/random.js';
import type { ClientContext, WorkloadClient } from '../../run/workload.js';
import { CALL, pick } from '../common.js';

const KEYS_PER_PREFIX = 20;
const KEYS_PER_TRANSACTION = 4;
/** Revisions that a compaction leaves, at most. */
const LEFT_MAX = 150;

type MicroOperation = ['put', string, string] | ['delete', string];

/** Writes and deletes keys, alone and in transactions, and compacts the history. */
export class WatchedWriter implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;
  readonly #prefixes: readonly string[];
  #values = 0;
  #revision = 1;

  constructor(context: ClientContext, client: Client, prefixes: readonly string[]) {
    this.#context = context;
    this.#client = client;
    this.#prefixes = prefixes;
  }

  async step(): Promise<void> {
    const dice = this.#context.random.next();
    if (dice < 0.5) await this.#put(this.#key());
    else if (dice < 0.7) await this.#delete(this.#key());
    else if (dice < 0.99) await this.#transact();
    else await this.#compact();
  }

  async #put(key: string): Promise<void> {
    const value = this.#value();
    await this.#context.call({ f: 'put', key, value }, async () => {
      const { header } = await this.#client.put(key, value, CALL);
      return { type: 'ok', revision: this.#seen(header) };
    });
  }

  async #delete(key: string): Promise<void> {
    await this.#context.call({ f: 'delete', key }, async () => {
      const { deleted, header } = await this.#client.delete(key, CALL);
      return { type: 'ok', value: { deleted }, revision: this.#seen(header) };
    });
  }

  /** Writes one key at least, so the transaction has a revision of its own. */
  async #transact(): Promise<void> {
    const { random } = this.#context;
    const count = randomInteger(random, 2, KEYS_PER_TRANSACTION + 1);
    const keys = new Set(Array.from({ length: count }, () => this.#key()));
    const value = [...keys].map((key, at): MicroOperation =>
      at === 0 || random.next() < 0.7 ? ['put', key, this.#value()] : ['delete', key],
    );
    await this.#context.call({ f: 'txn', value }, async () => {
      const operations = value.map((each) => (each[0] === 'put' ? op.put(each[1], each[2]) : op.delete(each[1])));
      const { header } = await this.#client.txn(txn().do(...operations), CALL);
      return { type: 'ok', revision: this.#seen(header) };
    });
  }

  async #compact(): Promise<void> {
    const revision = this.#revision - randomInteger(this.#context.random, 0, LEFT_MAX);
    if (revision < 1) return await this.#put(this.#key());
    await this.#context.call({ f: 'compact', value: revision }, async () => {
      const { header } = await this.#client.compact(revision, CALL);
      return { type: 'ok', revision: this.#seen(header) };
    });
  }

  #key(): string {
    const { random } = this.#context;
    return `${pick(random, this.#prefixes)}${String(randomInteger(random, 0, KEYS_PER_PREFIX)).padStart(2, '0')}`;
  }

  #value(): string {
    return `${this.#context.worker}-${this.#values++}`;
  }

  #seen({ revision }: { readonly revision: number }): number {
    this.#revision = Math.max(this.#revision, revision);
    return revision;
  }
}
