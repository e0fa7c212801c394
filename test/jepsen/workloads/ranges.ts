import { op, txn } from '../../../src/client/index.js';
import type { Client, DeleteBody, KeyValue, Op, RangeBody } from '../../../src/client/index.js';
import { randomInteger } from '../../../src/util/random.js';
import type { Random } from '../../../src/util/random.js';
import type { ClientContext, Outcome, Workload, WorkloadClient } from '../run/workload.js';
import { CALL, pick, untilOk } from './common.js';
import type { WorkloadParts } from './common.js';

const GROUPS = ['0', '1', '2'];
const KEYS = 30;
const OPERATIONS_MAX = 4;

type Pair = [key: string, value: string];
type RangeOperation =
  | ['put', string, string]
  | ['delete', from: string, to: string, Pair[] | null]
  | ['range', from: string, to: string, Pair[] | null];

/**
 * Transactions of puts, deletions of ranges and reads of ranges. Each one that writes also puts a key of its own, its marker, so
 * that the last read shows which transactions of unknown outcome took effect, and at which revision.
 */
export function rangesWorkload({ check }: WorkloadParts): Workload {
  const ids = { next: 1 };
  return {
    name: 'ranges',
    about: 'transactions that delete and read ranges of keys',
    client: (context) => new RangesClient(context, context.connect([context.node], { consistency: 'consistent' }), ids),
    finish: async (context) => {
      const client = context.connect();
      for (const group of GROUPS) await untilOk(() => readMarkers(context, client, group));
    },
    check,
  };
}

const keyName = (at: number): string => String(at).padStart(2, '0');

class RangesClient implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;
  readonly #ids: { next: number };

  constructor(context: ClientContext, client: Client, ids: { next: number }) {
    this.#context = context;
    this.#client = client;
    this.#ids = ids;
  }

  async step(): Promise<void> {
    const { random } = this.#context;
    const group = pick(random, GROUPS);
    const readsOnly = random.next() < 0.3;
    const id = readsOnly ? null : this.#ids.next++;
    const ops = makeOperations(random, id);
    await this.#context.call({ f: 'txn', key: group, value: { id, ops } }, () => this.#execute(group, id, ops));
  }

  async #execute(group: string, id: number | null, ops: readonly RangeOperation[]): Promise<Outcome> {
    const prefix = `g/${group}/`;
    const requests = ops.map((operation): Op<unknown> => {
      const [kind, key, rest] = operation;
      if (kind === 'put') return op.put(`${prefix}${key}`, rest);
      const keys = { from: `${prefix}${key}`, to: `${prefix}${rest}` };
      return kind === 'delete' ? op.delete(keys, { prevKv: true }) : op.range(keys);
    });
    const marker = id === null ? [] : [op.put(`m/${group}/${id}`, '')];
    const { results, header } = await this.#client.txn(txn().do(...requests, ...marker), CALL);
    const pairs = (kvs: readonly KeyValue[]): Pair[] =>
      kvs.map((kv) => [kv.keyText().slice(prefix.length), kv.valueText()]);
    const answered = ops.map((operation, at): RangeOperation => {
      const [kind, from, to] = operation;
      if (kind === 'put') return operation;
      if (kind === 'range') return [kind, from, to, pairs((results[at] as RangeBody).kvs)];
      return [kind, from, to, pairs((results[at] as DeleteBody).prevKvs)];
    });
    return { type: 'ok', value: { id, ops: answered }, revision: header.revision };
  }
}

/** @param id of the transaction; null if it only reads */
function makeOperations(random: Random, id: number | null): RangeOperation[] {
  const ops: RangeOperation[] = [];
  /** The store refuses a put of a key that the same transaction puts or deletes. */
  const taken = new Set<string>();
  for (let left = randomInteger(random, 1, OPERATIONS_MAX + 1); left > 0; left--) {
    const dice = id === null ? 1 : random.next();
    if (dice < 0.5) {
      const key = keyName(randomInteger(random, 0, KEYS));
      if (taken.has(key)) continue;
      taken.add(key);
      ops.push(['put', key, `${id}-${left}`]);
      continue;
    }
    const from = randomInteger(random, 0, KEYS);
    const to = Math.min(KEYS, from + randomInteger(random, 1, KEYS / 3));
    const keys = Array.from({ length: to - from }, (_, at) => keyName(from + at));
    const deletes = dice < 0.75 && !keys.some((key) => ops.some((each) => each[0] === 'put' && each[1] === key));
    if (deletes) for (const key of keys) taken.add(key);
    ops.push([deletes ? 'delete' : 'range', keyName(from), keyName(to), null]);
  }
  return ops.length > 0 ? ops : makeOperations(random, id);
}

async function readMarkers(context: ClientContext, client: Client, group: string): Promise<Outcome> {
  return await context.call({ f: 'markers', key: group }, async () => {
    const prefix = `m/${group}/`;
    const found: [id: number, revision: number][] = [];
    for await (const kv of client.scan({ prefix }, { consistency: 'consistent' })) {
      found.push([Number(kv.keyText().slice(prefix.length)), kv.modRevision]);
    }
    return { type: 'ok', value: found };
  });
}
