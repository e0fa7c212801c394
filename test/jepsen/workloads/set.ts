import type { Client } from '../../../src/client/index.js';
import type { ClientContext, Outcome, Workload, WorkloadClient } from '../run/workload.js';
import { CALL, KeyWindow, untilOk } from './common.js';
import type { WorkloadParts } from './common.js';

const ELEMENTS_PER_SET = 300;

/** Elements that are added to sets and never removed. An element is a key; a read takes the range of a whole set. */
export function setWorkload({ check }: WorkloadParts): Workload {
  const sets = new KeyWindow({ prefix: 'set/', size: 2, usesMax: ELEMENTS_PER_SET });
  return {
    name: 'set',
    about: 'elements added to sets, each of them a key, and reads of whole sets',
    client: (context) => new SetClient(context, context.connect([context.node], { consistency: 'consistent' }), sets),
    finish: async (context) => {
      const client = new SetClient(context, context.connect(), sets);
      for (const set of sets.all) await untilOk(() => client.read(set));
    },
    check,
  };
}

class SetClient implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;
  readonly #sets: KeyWindow;

  constructor(context: ClientContext, client: Client, sets: KeyWindow) {
    this.#context = context;
    this.#client = client;
    this.#sets = sets;
  }

  async step(): Promise<void> {
    const { random } = this.#context;
    const set = this.#sets.pick(random);
    if (random.next() < 0.2) return void (await this.read(set));
    const element = this.#sets.use(set);
    await this.#context.call({ f: 'add', key: set, value: element }, async () => {
      const key = `${set}/${String(element).padStart(6, '0')}`;
      const { header } = await this.#client.put(key, String(element), CALL);
      return { type: 'ok', revision: header.revision };
    });
  }

  async read(set: string): Promise<Outcome> {
    return await this.#context.call({ f: 'read', key: set }, async () => {
      const { kvs, header } = await this.#client.range({ prefix: `${set}/` }, { ...CALL, consistency: 'consistent' });
      return { type: 'ok', value: kvs.map((kv) => Number(kv.valueText())), revision: header.revision };
    });
  }
}
