import type { raftkvpb } from '../../gen/proto.js';
import { equalBytes, prefixEnd } from '../../util/bytes.js';
import { Table } from '../format/layout.js';
import type { StateReader } from '../state/state-reader.js';
import { decodePlace, placeOfEntry, placePrefix, rowsOfPlaces } from './index-rows.js';
import type { Index } from './index-table.js';
import { decodeValue, toMessage } from './index-value.js';

/** A value that two keys have, or would have. */
export interface Duplicate {
  readonly index: Index;
  /** Encoded. */
  readonly value: Uint8Array;
  readonly key: Uint8Array;
  readonly otherKey: Uint8Array;
}

/** Rows read for a value of a unique index, which one key has. */
const HOLDERS_READ = 2;

/** A key with an encoded value, but for some keys. */
export async function holderOf(
  reader: Pick<StateReader, 'cursor'>,
  { id, spec }: Index,
  { value, except }: { readonly value: Uint8Array; readonly except: (key: Uint8Array) => boolean },
): Promise<Uint8Array | undefined> {
  const prefix = placePrefix(id, value);
  const cursor = reader.cursor(rowsOfPlaces(Table.entries, { gte: prefix, lt: prefixEnd(prefix) }));
  try {
    for (const row of await cursor.next(HOLDERS_READ)) {
      const { key } = decodePlace(spec.type, placeOfEntry(row.key));
      if (!except(key)) return key;
    }
    return undefined;
  } finally {
    await cursor.close();
  }
}

/** The same, but for one key. */
export function otherHolder(
  reader: Pick<StateReader, 'cursor'>,
  index: Index,
  { key, value }: { readonly key: Uint8Array; readonly value: Uint8Array },
): Promise<Uint8Array | undefined> {
  return holderOf(reader, index, { value, except: (other) => equalBytes(other, key) });
}

/** A duplicate as the status of its index shows it. */
export function exampleOf({ index, value, key, otherKey }: Duplicate): raftkvpb.IndexDuplicate.$Properties {
  return {
    value: toMessage(decodeValue(index.spec.type, value, 0).value),
    key: Buffer.from(key),
    otherKey: Buffer.from(otherKey),
  };
}
