import protobuf from 'protobufjs/minimal.js';

// Field numbers of TxnRequest and RequestOp in proto/etcd/rpc.proto.
const COMPARE = 1;
const SUCCESS = 2;
const FAILURE = 3;
const REQUEST_TXN = 4;
const LENGTH_DELIMITED = 2;

/**
 * Whether an encoded transaction has more comparisons or operations than it may, before it is decoded: a megabyte of
 * empty ones takes a tenth of a second to decode. Counts as checkTxn does, nested transactions included.
 * @throws on bytes that are not a message
 */
export function hasTooManyOps(txn: Uint8Array, maxOps: number): boolean {
  const counts = [0, 0, 0, 0];
  const reader = protobuf.Reader.create(txn);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    if (field <= FAILURE) {
      const count = (counts[field] ?? 0) + 1;
      if (count > maxOps) return true;
      counts[field] = count;
    }
    reader.skipType(tag & 7);
  }
  const ops = Math.max(counts[COMPARE] ?? 0, counts[SUCCESS] ?? 0, counts[FAILURE] ?? 0);
  return nestedIn(txn).some((nested) => hasTooManyOps(nested, maxOps - ops));
}

/** The transactions among the operations of one. */
function nestedIn(txn: Uint8Array): readonly Uint8Array[] {
  return fieldsOf(txn, [SUCCESS, FAILURE]).flatMap((op) => fieldsOf(op, [REQUEST_TXN]));
}

function fieldsOf(message: Uint8Array, wanted: readonly number[]): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === LENGTH_DELIMITED && wanted.includes(tag >>> 3)) found.push(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return found;
}
