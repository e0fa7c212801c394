import type { Draft } from '../commands/draft.js';
import { kvError, type KvError } from '../errors.js';
import { decodeKeyValue } from '../format/key-value.js';
import { KEY_BYTES_MAX, TXN_INDEX_BYTES_MAX, VALUE_BYTES_MAX, VALUES_PER_KEY_MAX } from './bounds.js';
import { BYTES_PER_UNIT, ENTRY_OVERHEAD_BYTES } from './draft-indexes.js';
import { IndexedVersion, unitsOfValues, valuesOf } from './extraction.js';
import { covers, type Index } from './index-table.js';
import type { PlannedWrites } from './uniqueness.js';

/** Memory of an entry at most, with few escaped bytes. */
const ENTRY_BYTES_MAX = VALUE_BYTES_MAX + KEY_BYTES_MAX + ENTRY_OVERHEAD_BYTES;
/** Cost of looking at a version, in units of `StateReader.spend`. */
const VERSION_UNITS = 16;

/**
 * Refuses a transaction that changes too many entries: it is executed as a whole, in memory. A small one can give each key 64 values
 * in each of 8 indexes. A single put stays far below the bound, so that no index makes one fail.
 */
export async function checkEntries(draft: Draft, writes: PlannedWrites): Promise<KvError | undefined> {
  const { maintained } = draft.indexes;
  if (maintained.length === 0 || mostBytes(maintained, writes) <= TXN_INDEX_BYTES_MAX) return undefined;
  let bytes = 0;
  for (const version of versionsIn(draft, writes)) {
    let units = VERSION_UNITS + version.value.length / BYTES_PER_UNIT;
    for (const index of maintained) {
      if (!covers(index, version.key)) continue;
      const values = valuesOf(index.spec, version);
      for (const value of values) bytes += value.length + version.key.length + ENTRY_OVERHEAD_BYTES;
      units += unitsOfValues(index.spec, version.key, values.length);
    }
    if (bytes > TXN_INDEX_BYTES_MAX) {
      return kvError('index-invalid', 'index: the transaction changes too many entries of indexes');
    }
    const rest = draft.spend(units);
    if (rest !== undefined) await rest;
  }
  return undefined;
}

/** The versions before and after the writes: an entry of both may be counted twice. */
function* versionsIn(draft: Draft, { puts, deletedKeys }: PlannedWrites): Generator<IndexedVersion, void, undefined> {
  for (const { key, value } of puts.values()) {
    yield* currentOf(draft, key);
    yield new IndexedVersion(key, value);
  }
  for (const key of deletedKeys) yield* currentOf(draft, key);
}

function* currentOf(draft: Draft, key: Uint8Array): Generator<IndexedVersion, void, undefined> {
  const row = draft.current(key);
  if (row !== undefined) yield new IndexedVersion(key, decodeKeyValue(row).value);
}

/** No writes to as many keys take more. Cheap, and enough for nearly all transactions. */
function mostBytes(indexes: readonly Index[], { puts, deletedKeys }: PlannedWrites): number {
  let values = 0;
  for (const { spec } of indexes) values += spec.multiple ? VALUES_PER_KEY_MAX : 1;
  return (2 * puts.size + deletedKeys.length) * values * ENTRY_BYTES_MAX;
}
