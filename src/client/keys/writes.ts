import type { etcdserverpb } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import { leaseIdToWire } from '../calls/ids.js';
import { invalidArgument } from '../errors.js';
import { KeyValue } from './key-value.js';
import type { Header } from './key-value.js';
import { oneKey, toBytes, toKeyRange } from './key-range.js';
import type { Bytes, RangeSelector } from './key-range.js';

export interface PutOptions {
  /** The lease to attach the key to, or its id. Default 0n: no lease. */
  readonly lease?: bigint | { readonly id: bigint };
  /** Return the previous version of the key. */
  readonly prevKv?: boolean;
  /** Keep the key's current lease. The key must exist. */
  readonly ignoreLease?: boolean;
  /** Keep the key's current value. The key must exist, and the value given must be empty. */
  readonly ignoreValue?: boolean;
}

export interface DeleteOptions {
  /** Return the deleted keys and values. */
  readonly prevKv?: boolean;
}

export interface PutBody {
  /** The previous version of the key; undefined if it was absent or not requested. */
  readonly prevKv: KeyValue | undefined;
}

export interface DeleteBody {
  /** The number of deleted keys. */
  readonly deleted: number;
  /** The deleted keys, if requested. */
  readonly prevKvs: readonly KeyValue[];
}

export type PutResult = PutBody & { readonly header: Header };
export type DeleteResult = DeleteBody & { readonly header: Header };

/** @throws RaftKvError `invalid-argument` for an empty key or contradictory options */
export function putRequest(key: Bytes, value: Bytes, options: PutOptions): etcdserverpb.PutRequest.$Properties {
  if (options.ignoreLease === true && options.lease !== undefined) {
    throw invalidArgument('a put cannot both set and keep the lease');
  }
  const bytes = toBytes(value);
  if (options.ignoreValue === true && bytes.length > 0) {
    throw invalidArgument('a put cannot both set and keep the value');
  }
  const request: etcdserverpb.PutRequest.$Properties = { key: oneKey(key).key, value: bytes };
  const { lease, prevKv, ignoreLease, ignoreValue } = options;
  if (lease !== undefined) request.lease = leaseIdToWire(typeof lease === 'object' ? lease.id : lease);
  if (prevKv !== undefined) request.prevKv = prevKv;
  if (ignoreLease !== undefined) request.ignoreLease = ignoreLease;
  if (ignoreValue !== undefined) request.ignoreValue = ignoreValue;
  return request;
}

export function deleteRequest(
  selector: Bytes | RangeSelector,
  options: DeleteOptions,
): etcdserverpb.DeleteRangeRequest.$Properties {
  return { ...toKeyRange(selector), prevKv: options.prevKv ?? false };
}

export function toPutBody(wire: etcdserverpb.PutResponse.$Properties): PutBody {
  const previous = wire.prevKv ?? undefined;
  return { prevKv: previous === undefined ? undefined : new KeyValue(previous) };
}

export function toDeleteBody(wire: etcdserverpb.DeleteRangeResponse.$Properties): DeleteBody {
  return { deleted: clampInteger(wire.deleted), prevKvs: (wire.prevKvs ?? []).map((kv) => new KeyValue(kv)) };
}
