import { raftkvpb } from '../../../src/gen/proto.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { pick } from '../options.js';

/** The keys of the indexes, the documents that clients write to them, and what each index takes from a document. */

const { Type } = raftkvpb.IndexDefinition;
type Definition = raftkvpb.IndexDefinition.$Properties;

export const RANGE = { from: 'x/', to: 'x0' } as const;
const KEYS = 8;
export type Value = string | number;

export interface SimIndex {
  readonly name: string;
  readonly definition: Definition;
  readonly from: string;
  readonly to: string;
  readonly take: (document: Document) => readonly unknown[];
  /** Values to ask for, and values of the index's type. */
  readonly type: 'string' | 'number';
}

export interface Document {
  readonly mail?: unknown;
  readonly age?: unknown;
  readonly tags?: unknown;
}

const bytes = (text: string): Buffer => Buffer.from(text);

export const INDEXES: readonly SimIndex[] = [
  {
    name: 'mail',
    definition: definition('mail', RANGE, { source: { json: '/mail' }, unique: true }),
    ...RANGE,
    take: ({ mail }) => [mail],
    type: 'string',
  },
  {
    name: 'tags',
    definition: definition('tags', RANGE, { source: { json: '/tags' }, multiple: true }),
    ...RANGE,
    take: ({ tags }) => (Array.isArray(tags) ? [...new Set(tags)] : [tags]),
    type: 'string',
  },
  {
    name: 'age',
    definition: definition('age', { from: 'x/2', to: 'x/6' }, { source: { json: '/age' }, type: Type.NUMBER }),
    from: 'x/2',
    to: 'x/6',
    take: ({ age }) => [age],
    type: 'number',
  },
];

function definition(
  name: string,
  { from, to }: { readonly from: string; readonly to: string },
  more: Definition,
): Definition {
  return { name, key: bytes(from), rangeEnd: bytes(to), ...more };
}

/** The values that an index takes from a stored value. */
export function valuesIn(index: SimIndex, stored: string): readonly Value[] {
  const values = index.take(parsed(stored));
  return values.filter((value): value is Value => typeof value === index.type);
}

function parsed(stored: string): Document {
  try {
    const found: unknown = JSON.parse(stored);
    return typeof found === 'object' && found !== null ? found : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

export function someKey(random: Random): string {
  return `x/${randomInteger(random, 0, KEYS)}`;
}

export function someMail(random: Random, mails: number): string {
  return `m${randomInteger(random, 0, mails)}`;
}

/** @param id makes the value unique @param mails addresses in use */
export function someDocument(random: Random, { id, mails }: { readonly id: number; readonly mails: number }): string {
  if (randomInteger(random, 0, 10) === 0) return `no document ${id}`;
  const mail = someMail(random, mails);
  return JSON.stringify({
    id,
    mail: pick<unknown>(random, [mail, mail, mail, null, 7]),
    age: pick<unknown>(random, [null, 'old', 1, 2, 2.5, -3]),
    tags: pick<unknown>(random, [null, [], ['a'], ['a', 'b', 'a'], ['b', 3, 'c'], 'c']),
  });
}

/** A value to ask an index for. */
export function someValue(random: Random, index: SimIndex, mails: number): Value {
  if (index.type === 'number') return pick(random, [-3, 1, 2, 2.25, 2.5]);
  return index.name === 'mail' ? someMail(random, mails) : pick(random, ['a', 'b', 'c']);
}
