import { bytesToLatin1 } from '../../util/bytes.js';
import type { Draft } from '../commands/draft.js';
import { SpanSet } from '../commands/span-set.js';
import { kvError, type KvError } from '../errors.js';
import { spanOf } from '../format/key-range.js';
import { decodeKeyValue } from '../format/key-value.js';
import { IndexedVersion, valuesOf } from './extraction.js';
import { exampleOf, holderOf, type Duplicate } from './holders.js';
import { failIndex } from './index-changes.js';
import { covers, type Index } from './index-table.js';
import { decodeValue, textOf } from './index-value.js';

/** Cost of checking a key, in units of `StateReader.spend`. */
const CHECK_UNITS = 16;

/** What a command writes: uniqueness is judged by the state at its end. */
export class PlannedWrites {
  /** By key as latin1 text: the value at the end. */
  readonly puts = new Map<string, { readonly key: Uint8Array; readonly value: Uint8Array }>();
  readonly #deletes = new SpanSet();

  put(key: Uint8Array, value: Uint8Array): void {
    this.puts.set(bytesToLatin1(key), { key, value });
  }

  delete(key: Uint8Array, rangeEnd: Uint8Array): void {
    const span = spanOf(key, rangeEnd);
    const only = new SpanSet();
    only.add(span);
    for (const put of this.puts.keys()) if (only.has(put)) this.puts.delete(put);
    this.#deletes.add(span);
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
  for (const index of draft.indexes.unique) {
    const duplicate = await duplicateIn(draft, index, writes);
    if (duplicate === undefined) continue;
    if (index.state.kind === 'ready') return duplicateError(duplicate);
    failed.push(duplicate);
  }
  for (const duplicate of failed) failIndex(draft, duplicate.index, [exampleOf(duplicate)]);
  return undefined;
}

async function duplicateIn(draft: Draft, index: Index, writes: PlannedWrites): Promise<Duplicate | undefined> {
  /** By value, the key that is put with it. */
  const taken = new Map<string, Uint8Array>();
  for (const { key, value } of writes.puts.values()) {
    if (!covers(index, key)) continue;
    const row = draft.current(key);
    const before = row === undefined ? [] : valuesOf(index.spec, new IndexedVersion(key, decodeKeyValue(row).value));
    for (const found of valuesOf(index.spec, new IndexedVersion(key, value))) {
      const text = bytesToLatin1(found);
      const sibling = taken.get(text);
      if (sibling !== undefined) return { index, value: found, key, otherKey: sibling };
      taken.set(text, key);
      // The key has it already, so no other has.
      if (before.some((one) => one.equals(found))) continue;
      const otherKey = await holderOf(draft, index, { value: found, except: (other) => writes.ends(other) });
      if (otherKey !== undefined) return { index, value: found, key, otherKey };
    }
    const rest = draft.spend(CHECK_UNITS);
    if (rest !== undefined) await rest;
  }
  return undefined;
}

function duplicateError({ index: { spec }, value }: Duplicate): KvError {
  const text = textOf(decodeValue(spec.type, value, 0).value);
  return kvError('index-duplicate', `index ${spec.name}: another key has the value ${text}`);
}
