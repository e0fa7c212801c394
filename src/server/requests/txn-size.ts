import protobuf from 'protobufjs/minimal.js';
import { FEED_ACKS_MAX } from '../../kv/feeds/feed.js';

// Field numbers of TxnRequest and RequestOp in proto/etcd/rpc.proto.
const COMPARE = 1;
const SUCCESS = 2;
const FAILURE = 3;
const REQUEST_TXN = 4;
const INDEX_COMPARE = 1010;
const FEED_ACK = 1011;
const LENGTH_DELIMITED = 2;
/** Where acknowledgements are counted. */
const FEED_ACKS = 4;
const OTHER = 5;

/**
 * Default of the comparisons and operations of a transaction and all that are nested in it, unless its lists alone may have
 * more. The limit of each list bounds the depth of nesting, and not its breadth: three levels of 40 are 64,000 operations.
 */
export const TOTAL_OPS_MAX = 8192;

/**
 * Whether an encoded transaction has more comparisons or operations than it may, before it is decoded: a megabyte of
 * empty ones takes a tenth of a second to decode. Counts as checkTxn does, nested transactions included, and in all.
 * @param maxOps limit of each list, less those of the outer ones
 * @param totalOps limit of all together; at least three lists are allowed
 * @throws on bytes that are not a message
 */
export function hasTooManyOps(txn: Uint8Array, maxOps: number, totalOps = TOTAL_OPS_MAX): boolean {
  const total = { left: Math.max(totalOps, 3 * maxOps) };
  return exceeds(protobuf.Reader.create(txn), txn.length, { maxOps, total });
}

interface Bounds {
  readonly maxOps: number;
  readonly total: { left: number };
}

/** @param end where the transaction ends: an outer one may go on behind it */
function exceeds(reader: protobuf.Reader, end: number, { maxOps, total }: Bounds): boolean {
  const counts = [0, 0, 0, 0, 0];
  const nested: { readonly from: number; readonly to: number }[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = listOf(tag >>> 3);
    if (field <= FEED_ACKS) {
      const count = (counts[field] ?? 0) + 1;
      if (count > (field === FEED_ACKS ? FEED_ACKS_MAX : maxOps) || total.left === 0) return true;
      total.left -= 1;
      counts[field] = count;
    }
    if ((tag & 7) === LENGTH_DELIMITED && (field === SUCCESS || field === FAILURE)) findNested(reader, nested);
    else reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new RangeError('a field longer than its transaction');
  const ops = Math.max(counts[COMPARE] ?? 0, counts[SUCCESS] ?? 0, counts[FAILURE] ?? 0);
  return nested.some(({ from, to }) => {
    reader.pos = from;
    return exceeds(reader, to, { maxOps: maxOps - ops, total });
  });
}

/** Where the elements of a field are counted: comparisons with keys and with indexes are one list. */
function listOf(field: number): number {
  if (field <= FAILURE) return field;
  if (field === INDEX_COMPARE) return COMPARE;
  return field === FEED_ACK ? FEED_ACKS : OTHER;
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
