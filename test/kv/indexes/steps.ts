import { raftkv, raftkvpb, type etcdserverpb } from '../../../src/gen/proto.js';
import type { CommandKind } from '../../../src/kv/commands/command.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import type { KvStore } from '../../../src/kv/store.js';
import { encode } from '../support/fixture.js';
import type { ModelIndex, Operation, Value } from './model.js';

/** Random writes and changes of indexes, as commands and as the model takes them. */

const { Type } = raftkvpb.IndexDefinition;
export type Command = readonly [CommandKind, Uint8Array];
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

interface User {
  readonly email?: unknown;
  readonly age?: unknown;
  readonly tags?: unknown;
}

function parsed(value: string): User {
  try {
    const found: unknown = JSON.parse(value);
    return typeof found === 'object' && found !== null ? found : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

const users = { key: bytes('u/'), rangeEnd: bytes('u0') };
const within = { from: 'u/', to: 'u0' };

export const INDEXES: readonly ModelIndex[] = [
  {
    definition: { name: 'email', ...users, source: { json: '/email' }, type: Type.STRING, unique: true },
    ...within,
    take: (_, value) => [parsed(value).email].filter((one) => typeof one === 'string'),
  },
  {
    definition: { name: 'age', ...users, source: { json: '/age' }, type: Type.NUMBER },
    ...within,
    take: (_, value) => [parsed(value).age].filter((one) => typeof one === 'number'),
  },
  {
    definition: { name: 'tags', ...users, source: { json: '/tags' }, type: Type.STRING, multiple: true },
    ...within,
    take: (_, value): readonly Value[] => {
      const { tags } = parsed(value);
      return (Array.isArray(tags) ? tags : [tags]).filter((one: unknown) => typeof one === 'string');
    },
  },
  {
    definition: {
      name: 'segment',
      ...users,
      source: { keySegment: { prefix: bytes('u/'), separator: bytes('/'), position: 1 } },
      type: Type.STRING,
    },
    ...within,
    take: (key) => key.split('/').slice(2, 3),
  },
  {
    definition: {
      name: 'whole',
      key: bytes('u/3'),
      rangeEnd: bytes('u/7'),
      source: { wholeValue: true },
      type: Type.STRING,
    },
    from: 'u/3',
    to: 'u/7',
    take: (_, value) => [value],
  },
];

export function randomKey(random: Random): string {
  const first = `u/${randomInteger(random, 0, 9)}`;
  return randomInteger(random, 0, 2) === 0 ? first : `${first}/${randomInteger(random, 0, 3)}`;
}

function randomValue(random: Random): string {
  const pick = <T>(...choices: readonly T[]): T => choices[randomInteger(random, 0, choices.length)] as T;
  if (randomInteger(random, 0, 8) === 0) return pick('', 'not json', '[', '7', '"text"', '{"email":5,"age":"x"}');
  return JSON.stringify({
    email: pick(undefined, 'a@x', 'b@x', 'c@x', 'd@x', 'e@x', 'f\u0000', 'f', 'ä'),
    age: pick(undefined, -1, 0, 1.5, 30, 1e300, -1e-300),
    tags: pick<unknown>(undefined, [], ['x'], ['x', 'y', 'x'], ['y', 3, 'z'], 'x'),
  }).replaceAll('ä', '\\u00e4'); // the rest of the test takes bytes as latin1
}

export function randomOperations(random: Random): readonly Operation[] {
  const wanted = randomInteger(random, 0, 4) === 0 ? randomInteger(random, 2, 5) : 1;
  const operations: Operation[] = [];
  for (let at = 0; at < wanted; at++) {
    const key = randomKey(random);
    // A transaction may not write a key twice.
    const isFree = operations.every((other) => {
      return other.kind === 'put' ? other.key !== key : key < other.from || key >= other.to;
    });
    if (!isFree) continue;
    const kind = randomInteger(random, 0, 10);
    const to = kind === 0 && wanted === 1 ? randomKey(random) : `${key}\0`;
    if (kind > 2) operations.push({ kind: 'put', key, value: randomValue(random) });
    else if (to > key) operations.push({ kind: 'delete', from: key, to });
  }
  return operations;
}

function opOf(operation: Operation): etcdserverpb.RequestOp.$Properties {
  if (operation.kind === 'put') return { requestPut: { key: bytes(operation.key), value: bytes(operation.value) } };
  return { requestDeleteRange: { key: bytes(operation.from), rangeEnd: bytes(operation.to) } };
}

/** Writes as a command: a plain one where that is possible, or a transaction, also a nested one. */
export function commandOf(random: Random, operations: readonly Operation[]): Command {
  const [first] = operations;
  if (operations.length === 1 && first !== undefined && randomInteger(random, 0, 2) === 0) {
    return first.kind === 'put' ? encode.put(first.key, first.value) : encode.delete(first.from, first.to);
  }
  const ops = operations.map(opOf);
  if (randomInteger(random, 0, 3) > 0) return encode.txn({ success: ops });
  return encode.txn({ success: [{ requestTxn: { success: ops } }] });
}

export function createCommand({ definition }: ModelIndex): Command {
  return ['indexCreate', raftkvpb.IndexCreateRequest.encode({ definition }).finish()];
}

export function dropCommand(name: string): Command {
  return ['indexDrop', raftkvpb.IndexDropRequest.encode({ name }).finish()];
}

/** The next slice of an index, as a leader proposes it. */
export function buildCommand(store: KvStore, name: string, keys: number): Command {
  const index = store.indexes().byName.get(name);
  const cursor = index?.state.kind === 'building' ? index.state.cursor : bytes('');
  return ['indexBuild', raftkv.IndexSlice.encode({ id: index?.id ?? 0, cursor, keys }).finish()];
}
