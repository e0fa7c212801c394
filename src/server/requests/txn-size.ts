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
  return exceeds(protobuf.Reader.create(txn), txn.length, maxOps);
}

/** @param end where the transaction ends: an outer one may go on behind it */
function exceeds(reader: protobuf.Reader, end: number, maxOps: number): boolean {
  const counts = [0, 0, 0, 0];
  const nested: { readonly from: number; readonly to: number }[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    if (field <= FAILURE) {
      const count = (counts[field] ?? 0) + 1;
      if (count > maxOps) return true;
      counts[field] = count;
    }
    if ((tag & 7) === LENGTH_DELIMITED && (field === SUCCESS || field === FAILURE)) findNested(reader, nested);
    else reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new RangeError('a field longer than its transaction');
  const ops = Math.max(counts[COMPARE] ?? 0, counts[SUCCESS] ?? 0, counts[FAILURE] ?? 0);
  return nested.some(({ from, to }) => {
    reader.pos = from;
    return exceeds(reader, to, maxOps - ops);
  });
}

/** Reads an operation, and adds the transactions in it. */
function findNested(reader: protobuf.Reader, found: { readonly from: number; readonly to: number }[]): void {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError('an operation longer than its transaction');
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag !== ((REQUEST_TXN << 3) | LENGTH_DELIMITED)) {
      reader.skipType(tag & 7);
      continue;
    }
    const to = reader.uint32() + reader.pos;
    found.push({ from: reader.pos, to });
    reader.pos = to;
  }
  if (reader.pos !== end) throw new RangeError('a field longer than its operation');
}
