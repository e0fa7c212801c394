import { etcdserverpb, raftkvpb } from '../../../src/gen/proto.js';
import { valueOf } from '../../../src/kv/indexes/index-value.js';
import { clampInteger } from '../../../src/util/integer.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { pick } from '../options.js';
import { someValue, type SimIndex, type Value } from './documents.js';
import type { DerivedEntry } from './state-book.js';

/** Random queries, and what they select from the entries that a model has. */

const { ReadLevel } = etcdserverpb;
export type Level = 'consistent' | 'default' | 'stale';
export const LEVELS: readonly Level[] = ['consistent', 'consistent', 'default', 'stale'];
export const READ_LEVELS = { default: ReadLevel.DEFAULT, consistent: ReadLevel.CONSISTENT, stale: ReadLevel.STALE };

type Request = raftkvpb.IndexQueryRequest.$Properties;

export interface Selection {
  readonly index: SimIndex;
  /** Without page token, limit and level. */
  readonly request: Request;
  readonly selects: (value: Value) => boolean;
  readonly reverse: boolean;
}

export function someSelection(random: Random, index: SimIndex, mails: number): Selection {
  const reverse = random.next() < 0.4;
  const { DESCENDING, ASCENDING } = raftkvpb.IndexQueryRequest.Order;
  const common: Request = { index: index.name, order: reverse ? DESCENDING : ASCENDING, keysOnly: random.next() < 0.3 };
  const [low, high] = [someValue(random, index, mails), someValue(random, index, mails)];
  switch (randomInteger(random, 0, index.type === 'string' ? 5 : 4)) {
    case 0:
      return { index, reverse, request: { ...common, equal: message(low) }, selects: (value) => value === low };
    case 1: {
      const [excludeFrom, includeTo] = [random.next() < 0.5, random.next() < 0.5];
      const range = { from: message(low), to: message(high), excludeFrom, includeTo };
      const selects = (value: Value): boolean =>
        (excludeFrom ? value > low : value >= low) && (includeTo ? value <= high : value < high);
      return { index, reverse, request: { ...common, range }, selects };
    }
    case 4: {
      const prefix = String(low).slice(0, 2);
      const selects = (value: Value): boolean => String(value).startsWith(prefix);
      return { index, reverse, request: { ...common, prefix: message(prefix) }, selects };
    }
    default:
      return { index, reverse, request: common, selects: () => true };
  }
}

export function message(value: Value): raftkvpb.IndexValue.$Properties {
  return typeof value === 'number' ? { numberValue: value } : { stringValue: value };
}

/** What an entry of an answer says, and what the model has for it. */
export function wordsOf({ value, key, kv }: raftkvpb.IndexEntry.$Properties): string {
  const stored = kv ? `${clampInteger(kv.modRevision)} ${Buffer.from(kv.value ?? []).toString()}` : '';
  return `${String(valueOf(value))} ${Buffer.from(key ?? []).toString()} ${stored}`;
}

export function expectedWords(
  entries: readonly DerivedEntry[],
  { selects, reverse, request }: Selection,
): readonly string[] {
  const selected = entries.filter(({ indexed }) => selects(indexed));
  if (reverse) selected.reverse();
  return selected.map(({ indexed, key, modRevision, value }) => {
    return `${indexed} ${key} ${request.keysOnly === true ? '' : `${modRevision} ${value}`}`;
  });
}

/** A page size for a listing. */
export function someLimit(random: Random): number {
  return pick(random, [0, 1, 1, 2, 3]);
}
