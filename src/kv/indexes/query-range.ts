import { crc32 } from 'node:zlib';
import { raftkvpb } from '../../gen/proto.js';
import { asBuffer, compareBytes, EMPTY, prefixEnd } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { kvError, type KvError } from '../errors.js';
import { readRevision, writeRevision, type RowRange } from '../format/layout.js';
import { placePrefix } from './index-rows.js';
import type { Index } from './index-table.js';
import { encodeValue, escaped, valueOf, type IndexType } from './index-value.js';

type Query = raftkvpb.IndexQueryRequest.$Properties;
type Value = raftkvpb.IndexValue.$Properties | null | undefined;

const { Type } = raftkvpb.IndexDefinition;
const { Order } = raftkvpb.IndexQueryRequest;

/** The places that a query selects; empty if `gte` is not below `lt`. */
export function placesOf(index: Index, query: Query): RowRange | KvError {
  const { id, spec } = index;
  const invalid = (what: string): KvError => kvError('index-invalid', `index ${spec.name}: ${what}`);
  if (!((query.order ?? 0) in Order)) return invalid(`unknown order ${query.order}`);
  const all = beginningWith(placePrefix(id));
  const encode = (value: Value): Buffer | undefined => encodeValue(spec.type, valueOf(value));
  if (query.equal) {
    const value = encode(query.equal);
    return value === undefined ? invalid('the value is not of its type') : beginningWith(placePrefix(id, value));
  }
  if (query.prefix) {
    const prefix = prefixBytes(spec.type, query.prefix);
    return prefix === undefined
      ? invalid('a prefix needs an index of type STRING or BYTES, and a value of its type')
      : beginningWith(placePrefix(id, prefix));
  }
  if (!query.range) return all;
  const { from, to, excludeFrom, includeTo } = query.range;
  let { gte, lt } = all;
  if (valueOf(from) !== undefined) {
    const value = encode(from);
    if (value === undefined) return invalid('the lower bound is not of its type');
    const prefix = placePrefix(id, value);
    gte = excludeFrom === true ? prefixEnd(prefix) : prefix;
  }
  if (valueOf(to) !== undefined) {
    const value = encode(to);
    if (value === undefined) return invalid('the upper bound is not of its type');
    const prefix = placePrefix(id, value);
    lt = includeTo === true ? prefixEnd(prefix) : prefix;
  }
  return { gte, lt };
}

function beginningWith(prefix: Uint8Array): RowRange {
  return { gte: prefix, lt: prefixEnd(prefix) };
}

/** Longer values are in no index. */
function prefixBytes(type: IndexType, value: Value): Buffer | undefined {
  const found = valueOf(value);
  if (type === Type.STRING && typeof found === 'string') return escaped(Buffer.from(found), false);
  return type === Type.BYTES && found instanceof Uint8Array ? escaped(found, false) : undefined;
}

const TOKEN_BYTES = 1 + 4 + 4 + 8;
const TOKEN_VERSION = 1;

/** Where a page begins. */
export interface PageStart {
  readonly revision: number;
  /** The place of the last entry before; undefined on the first page. */
  readonly after: Uint8Array | undefined;
}

/** version | index id u32 | hash of the query u32 | revision u64 | place */
export function pageToken(index: Index, query: Query, { revision, after }: PageStart): Uint8Array {
  const place = after ?? EMPTY;
  const token = Buffer.allocUnsafe(TOKEN_BYTES + place.length);
  token[0] = TOKEN_VERSION;
  token.writeUInt32BE(index.id, 1);
  token.writeUInt32BE(hashOf(query), 5);
  writeRevision(token, 9, revision);
  token.set(place, TOKEN_BYTES);
  return token;
}

/** @param range the places of the query */
export function readPageToken(index: Index, query: Query, range: RowRange): PageStart | KvError {
  const token = asBuffer(query.pageToken ?? EMPTY);
  if (token.length === 0) return { revision: clampInteger(query.revision), after: undefined };
  const { name } = index.spec;
  const invalid = kvError('index-invalid', `index ${name}: the page token belongs to no page of this query`);
  if (token.length <= TOKEN_BYTES || token[0] !== TOKEN_VERSION) return invalid;
  if (token.readUInt32BE(1) !== index.id) {
    return kvError('index-replaced', `index ${name} was created again since the page before`);
  }
  const after = Buffer.from(token.subarray(TOKEN_BYTES));
  const isInside = compareBytes(after, range.gte) >= 0 && compareBytes(after, range.lt) < 0;
  if (token.readUInt32BE(5) !== hashOf(query) || !isInside) return invalid;
  return { revision: readRevision(token, 9), after };
}

/** The places behind a page. */
export function restOf({ gte, lt }: RowRange, after: Uint8Array | undefined, reverse: boolean): RowRange {
  if (after === undefined) return { gte, lt };
  // No place begins with another; rows of ended entries at this one do.
  return reverse ? { gte, lt: after } : { gte: prefixEnd(after), lt };
}

/** What a token says before its index is known: the id of the index, and the revision; undefined without one. */
export function originOf(token: Uint8Array): { readonly id: number; readonly revision: number } | undefined {
  if (token.length <= TOKEN_BYTES || token[0] !== TOKEN_VERSION) return undefined;
  return { id: asBuffer(token).readUInt32BE(1), revision: readRevision(asBuffer(token), 9) };
}

/** What all pages of a query have in common. */
function hashOf({ index, equal, prefix, range, order, keysOnly, revision }: Query): number {
  const same: Query = {
    index: index ?? '',
    ...(equal && { equal }),
    ...(prefix && { prefix }),
    ...(range && { range }),
    order: order ?? 0,
    keysOnly: keysOnly ?? false,
    revision: clampInteger(revision),
  };
  return crc32(raftkvpb.IndexQueryRequest.encode(same).finish());
}
