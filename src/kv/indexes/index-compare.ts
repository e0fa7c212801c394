import type { etcdserverpb, raftkvpb } from '../../gen/proto.js';
import { defined } from '../../util/assert.js';
import { EMPTY, prefixEnd } from '../../util/bytes.js';
import { kvError, type KvError } from '../errors.js';
import { Table } from '../format/layout.js';
import type { StateReader } from '../state/state-reader.js';
import { placeOf, placePrefix, rowsOfPlaces } from './index-rows.js';
import { NAME_BYTES_MAX } from './bounds.js';
import { isName } from './definition.js';
import type { Index, IndexTable } from './index-table.js';
import { cut, encodeValue, valueOf } from './index-value.js';

type TxnRequest = etcdserverpb.TxnRequest.$Properties;
type IndexCompare = raftkvpb.IndexCompare.$Properties;

/** The error for a name that no index has. It may be as long as a request: it is quoted up to the length of names. */
export function unknownIndex(name: string): KvError {
  const shown = isName(name) ? name : JSON.stringify(cut(name, NAME_BYTES_MAX));
  return kvError('index-not-found', `index ${shown} does not exist`);
}

/** An index that can be read, or why it cannot. */
export function readyIndex(indexes: IndexTable, name: string): Index | KvError {
  const index = indexes.byName.get(name);
  if (index === undefined) return unknownIndex(name);
  if (index.state.kind === 'building') return kvError('index-not-ready', `index ${name} is being built`);
  if (index.state.kind === 'failed') {
    return kvError('index-not-ready', `index ${name} has failed: two keys have the same value; see its status`);
  }
  return index;
}

/** Checks the comparisons of a transaction with indexes, also in nested ones and whichever branch it takes. */
export function checkIndexCompares(indexes: IndexTable, request: TxnRequest): KvError | undefined {
  for (const compare of comparesOf(request)) {
    const index = readyIndex(indexes, compare.index ?? '');
    if ('kind' in index) return index;
    if (encodeValue(index.spec.type, valueOf(compare.value)) === undefined) {
      return kvError('index-invalid', `index ${index.spec.name}: the value to compare with is not of its type`);
    }
  }
  return undefined;
}

/** All comparisons with indexes. */
export function* comparesOf(request: TxnRequest): Generator<IndexCompare, void, undefined> {
  yield* request.indexCompare ?? [];
  for (const branch of [request.success, request.failure]) {
    for (const op of branch ?? []) if (op.request === 'requestTxn') yield* comparesOf(op.requestTxn ?? {});
  }
}

/** Whether a comparison holds that was checked. */
export async function indexCompareHolds(reader: StateReader, compare: IndexCompare): Promise<boolean> {
  const index = defined(reader.indexes.byName.get(compare.index ?? ''), 'the index of a comparison');
  const value = defined(encodeValue(index.spec.type, valueOf(compare.value)), 'the value of a comparison');
  const key = compare.key ?? EMPTY;
  const prefix = key.length > 0 ? placeOf(index.id, value, key) : placePrefix(index.id, value);
  const cursor = reader.cursor({
    ...rowsOfPlaces(Table.entries, { gte: prefix, lt: prefixEnd(prefix) }),
    keysOnly: true,
  });
  try {
    const isThere = (await cursor.next(1)).length > 0;
    return isThere !== (compare.absent === true);
  } finally {
    await cursor.close();
  }
}
