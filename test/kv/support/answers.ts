import { etcdserverpb, type mvccpb } from '../../../src/gen/proto.js';
import { clampInteger, toBigInt } from '../../../src/util/integer.js';
import type { ModelAnswer, ModelKeyValue } from './model.js';

/** Converts encoded responses to the model's form. */

type Header = etcdserverpb.ResponseHeader.$Properties | null | undefined;
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

export function keyValueAnswer(keyValue: mvccpb.KeyValue.$Properties): ModelKeyValue {
  return {
    key: text(keyValue.key),
    value: text(keyValue.value),
    create: clampInteger(keyValue.createRevision),
    mod: clampInteger(keyValue.modRevision),
    version: clampInteger(keyValue.version),
    lease: String(toBigInt(keyValue.lease)),
  };
}

function rangeAnswer(response: etcdserverpb.RangeResponse.$Properties): ModelAnswer {
  const kvs = (response.kvs ?? []).map(keyValueAnswer);
  return { kvs, more: response.more ?? false, count: clampInteger(response.count) };
}

function putAnswer(response: etcdserverpb.PutResponse.$Properties): ModelAnswer {
  return { prevKv: response.prevKv ? keyValueAnswer(response.prevKv) : undefined };
}

function deleteAnswer(response: etcdserverpb.DeleteRangeResponse.$Properties): ModelAnswer {
  return { deleted: clampInteger(response.deleted), prevKvs: (response.prevKvs ?? []).map(keyValueAnswer) };
}

function txnAnswer(response: etcdserverpb.TxnResponse.$Properties): ModelAnswer {
  return { succeeded: response.succeeded ?? false, responses: (response.responses ?? []).map(opAnswer) };
}

function opAnswer(op: etcdserverpb.ResponseOp.$Properties): unknown {
  const { responseRange, responsePut, responseDeleteRange, responseTxn } = op;
  if (responseRange) return { range: { ...rangeAnswer(responseRange), header: headerRevision(responseRange.header) } };
  if (responsePut) return { put: { ...putAnswer(responsePut), header: headerRevision(responsePut.header) } };
  if (responseDeleteRange) {
    return { delete: { ...deleteAnswer(responseDeleteRange), header: headerRevision(responseDeleteRange.header) } };
  }
  if (responseTxn) return { txn: { header: headerRevision(responseTxn.header), ...txnAnswer(responseTxn) } };
  return {};
}

/** A header inside an answer is always present, with a revision only. */
function headerRevision(header: Header): number {
  if (!header) throw new Error('an inner header is missing');
  return clampInteger(header.revision);
}

function revokeAnswer(body: Uint8Array): ModelAnswer {
  etcdserverpb.LeaseRevokeResponse.decode(body);
  return {};
}

export const decodeAnswer: Readonly<
  Record<
    'range' | 'put' | 'deleteRange' | 'txn' | 'compaction' | 'leaseGrant' | 'leaseRevoke' | 'leaseExpire',
    (body: Uint8Array) => ModelAnswer
  >
> = {
  range: (body) => rangeAnswer(etcdserverpb.RangeResponse.decode(body)),
  put: (body) => putAnswer(etcdserverpb.PutResponse.decode(body)),
  deleteRange: (body) => deleteAnswer(etcdserverpb.DeleteRangeResponse.decode(body)),
  txn: (body) => txnAnswer(etcdserverpb.TxnResponse.decode(body)),
  compaction: (body) => {
    etcdserverpb.CompactionResponse.decode(body);
    return {};
  },
  leaseGrant: (body) => {
    const { ID, TTL } = etcdserverpb.LeaseGrantResponse.decode(body);
    return { id: String(toBigInt(ID)), ttl: toBigInt(TTL) };
  },
  leaseRevoke: revokeAnswer,
  leaseExpire: revokeAnswer,
};
