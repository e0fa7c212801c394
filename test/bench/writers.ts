import { etcdserverpb } from '../../src/gen/proto.js';
import { expectOk, type EtcdClient } from '../support/etcd-client.js';

const VALUE = Buffer.alloc(256, 'v');
const TXN = { request: etcdserverpb.TxnRequest, response: etcdserverpb.TxnResponse };

/** Fills the store with concurrent transactions of 128 puts of 256-byte values. */
export async function load(client: EtcdClient, keys: number): Promise<void> {
  await fill(client, keys, (at) => ({ key: Buffer.from(`load/${String(at).padStart(9, '0')}`), value: VALUE }));
}

/** The same with other keys and values. */
export async function fill(
  client: EtcdClient,
  keys: number,
  putOf: (at: number) => { readonly key: Buffer; readonly value: Buffer },
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < keys) {
      const first = next;
      next += 128;
      const success = Array.from({ length: Math.min(128, keys - first) }, (_, at) => ({
        requestPut: putOf(first + at),
      }));
      expectOk(await client.call('/etcdserverpb.KV/Txn', TXN, { success }, { timeoutMs: 60_000 }));
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

/** A key that is written. */
export interface Written {
  readonly key: string;
  readonly value: string;
}

/** Single puts, consecutive in each of several loops, until stopped. */
export class Writers {
  #count = 0;
  #stopped = false;
  #slowestMs = 0;
  readonly #done: Promise<unknown>;

  constructor(
    client: EtcdClient,
    options: { readonly loops: number } & ({ readonly keys: number } | { readonly entry: (at: number) => Written }),
  ) {
    const entry =
      'entry' in options
        ? options.entry
        : (at: number): Written => ({ key: `write/${at % options.keys}`, value: 'w'.repeat(256) });
    const loop = async (): Promise<void> => {
      while (!this.#stopped) {
        const before = performance.now();
        const { key, value } = entry(this.#count);
        expectOk(await client.put(key, value, { timeoutMs: 60_000 }));
        this.#slowestMs = Math.max(this.#slowestMs, performance.now() - before);
        this.#count += 1;
      }
    };
    this.#done = Promise.all(Array.from({ length: options.loops }, loop));
  }

  get count(): number {
    return this.#count;
  }

  /** Writes per second, and the slowest one in ms, while work runs. */
  async during<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number; rate: number; slowestMs: number }> {
    const begin = performance.now();
    const before = this.#count;
    this.#slowestMs = 0;
    const result = await work();
    const seconds = (performance.now() - begin) / 1000;
    return { result, seconds, rate: (this.#count - before) / seconds, slowestMs: this.#slowestMs };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }
}
