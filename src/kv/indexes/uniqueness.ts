import { bytesToLatin1 } from '../../util/bytes.js';
import type { Draft } from '../commands/draft.js';
import { SpanSet } from '../commands/span-set.js';
import { kvError, type KvError } from '../errors.js';
import { spanOf } from '../format/key-range.js';
import { decodeKeyValue } from '../format/key-value.js';
import { UNIQUE_VALUES_MAX } from './bounds.js';
import { BYTES_PER_UNIT } from './draft-indexes.js';
import { IndexedVersion, unitsOfValues, valuesOf, without } from './extraction.js';
import { exampleOf, holdersOf, LOOKUP_UNITS, type Duplicate } from './holders.js';
import { failIndex } from './index-changes.js';
import { covers, type Index } from './index-table.js';
import { decodeValue, textOf } from './index-value.js';

/** Cost of checking a key, in units of `StateReader.spend`. */
const CHECK_UNITS = 16;

const TOO_MANY = `too many values of unique indexes in one transaction: at most ${UNIQUE_VALUES_MAX} that their keys do not have yet`;

interface PlannedPut {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** The key before the command and at its end, once they are looked at. Shared by all indexes. */
  versions?: Versions;
}

interface Versions {
  readonly before: IndexedVersion | undefined;
  readonly after: IndexedVersion;
}

/** What a command writes: uniqueness is judged by the state at its end. */
export class PlannedWrites {
  /** By key as latin1 text: the value at the end. */
  readonly puts = new Map<string, PlannedPut>();
  readonly #deletes = new SpanSet();
  /** Keys that are deleted one by one. */
  readonly deletedKeys: Uint8Array[] = [];

  put(key: Uint8Array, value: Uint8Array): void {
    this.puts.set(bytesToLatin1(key), { key, value });
  }

  /** A transaction that puts and deletes a key is refused before: see `hasDuplicateKeys`. */
  delete(key: Uint8Array, rangeEnd: Uint8Array): void {
    const span = spanOf(key, rangeEnd);
    this.#deletes.add(span);
    if (span.kind === 'key') this.deletedKeys.push(span.key);
  }

  /** Whether the version of a key that exists before the command does not at its end. */
  ends(key: Uint8Array): boolean {
    const text = bytesToLatin1(key);
    return this.puts.has(text) || this.#deletes.has(text);
  }
}

/**
 * Checks writes against the unique indexes, on the state before them. An index that is ready refuses a duplicate; one that
 * is being built fails by it.
 */
export async function checkUnique(draft: Draft, writes: PlannedWrites): Promise<KvError | undefined> {
  const failed: Duplicate[] = [];
  const budget: Budget = { lookups: UNIQUE_VALUES_MAX };
  for (const index of draft.indexes.unique) {
    const duplicate = await duplicateIn(draft, index, writes, budget);
    if (duplicate === undefined) continue;
    if (duplicate === 'too-many') return kvError('index-invalid', TOO_MANY);
    if (index.state.kind === 'ready') return duplicateError(duplicate);
    failed.push(duplicate);
  }
  for (const duplicate of failed) failIndex(draft, duplicate.index, [exampleOf(duplicate)]);
  return undefined;
}

/** What is left of a command's bound. */
interface Budget {
  lookups: number;
}

async function duplicateIn(
  draft: Draft,
  index: Index,
  writes: PlannedWrites,
  budget: Budget,
): Promise<Duplicate | 'too-many' | undefined> {
  /** By value, the key that is put with it. */
  const taken = new Map<string, Uint8Array>();
  for (const put of writes.puts.values()) {
    const { key } = put;
    if (!covers(index, key)) continue;
    const isFirst = put.versions === undefined;
    const versions = (put.versions ??= versionsOf(draft, put));
    const before = versions.before === undefined ? [] : valuesOf(index.spec, versions.before);
    const after = valuesOf(index.spec, versions.after);
    let duplicate: Duplicate | undefined;
    for (const value of after) {
      const text = bytesToLatin1(value);
      const sibling = taken.get(text);
      if (sibling !== undefined) duplicate ??= { index, value, key, otherKey: sibling };
      taken.set(text, key);
    }
    // A value that the key has already, no other has.
    const lookups = without(after, before).map((value) => ({ key, value }));
    budget.lookups -= lookups.length;
    if (budget.lookups < 0) return 'too-many';
    const holders = await holdersOf(draft, index, { lookups, except: (other) => writes.ends(other) });
    for (const [at, { value }] of lookups.entries()) {
      const otherKey = holders[at];
      if (otherKey !== undefined) duplicate ??= { index, value, key, otherKey };
    }
    if (duplicate !== undefined) return duplicate;
    const rest = draft.spend(
      unitsOf(versions, isFirst) +
        unitsOfValues(index.spec, key, before.length + after.length) +
        LOOKUP_UNITS * lookups.length,
    );
    if (rest !== undefined) await rest;
  }
  return undefined;
}

function versionsOf(draft: Draft, { key, value }: PlannedPut): Versions {
  const row = draft.current(key);
  const before = row === undefined ? undefined : new IndexedVersion(key, decodeKeyValue(row).value);
  return { before, after: new IndexedVersion(key, value) };
}

/** The cost of a put, whose documents the first index parses. */
function unitsOf({ before, after }: Versions, isFirst: boolean): number {
  const parsed = isFirst ? after.value.length + (before?.value.length ?? 0) : 0;
  return CHECK_UNITS + parsed / BYTES_PER_UNIT;
}

function duplicateError({ index: { spec }, value }: Duplicate): KvError {
  const text = textOf(decodeValue(spec.type, value, 0).value);
  return kvError('index-duplicate', `index ${spec.name}: another key has the value ${text}`);
}
