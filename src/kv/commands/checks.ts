import { etcdserverpb } from '../../gen/proto.js';
import { EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { hasDuplicateKeys } from './duplicate-keys.js';
import { FEED_ACKS_MAX } from '../feeds/feed.js';
import { kvError, type KvError } from '../errors.js';
import { shapeOf, type PutShape } from '../format/put-request.js';

/**
 * Checks of requests before they reach the log, in etcd's order, so that a request with several errors gets the same
 * answer as from etcd. They do not depend on the store.
 */

/** etcd's default of `--max-txn-ops`. */
export const DEFAULT_MAX_TXN_OPS = 128;

type TxnRequest = etcdserverpb.TxnRequest.$Properties;
type ReadOptions = Pick<TxnRequest, 'readLevel' | 'maxStalenessMs' | 'atLeastRevision'>;
const { SortOrder, SortTarget } = etcdserverpb.RangeRequest;

export function checkRange(request: etcdserverpb.RangeRequest.$Properties): KvError | undefined {
  if ((request.key ?? EMPTY).length === 0) return kvError('empty-key');
  const known = (request.sortOrder ?? 0) in SortOrder && (request.sortTarget ?? 0) in SortTarget;
  return known ? undefined : kvError('invalid-sort');
}

export function checkPut({
  keyBytes,
  valueBytes,
  hasLease,
  ignoresValue,
  ignoresLease,
}: PutShape): KvError | undefined {
  if (keyBytes === 0) return kvError('empty-key');
  if (ignoresValue && valueBytes > 0) return kvError('value-provided');
  if (ignoresLease && hasLease) return kvError('lease-provided');
  return undefined;
}

export function checkDelete(request: etcdserverpb.DeleteRangeRequest.$Properties): KvError | undefined {
  return (request.key ?? EMPTY).length === 0 ? kvError('empty-key') : undefined;
}

/** @param maxOps limit of comparisons or operations; those of nested transactions count towards the outer ones */
export function checkTxn(request: TxnRequest, maxOps = DEFAULT_MAX_TXN_OPS): KvError | undefined {
  const error = checkShape(request, maxOps);
  if (error !== undefined) return error;
  if (hasDuplicateKeys(request)) return kvError('duplicate-key');
  if ((request.feedAck?.length ?? 0) > FEED_ACKS_MAX) return kvError('too-many-ops');
  const misplaced = hasReadOptionsInside(request) || (hasReadOptions(request) && !isReadOnlyTxn(request));
  return misplaced ? kvError('nested-read-level') : undefined;
}

/** Whether it can neither write nor acknowledge changes of a feed. */
export function isReadOnlyTxn(request: TxnRequest): boolean {
  if ((request.feedAck?.length ?? 0) > 0) return false;
  return branchesOf(request).every(
    (op) => op.request === 'requestRange' || (op.request === 'requestTxn' && isReadOnlyTxn(op.requestTxn ?? {})),
  );
}

/** Whether either branch has a put, also a nested one. */
export function hasPuts(request: TxnRequest): boolean {
  return branchesOf(request).some(
    (op) => op.request === 'requestPut' || (op.request === 'requestTxn' && hasPuts(op.requestTxn ?? {})),
  );
}

function checkShape(request: TxnRequest, maxOps: number): KvError | undefined {
  const compares = request.compare ?? [];
  const compared = compares.length + (request.indexCompare?.length ?? 0);
  const ops = Math.max(compared, request.success?.length ?? 0, request.failure?.length ?? 0);
  if (ops > maxOps) return kvError('too-many-ops');
  for (const compare of compares) {
    if ((compare.key ?? EMPTY).length === 0) return kvError('empty-key');
  }
  for (const op of branchesOf(request)) {
    const error = checkOp(op, maxOps - ops);
    if (error !== undefined) return error;
  }
  return undefined;
}

function checkOp(op: etcdserverpb.RequestOp.$Properties, maxOps: number): KvError | undefined {
  switch (op.request) {
    case 'requestRange':
      return checkRange(op.requestRange ?? {});
    case 'requestPut':
      return checkPut(shapeOf(op.requestPut ?? {}));
    case 'requestDeleteRange':
      return checkDelete(op.requestDeleteRange ?? {});
    case 'requestTxn':
      if ((op.requestTxn?.feedAck?.length ?? 0) > 0) return kvError('nested-feed-ack');
      return checkShape(op.requestTxn ?? {}, maxOps);
    case undefined:
    default:
      return kvError('key-not-found'); // etcd's answer to an empty operation
  }
}

function hasReadOptionsInside(request: TxnRequest): boolean {
  return branchesOf(request).some((op) => {
    if (op.request === 'requestRange') return hasReadOptions(op.requestRange ?? {});
    if (op.request !== 'requestTxn') return false;
    return hasReadOptions(op.requestTxn ?? {}) || hasReadOptionsInside(op.requestTxn ?? {});
  });
}

function hasReadOptions(options: ReadOptions): boolean {
  return (options.readLevel ?? 0) !== 0 || !isZero(options.maxStalenessMs) || !isZero(options.atLeastRevision);
}

function branchesOf(request: TxnRequest): readonly etcdserverpb.RequestOp.$Properties[] {
  return [...(request.success ?? []), ...(request.failure ?? [])];
}

function isZero(value: Parameters<typeof clampInteger>[0]): boolean {
  return clampInteger(value) === 0;
}
