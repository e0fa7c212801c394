import { asBuffer } from '../../util/bytes.js';
import {
  metaKey,
  PREFIX_BYTES,
  prefixed,
  readRevision,
  Table,
  writeRevision,
  type RowRange,
} from '../format/layout.js';
import { decodeValue, escaped, unescaped, type IndexType, type IndexValue } from './index-value.js';

/*
 * The keys of an index's rows. A place is what the tables of entries have in common: index id u32 | encoded value | escaped user
 * key. The order of places is that of the values, and of the keys with the same value.
 */

/** Kinds of rows in the table of indexes. */
export const IndexRow = { lastId: 0, definition: 1 } as const;
export type IndexRow = (typeof IndexRow)[keyof typeof IndexRow];

const ID_BYTES = 4;
const REVISION_BYTES = 8;

export function indexKey(kind: IndexRow, id = 0): Uint8Array {
  const key = prefixed(Table.indexes, 1 + ID_BYTES);
  key[PREFIX_BYTES] = kind;
  key.writeUInt32BE(id, PREFIX_BYTES + 1);
  return key;
}

export function indexRowOf(key: Uint8Array): { readonly kind: number | undefined; readonly id: number } {
  return { kind: key[PREFIX_BYTES], id: asBuffer(key).readUInt32BE(PREFIX_BYTES + 1) };
}

/** The row of an index's counts, which is no record: it changes with the keys. */
export function countsKey(id: number): Uint8Array {
  return metaKey(`index-counts-${id}`);
}

/** The beginning of all places of an index; with an encoded value, of those with that value. */
export function placePrefix(id: number, encodedValue?: Uint8Array): Buffer {
  const prefix = Buffer.allocUnsafe(ID_BYTES + (encodedValue?.length ?? 0));
  prefix.writeUInt32BE(id, 0);
  if (encodedValue !== undefined) prefix.set(encodedValue, ID_BYTES);
  return prefix;
}

export function placeOf(id: number, encodedValue: Uint8Array, userKey: Uint8Array): Buffer {
  const end = escaped(userKey);
  const place = Buffer.allocUnsafe(ID_BYTES + encodedValue.length + end.length);
  place.writeUInt32BE(id, 0);
  place.set(encodedValue, ID_BYTES);
  place.set(end, ID_BYTES + encodedValue.length);
  return place;
}

export function decodePlace(
  type: IndexType,
  place: Uint8Array,
): { readonly value: IndexValue; readonly key: Uint8Array } {
  const { value, end } = decodeValue(type, place, ID_BYTES);
  return { value, key: unescaped(place, end).bytes };
}

export function entryKey(place: Uint8Array): Buffer {
  const key = prefixed(Table.entries, place.length);
  key.set(place, PREFIX_BYTES);
  return key;
}

/** @param end the revision that ended the entry */
export function endedEntryKey(place: Uint8Array, end: number): Buffer {
  const key = prefixed(Table.endedEntries, place.length + REVISION_BYTES);
  key.set(place, PREFIX_BYTES);
  writeRevision(key, PREFIX_BYTES + place.length, end);
  return key;
}

export function entryEndKey(place: Uint8Array, end: number): Buffer {
  const key = prefixed(Table.entryEnds, REVISION_BYTES + place.length);
  writeRevision(key, PREFIX_BYTES, end);
  key.set(place, PREFIX_BYTES + REVISION_BYTES);
  return key;
}

/** The place in a key of the entries, as a view. */
export function placeOfEntry(key: Uint8Array): Uint8Array {
  return key.subarray(PREFIX_BYTES);
}

/** The place in a key of the ended entries, as a view, and the revision of its end. */
export function readEndedKey(key: Uint8Array): { readonly place: Uint8Array; readonly end: number } {
  const at = key.length - REVISION_BYTES;
  return { place: key.subarray(PREFIX_BYTES, at), end: readRevision(asBuffer(key), at) };
}

/** The key of the ended entry that a row of the ends names. */
export function endedKeyOfEnd(key: Uint8Array): Buffer {
  const at = PREFIX_BYTES + REVISION_BYTES;
  return endedEntryKey(key.subarray(at), readRevision(asBuffer(key), PREFIX_BYTES));
}

/** The ends from one revision up to another, which is included. */
export function endsBetween(from: number, to: number): RowRange {
  const bound = (revision: number): Buffer => entryEndKey(new Uint8Array(0), revision);
  return { gte: bound(from), lt: bound(to + 1) };
}

/** The index of a row of the entries or ended entries. */
export function indexIdOf(key: Uint8Array): number {
  return asBuffer(key).readUInt32BE(PREFIX_BYTES);
}

/** The rows of places that begin with a prefix. */
export function rowsOfPlaces(table: typeof Table.entries | typeof Table.endedEntries, range: RowRange): RowRange {
  const bound = (place: Uint8Array): Buffer => {
    const key = prefixed(table, place.length);
    key.set(place, PREFIX_BYTES);
    return key;
  };
  return { gte: bound(range.gte), lt: bound(range.lt) };
}

/** The value of a row of entries or ended entries. @param since the revision from which on the index has the entry */
export function encodeSince(since: number): Buffer {
  const value = Buffer.allocUnsafe(REVISION_BYTES);
  writeRevision(value, 0, since);
  return value;
}

export function decodeSince(value: Uint8Array): number {
  return readRevision(asBuffer(value), 0);
}
