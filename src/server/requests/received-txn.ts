import { etcdserverpb } from '../../gen/proto.js';
import { readPlainTxn, type PlainTxn } from '../../kv/format/plain-txn.js';
import { hasTooManyOps } from './txn-size.js';

/** A transaction of a client with its bytes, decoded only as far as needed: a write goes into the log unchanged. */
export type ReceivedTxn =
  | { readonly kind: 'plain'; readonly bytes: Uint8Array; readonly txn: PlainTxn }
  | { readonly kind: 'decoded'; readonly bytes: Uint8Array; readonly txn: etcdserverpb.TxnRequest }
  | { readonly kind: 'too-many-ops' };

/** Operations that a transaction may have. */
export interface TxnLimits {
  /** Comparisons, or operations of one branch, with those of outer transactions. */
  readonly maxOps: number;
  /** All comparisons and operations, nested ones included. */
  readonly totalOps: number;
}

/** @throws the codec's errors on bytes that are no TxnRequest */
export function receiveTxn(bytes: Uint8Array, { maxOps, totalOps }: TxnLimits): ReceivedTxn {
  const plain = readPlainTxn(bytes, 0, maxOps);
  if (plain !== undefined) return { kind: 'plain', bytes, txn: plain };
  if (hasTooManyOps(bytes, maxOps, totalOps)) return { kind: 'too-many-ops' };
  return { kind: 'decoded', bytes, txn: etcdserverpb.TxnRequest.decode(bytes) };
}
