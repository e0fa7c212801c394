import * as fc from 'fast-check';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { checkTxn } from '../../../src/kv/commands/checks.js';
import type { LeaseCommandKind } from '../../../src/kv/commands/command.js';
import { toBigInt } from '../../../src/util/integer.js';
import { leaseWrite } from './lease-writes.js';
import type { Model, ModelAnswer } from './model.js';
import { compactionRequest, deleteRequest, putRequest, txnRequest } from './requests.js';

export type WriteKind = 'put' | 'deleteRange' | 'txn' | 'compaction' | LeaseCommandKind;

/** A command, as bytes for the store and as a request to the model. */
export interface Write {
  readonly kind: WriteKind;
  readonly request: Uint8Array;
  readonly ask: (model: Model) => ModelAnswer;
}

/** Commands of every kind that writes to the key space. */
export const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 5, arbitrary: leaseWrite },
  {
    weight: 8,
    arbitrary: putRequest.map((request) => ({
      kind: 'put' as const,
      request: etcdserverpb.PutRequest.encode(request).finish(),
      ask: (model: Model) => model.put(request),
    })),
  },
  {
    weight: 3,
    arbitrary: deleteRequest.map((request) => ({
      kind: 'deleteRange' as const,
      request: etcdserverpb.DeleteRangeRequest.encode(request).finish(),
      ask: (model: Model) => model.deleteRange(request),
    })),
  },
  {
    weight: 6,
    arbitrary: txnRequest
      .filter((request) => checkTxn(request) === undefined)
      .map((request) => ({
        kind: 'txn' as const,
        request: etcdserverpb.TxnRequest.encode(request).finish(),
        ask: (model: Model) => model.txn(request),
      })),
  },
  {
    weight: 1,
    arbitrary: compactionRequest.map((request) => ({
      kind: 'compaction' as const,
      request: etcdserverpb.CompactionRequest.encode(request).finish(),
      ask: (model: Model) => model.compact(toBigInt(request.revision)),
    })),
  },
);
