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
/** Lookups at the same time: an engine serves them beside the event loop. */
const LOOKUPS_AT_ONCE = 32;

/** Cost of a lookup, in units of `StateReader.spend`: it opens a cursor. */
export const LOOKUP_UNITS = 96;

/** A value that a key has or would have. */
export interface Lookup {
  readonly key: Uint8Array;
  /** Encoded. */
  readonly value: Uint8Array;
}

/** For each lookup, in order, another key with its value, but for some keys. */
export async function holdersOf(
  reader: Pick<StateReader, 'cursor'>,
  index: Index,
  { lookups, except }: { readonly lookups: readonly Lookup[]; readonly except: (key: Uint8Array) => boolean },
): Promise<readonly (Uint8Array | undefined)[]> {
  const holders: (Uint8Array | undefined)[] = [];
  for (let from = 0; from < lookups.length; from += LOOKUPS_AT_ONCE) {
    const some = lookups.slice(from, from + LOOKUPS_AT_ONCE);
    holders.push(...(await Promise.all(some.map((one) => holderOf(reader, index, { ...one, except })))));
  }
  return holders;
}

async function holderOf(
  reader: Pick<StateReader, 'cursor'>,
  { id, spec }: Index,
  { key: own, value, except }: Lookup & { readonly except: (key: Uint8Array) => boolean },
): Promise<Uint8Array | undefined> {
  const prefix = placePrefix(id, value);
  const cursor = reader.cursor(rowsOfPlaces(Table.entries, { gte: prefix, lt: prefixEnd(prefix) }));
  try {
    for (const row of await cursor.next(HOLDERS_READ)) {
      const { key } = decodePlace(spec.type, placeOfEntry(row.key));
      if (!equalBytes(key, own) && !except(key)) return key;
    }
    return undefined;
  } finally {
    await cursor.close();
  }
}

/** A duplicate as the status of its index shows it. */
export function exampleOf({ index, value, key, otherKey }: Duplicate): raftkvpb.IndexDuplicate.$Properties {
  return {
    value: toMessage(decodeValue(index.spec.type, value, 0).value),
    key: Buffer.from(key),
    otherKey: Buffer.from(otherKey),
  };
}
