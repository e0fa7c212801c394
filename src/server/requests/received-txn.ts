import { etcdserverpb } from '../../gen/proto.js';
import { readPlainTxn, type PlainTxn } from '../../kv/format/plain-txn.js';
import { hasTooManyOps } from './txn-size.js';

/** A transaction of a client with its bytes, decoded only as far as needed: a write goes into the log unchanged. */
export type ReceivedTxn =
  | { readonly kind: 'plain'; readonly bytes: Uint8Array; readonly txn: PlainTxn }
  | { readonly kind: 'decoded'; readonly bytes: Uint8Array; readonly txn: etcdserverpb.TxnRequest }
  | { readonly kind: 'too-many-ops' };

/** @param maxOps limit of each list of comparisons or operations @throws the codec's errors on bytes that are no TxnRequest */
export function receiveTxn(bytes: Uint8Array, maxOps: number): ReceivedTxn {
  const plain = readPlainTxn(bytes, 0, maxOps);
  if (plain !== undefined) return { kind: 'plain', bytes, txn: plain };
  if (hasTooManyOps(bytes, maxOps)) return { kind: 'too-many-ops' };
  return { kind: 'decoded', bytes, txn: etcdserverpb.TxnRequest.decode(bytes) };
}
