import { raftkvpb as pb } from '../../gen/proto.js';
import { asBuffer, EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { bytesArgument, integerArgument, nameOf, wordArgument } from '../calls/arguments.js';
import type { CallOptions } from '../calls/dispatcher.js';
import { invalidArgument, RaftKvError } from '../errors.js';
import { KeyValue, toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { readLevelFields } from '../keys/range.js';
import type { Consistency, ReadOptions } from '../keys/range.js';
import { fromWireIndexValue, toWireIndexValue, typeOf } from './values.js';
import type { IndexArgument, IndexType, IndexValue } from './values.js';

/** The values of a query: one, those with a prefix (of type string or bytes), a range, or all. */
export type IndexSelector<T extends IndexType = IndexType> =
  | { readonly equal: IndexArgument<T> }
  | { readonly prefix: IndexArgument<T> }
  | {
      /** Default: the first value. */
      readonly from?: IndexArgument<T>;
      /** Default: the last value, included. */
      readonly to?: IndexArgument<T>;
      /** Begins behind `from`. Default false. */
      readonly excludeFrom?: boolean;
      /** Ends with `to`. Default false: it ends before it. */
      readonly includeTo?: boolean;
    }
  | { readonly all: true };

export interface IndexQueryOptions extends ReadOptions, CallOptions {
  /** By value, then by key. Default `ascend`. */
  readonly order?: 'ascend' | 'descend';
  /** Greatest number of entries; 0, the default, means all. */
  readonly limit?: number;
  /** Entries without `kv`. */
  readonly keysOnly?: boolean;
  /** Reads at this revision; 0, the default, is the newest. The index must have been ready then. */
  readonly revision?: number;
}

export interface IndexPageOptions extends IndexQueryOptions {
  /** `nextPage` of the page before. The selector and the options must be the same, but for `limit` and `consistency`. */
  readonly after?: Uint8Array;
}

/** A key with one of its values in the index. */
export interface IndexEntry<T extends IndexType = IndexType> {
  readonly value: IndexValue<T>;
  readonly key: Buffer;
  /** As of the revision of the query; undefined with `keysOnly`. */
  readonly kv: KeyValue | undefined;
}

export interface IndexPage<T extends IndexType = IndexType> {
  readonly entries: readonly IndexEntry<T>[];
  /** The revision of this page and of all that follow it. */
  readonly revision: number;
  /** What `after` takes to get the page that follows; undefined on the last page. */
  readonly nextPage: Buffer | undefined;
  readonly header: Header;
}

const { ASCENDING, DESCENDING } = pb.IndexQueryRequest.Order;
const ORDERS = { ascend: ASCENDING, descend: DESCENDING } as const;

export interface IndexQuery {
  readonly index: string;
  /** The type that the caller has stated for the index. */
  readonly type: IndexType | undefined;
  readonly selector: IndexSelector;
  readonly options: IndexPageOptions;
  /** The consistency of a query that specifies none. */
  readonly fallback: Consistency;
}

/** @throws RaftKvError `invalid-argument` */
export function toWireQuery({
  index,
  type,
  selector,
  options,
  fallback,
}: IndexQuery): pb.IndexQueryRequest.$Properties {
  const { order = 'ascend', limit = 0, keysOnly = false, revision = 0, after = EMPTY } = options;
  return {
    index,
    ...toWireValues(selector, type),
    order: wordArgument<pb.IndexQueryRequest.Order>(order, 'the order', ORDERS),
    limit: integerArgument(limit, 'limit', 0),
    keysOnly,
    revision: integerArgument(revision, 'revision', 0),
    pageToken: bytesArgument(after, 'after'),
    ...readLevelFields(options, fallback),
  };
}

function toWireValues(
  selector: IndexSelector,
  type: IndexType | undefined,
): Pick<pb.IndexQueryRequest.$Properties, 'equal' | 'prefix' | 'range'> {
  const given = formsOf(selector);
  if (given.length > 1)
    throw invalidArgument(`a query takes one of equal, prefix, from/to and all, not ${given.join(' and ')}`);
  if ('equal' in selector) return { equal: toWireIndexValue(selector.equal, type) };
  if ('prefix' in selector) return { prefix: toWireIndexValue(selector.prefix, type) };
  if ('all' in selector) return {};
  const { from, to, excludeFrom = false, includeTo = false } = selector;
  return {
    range: {
      ...(from === undefined ? {} : { from: toWireIndexValue(from, type) }),
      ...(to === undefined ? {} : { to: toWireIndexValue(to, type) }),
      excludeFrom,
      includeTo,
    },
  };
}

function formsOf(selector: unknown): readonly string[] {
  if (typeof selector !== 'object' || selector === null || selector instanceof Uint8Array) {
    throw invalidArgument(`a query takes { equal }, { prefix }, { from, to } or { all }, not ${nameOf(selector)}`);
  }
  const isRange = ['from', 'to', 'excludeFrom', 'includeTo'].some((field) => field in selector);
  return [...['equal', 'prefix', 'all'].filter((field) => field in selector), ...(isRange ? ['from/to'] : [])];
}

/** @throws RaftKvError `failed-precondition` if the index has another type than the caller has stated */
export function toIndexPage<T extends IndexType>(
  { entries, nextPageToken, revision, header }: pb.IndexQueryResponse.$Properties,
  { index, type }: Pick<IndexQuery, 'index' | 'type'>,
): IndexPage<T> {
  const next = nextPageToken ?? EMPTY;
  return {
    entries: (entries ?? []).map((entry) => toEntry(entry, { index, type })),
    revision: clampInteger(revision),
    nextPage: next.length === 0 ? undefined : asBuffer(next),
    header: toHeader(header),
  };
}

function toEntry<T extends IndexType>(
  { value: wire, key, kv }: pb.IndexEntry.$Properties,
  { index, type }: Pick<IndexQuery, 'index' | 'type'>,
): IndexEntry<T> {
  const value = fromWireIndexValue(wire);
  const found = typeOf(value);
  if (found === undefined || (type !== undefined && found !== type)) {
    const message = `the values of index ${index} have the type ${found ?? 'unknown'}, not ${type ?? 'a known one'}`;
    throw new RaftKvError({ code: 'failed-precondition', message, fate: 'not-applied', retryable: false });
  }
  return {
    value: value as IndexValue<T>,
    key: asBuffer(key ?? EMPTY),
    kv: kv === null || kv === undefined ? undefined : new KeyValue(kv),
  };
}
