import type { etcdserverpb } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import { leaseIdToWire } from '../calls/ids.js';
import { invalidArgument } from '../errors.js';
import { KeyValue } from './key-value.js';
import type { Header } from './key-value.js';
import { oneKey, toBytes, toKeyRange } from './key-range.js';
import type { Bytes, RangeSelector } from './key-range.js';

export interface PutOptions {
  /** Attach the key to this lease, given as such or by its id; 0n to none. */
  readonly lease?: bigint | { readonly id: bigint };
  /** Return what the key held before. */
  readonly prevKv?: boolean;
  /** Keep the lease that the key has; the key must exist. */
  readonly ignoreLease?: boolean;
  /** Keep the value that the key has, and write the rest anew; the key must exist, and the value given must be empty. */
  readonly ignoreValue?: boolean;
}

export interface DeleteOptions {
  /** Return what was deleted. */
  readonly prevKv?: boolean;
}

export interface PutBody {
  /** What the key held before; undefined where it was absent, or was not asked for. */
  readonly prevKv: KeyValue | undefined;
}

export interface DeleteBody {
  /** How many keys were deleted. */
  readonly deleted: number;
  readonly prevKvs: readonly KeyValue[];
}

export type PutResult = PutBody & { readonly header: Header };
export type DeleteResult = DeleteBody & { readonly header: Header };

/** @throws RaftKvError for an empty key */
export function putRequest(key: Bytes, value: Bytes, options: PutOptions): etcdserverpb.PutRequest.$Properties {
  if (options.ignoreLease === true && options.lease !== undefined) {
    throw invalidArgument('a put cannot both set and keep the lease');
  }
  const bytes = toBytes(value);
  if (options.ignoreValue === true && bytes.length > 0) {
    throw invalidArgument('a put cannot both set and keep the value');
  }
  const leaseId = typeof options.lease === 'object' ? options.lease.id : (options.lease ?? 0n);
  return {
    key: oneKey(key).key,
    value: bytes,
    lease: leaseIdToWire(leaseId),
    prevKv: options.prevKv ?? false,
    ignoreLease: options.ignoreLease ?? false,
    ignoreValue: options.ignoreValue ?? false,
  };
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
