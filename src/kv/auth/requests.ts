import type { etcdserverpb } from '../../gen/proto.js';
import { EMPTY } from '../../util/bytes.js';
import { toBigInt } from '../../util/integer.js';
import type { IndexTable } from '../indexes/index-table.js';
import type { PutProperties } from '../format/put-request.js';
import type { Rights } from './auth-state.js';

/*
 * The permissions that requests need. The same rules hold before a request is proposed, when it is applied, and when a read
 * is answered.
 */

type TxnRequest = etcdserverpb.TxnRequest.$Properties;

interface KeyFields {
  readonly key?: Uint8Array | null | undefined;
  readonly rangeEnd?: Uint8Array | null | undefined;
}

export function mayRead({ isRoot, read }: Rights, { key, rangeEnd }: KeyFields): boolean {
  return isRoot || read.contain(key ?? EMPTY, rangeEnd ?? EMPTY);
}

/** The keys of the put's lease are checked apart: see `holdLeasedKeys`. */
export function mayPut({ isRoot, read, write }: Rights, { key, prevKv }: PutProperties): boolean {
  if (isRoot) return true;
  const name = key ?? EMPTY;
  return write.contain(name, EMPTY) && (prevKv !== true || read.contain(name, EMPTY));
}

export function mayDelete(rights: Rights, request: etcdserverpb.DeleteRangeRequest.$Properties): boolean {
  const { isRoot, write } = rights;
  if (isRoot) return true;
  if (request.prevKv === true && !mayRead(rights, request)) return false;
  return write.contain(request.key ?? EMPTY, request.rangeEnd ?? EMPTY);
}

/**
 * Both branches, comparisons, and nested transactions at every depth, whichever branches are taken. A comparison with an index
 * needs what a query of it needs.
 */
export function mayRun(rights: Rights, request: TxnRequest, indexes: IndexTable): boolean {
  if (rights.isRoot) return true;
  for (const { index } of request.indexCompare ?? []) if (!mayQuery(rights, indexes, index ?? '')) return false;
  for (const compare of request.compare ?? []) if (!mayRead(rights, compare)) return false;
  for (const op of request.success ?? []) if (!mayDo(rights, op, indexes)) return false;
  for (const op of request.failure ?? []) if (!mayDo(rights, op, indexes)) return false;
  return true;
}

/** Whether a user may read all keys of an index. True if there is no such index: every user learns that. */
export function mayQuery(rights: Rights, indexes: IndexTable, name: string): boolean {
  const index = indexes.byName.get(name);
  return index === undefined || mayRead(rights, index.spec.definition);
}

function mayDo(rights: Rights, op: etcdserverpb.RequestOp.$Properties, indexes: IndexTable): boolean {
  switch (op.request) {
    case 'requestRange':
      return mayRead(rights, op.requestRange ?? {});
    case 'requestPut':
      return mayPut(rights, op.requestPut ?? {});
    case 'requestDeleteRange':
      return mayDelete(rights, op.requestDeleteRange ?? {});
    case 'requestTxn':
      return mayRun(rights, op.requestTxn ?? {}, indexes);
    case undefined:
    default: // an operation of a newer client does nothing
      return true;
  }
}

/** The leases to which a transaction may attach keys, nested transactions included. */
export function leasesOf(request: TxnRequest, found = new Set<bigint>()): ReadonlySet<bigint> {
  for (const branch of [request.success, request.failure]) {
    for (const op of branch ?? []) {
      if (op.request === 'requestTxn') leasesOf(op.requestTxn ?? {}, found);
      const lease = op.request === 'requestPut' ? toBigInt(op.requestPut?.lease) : 0n;
      if (lease !== 0n) found.add(lease);
    }
  }
  return found;
}

/** Whether a transaction has an operation or a comparison: one without any needs no user, as in etcd. */
export function concernsKeys({ compare, indexCompare, success, failure }: TxnRequest): boolean {
  return (compare?.length ?? 0) + (indexCompare?.length ?? 0) + (success?.length ?? 0) + (failure?.length ?? 0) > 0;
}
